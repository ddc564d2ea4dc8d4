using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.Models;

/// <summary>What an endpoint counted.</summary>
internal readonly record struct TokenCount(long Input, long Output)
{
    /// <summary>More than any answer can have; who counts more miscounted; 1,000,000,000.</summary>
    public const long Most = 1_000_000_000;

    public long Total => Input + Output;

    public static TokenCount operator +(TokenCount one, TokenCount other) =>
        new(one.Input + other.Input, one.Output + other.Output);

    /// <summary>The <c>usage</c> of an answer; null when it says none that can be believed.</summary>
    public static TokenCount? Of(JsonElement answer) =>
        answer.TryGetProperty("usage", out var usage)
        && usage.ValueKind == JsonValueKind.Object
        && Number(usage, "prompt_tokens") is { } input
        && Number(usage, "completion_tokens") is { } output
            ? new TokenCount(input, output)
            : null;

    private static long? Number(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
        && number is >= 0 and <= Most
            ? number
            : null;
}

/// <summary>What came of a question.</summary>
internal abstract record ModelAnswer
{
    private ModelAnswer() { }

    /// <param name="Text">What the model said.</param>
    /// <param name="FinishReason">Why it ended: <c>stop</c>, <c>length</c> and others; null if not told.</param>
    /// <param name="Tokens">What it cost; null if not told.</param>
    internal sealed record Said(string Text, string? FinishReason, TokenCount? Tokens) : ModelAnswer;

    /// <param name="Reason">Holds no secret.</param>
    /// <param name="Tokens">What it cost all the same; null when nobody knows.</param>
    internal sealed record Failed(ToolResult.Failed Reason, TokenCount? Tokens) : ModelAnswer;

    /// <summary>Reads the body of a <c>/chat/completions</c> answer, of which nothing is taken for granted.</summary>
    public static ModelAnswer Read(byte[] body)
    {
        if (JsonUnicode.FirstFault(body) is not null)
        {
            return Broken(null);
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var answer = document.RootElement;
            return answer.ValueKind == JsonValueKind.Object ? Read(answer, TokenCount.Of(answer)) : Broken(null);
        }
        catch (JsonException)
        {
            return Broken(null);
        }
    }

    private static ModelAnswer Read(JsonElement answer, TokenCount? tokens)
    {
        if (
            ChoiceOf(answer) is not { } choice
            || !choice.TryGetProperty("message", out var message)
            || message.ValueKind != JsonValueKind.Object
        )
        {
            return Broken(tokens);
        }

        return TextOf(message, "content") is { } text ? new Said(text, TextOf(choice, "finish_reason"), tokens)
            : TextOf(message, "refusal") is null ? Broken(tokens)
            : Refused(tokens);
    }

    public static Failed Refused(TokenCount? tokens) =>
        new(new("model_refused", "The model declined to answer.", false), tokens);

    public static Failed Broken(TokenCount? tokens) =>
        new(new("answer_invalid", "The model's endpoint did not answer with a chat completion.", true), tokens);

    /// <summary>The first of an answer's choices; more were not asked for.</summary>
    public static JsonElement? ChoiceOf(JsonElement answer) =>
        answer.TryGetProperty("choices", out var choices)
        && choices.ValueKind == JsonValueKind.Array
        && choices.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } choice
            ? choice
            : null;

    public static string? TextOf(JsonElement of, string name) =>
        of.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
