using System.Runtime.InteropServices;
using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.Models;

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
internal sealed record ChatMessage(string Role, string Content);

/// <summary>A question to a model: the conversation so far and how it is to be answered.</summary>
internal sealed record Chat(string Model, IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>The longest answer in tokens when the step does not say; 4,096.</summary>
    public const int DefaultMaxTokens = 4_096;

    /// <summary>The most tokens an answer may have.</summary>
    public int MaxTokens { get; init; } = DefaultMaxTokens;

    /// <summary>From 0 to 2; null leaves it to the endpoint.</summary>
    public double? Temperature { get; init; }

    /// <summary>The JSON Schema of the answer; null for text.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>Whether the answer is to come in pieces, as the model says it.</summary>
    public bool InPieces { get; init; }

    /// <summary>What a step asks for; its input was validated against the tool's schema.</summary>
    public static Chat Of(JsonElement input, string defaultModel) =>
        new(
            input.TryGetProperty("model", out var model) ? model.GetString()! : defaultModel,
            input.TryGetProperty("messages", out var messages) ? Given(messages) : Made(input)
        )
        {
            MaxTokens = input.TryGetProperty("max_tokens", out var most) ? (int)most.GetDouble() : DefaultMaxTokens,
            Temperature = input.TryGetProperty("temperature", out var degree) ? degree.GetDouble() : null,
            Schema = input.TryGetProperty("schema", out var schema) ? schema : null,
        };

    /// <summary>The conversation with one more answer and what is said to it.</summary>
    public Chat GoesOn(string answer, string reply) =>
        this with
        {
            Messages = [.. Messages, new ChatMessage("assistant", answer), new ChatMessage("user", reply)],
        };

    /// <summary>The body of a request to <c>/chat/completions</c>.</summary>
    public byte[] ToBody()
    {
        var body = ToolOutput.Object(o =>
        {
            o.WriteString("model", Model);
            o.WriteStartArray("messages");
            foreach (var message in Messages)
            {
                o.WriteStartObject();
                o.WriteString("role", message.Role);
                o.WriteString("content", message.Content);
                o.WriteEndObject();
            }

            o.WriteEndArray();
            o.WriteNumber("max_tokens", MaxTokens);
            if (Temperature is { } degree)
            {
                o.WriteNumber("temperature", degree);
            }

            WriteFormat(o);
            if (InPieces)
            {
                o.WriteBoolean("stream", true);
                o.WriteStartObject("stream_options");
                o.WriteBoolean("include_usage", true);
                o.WriteEndObject();
            }
        });
        return JsonMarshal.GetRawUtf8Value(body).ToArray();
    }

    private void WriteFormat(Utf8JsonWriter o)
    {
        if (Schema is not { } schema)
        {
            return;
        }

        o.WriteStartObject("response_format");
        o.WriteString("type", "json_schema");
        o.WriteStartObject("json_schema");
        o.WriteString("name", "result");
        o.WritePropertyName("schema");
        schema.WriteTo(o);
        o.WriteEndObject();
        o.WriteEndObject();
    }

    private static List<ChatMessage> Given(JsonElement messages) =>
        [
            .. messages
                .EnumerateArray()
                .Select(m => new ChatMessage(
                    m.GetProperty("role").GetString()!,
                    m.GetProperty("content").GetString()!
                )),
        ];

    // What is to be done and what it is done to are apart, so that data is less easily taken for an instruction.
    private static List<ChatMessage> Made(JsonElement input)
    {
        var instruction = input.GetProperty("instruction").GetString()!;
        return input.TryGetProperty("data", out var data)
            ? [new("system", instruction), new("user", TextOf(data))]
            : [new("user", instruction)];
    }

    private static string TextOf(JsonElement data) =>
        data.ValueKind == JsonValueKind.String ? data.GetString()! : data.GetRawText();
}
