using System.Text.Json;
using Ordinaut.JsonSchemas;
using Ordinaut.Tools;

namespace Ordinaut.Models;

/// <summary>
/// <c>llm.generate</c>, also under the original's name <c>llm.plan</c>: asks a language model for text or for JSON that
/// meets a schema. An answer that does not meet it gets one more try, in which the model is told what is wrong.
/// What a model says is data: it is not rendered again and chooses no tool, host or path.
/// </summary>
internal sealed class GenerateTool(string name, ModelDesk? desk) : ITool
{
    private const string Name = "llm.generate";
    private const string OriginalName = "llm.plan";
    private const string Fence = "```";

    /// <summary>It under both of its names; without a desk it stays there and says what is missing.</summary>
    public static IReadOnlyList<ITool> All(ModelDesk? desk) =>
        [new GenerateTool(Name, desk), new GenerateTool(OriginalName, desk)];

    public ToolDescription Description { get; } =
        new(
            name,
            "Ask a language model",
            "Asks the operator's language model to do an instruction with data; with a schema the result is JSON.",
            GenerateSchemas.Input(desk?.Settings.Names ?? []),
            GenerateSchemas.Output,
            Effect.Keyed
        )
        {
            // An answer and a repair, and a little for ourselves.
            Timeout = 2 * (desk?.Settings.Timeout ?? TimeSpan.Zero) + TimeSpan.FromSeconds(10),
        };

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        if (desk is null)
        {
            return new ToolResult.Failed(
                "not_configured",
                "No language model is configured; the operator sets llm_url and llm_models.",
                Retryable: false
            );
        }

        var chat = Chat.Of(call.Input, desk.Settings.Names[0]);
        if (chat.Schema is not { } text)
        {
            return await desk.Ask(chat, call, call.IdempotencyKey, ct) switch
            {
                ModelAnswer.Said said => Ok(chat, said, o => o.WriteString("text", said.Text)),
                var failed => ((ModelAnswer.Failed)failed).Reason,
            };
        }

        try
        {
            return await Structured(chat, JsonSchema.Compile(text), call, ct);
        }
        catch (SchemaException e)
        {
            return new ToolResult.Failed("input_invalid", $"/schema does not compile: {e.Message}", Retryable: false);
        }
    }

    private async Task<ToolResult> Structured(Chat chat, JsonSchema schema, ToolCall call, CancellationToken ct)
    {
        var answer = await desk!.Ask(chat, call, call.IdempotencyKey, ct);
        if (answer is not ModelAnswer.Said first)
        {
            return ((ModelAnswer.Failed)answer).Reason;
        }

        var (json, fault) = Read(first, schema);
        if (fault is null)
        {
            return Ok(chat, first, o => WriteJson(o, json));
        }

        var repair = chat.GoesOn(
            first.Text,
            $"That answer is wrong: {fault} Answer again, with nothing but one JSON value that meets this JSON Schema: "
                + chat.Schema
        );
        answer = await desk.Ask(repair, call, call.IdempotencyKey + "-repair", ct);
        if (answer is not ModelAnswer.Said second)
        {
            return ((ModelAnswer.Failed)answer).Reason;
        }

        (json, fault) = Read(second, schema);
        return fault is null
            ? Ok(chat, second with { Tokens = first.Tokens + second.Tokens }, o => WriteJson(o, json))
            : new ToolResult.Failed("schema_mismatch", $"Twice the model's answer was wrong. {fault}", false);
    }

    private static (JsonElement Json, string? Fault) Read(ModelAnswer.Said said, JsonSchema schema)
    {
        if (said.FinishReason == "length")
        {
            return (default, "It was cut off at max_tokens.");
        }

        try
        {
            using var document = JsonDocument.Parse(Unfenced(said.Text), new() { AllowDuplicateProperties = false });
            var json = document.RootElement.Clone();
            return (json, ToolSchemas.Describe(schema, json));
        }
        catch (JsonException)
        {
            return (default, "It is not JSON.");
        }
    }

    // Models that know no response_format still put their JSON between these.
    private static string Unfenced(string text)
    {
        var inner = text.Trim();
        var line = inner.IndexOf('\n', StringComparison.Ordinal);
        return
            inner.StartsWith(Fence, StringComparison.Ordinal)
            && inner.EndsWith(Fence, StringComparison.Ordinal)
            && line >= 0
            && line < inner.Length - Fence.Length
            ? inner[line..^Fence.Length]
            : inner;
    }

    private static void WriteJson(Utf8JsonWriter o, JsonElement json)
    {
        o.WritePropertyName("json");
        json.WriteTo(o);
    }

    private ToolResult.Ok Ok(Chat chat, ModelAnswer.Said said, Action<Utf8JsonWriter> writeAnswer) =>
        new(
            ToolOutput.Object(o =>
            {
                writeAnswer(o);
                o.WriteString("model", chat.Model);
                o.WriteString("finish_reason", said.FinishReason);
                WriteUsage(o, chat.Model, said.Tokens);
            })
        );

    private void WriteUsage(Utf8JsonWriter o, string model, TokenCount? tokens)
    {
        var prices = desk!.Settings.Prices;
        var cost = tokens is { } counted ? prices.CostOf(model, counted) : null;
        o.WriteStartObject("usage");
        WriteNumber(o, "input_tokens", tokens?.Input);
        WriteNumber(o, "output_tokens", tokens?.Output);
        WriteNumber(o, "cost", cost);
        o.WriteString("currency", cost is null ? null : prices.Currency);
        o.WriteString("price_version", cost is null ? null : prices.Version);
        o.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter o, string name, decimal? number)
    {
        if (number is { } known)
        {
            o.WriteNumber(name, known);
        }
        else
        {
            o.WriteNull(name);
        }
    }
}
