using System.Text.Json;
using Ordinaut.JsonSchemas;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>Reads how a step is run: time, retries, failure, effect, the shape of its result.</summary>
internal static class StepSettings
{
    public static Step Read(Members members, Step step, Findings findings)
    {
        var (maxRetries, backoff) = ReadRetries(members, findings);
        return step with
        {
            Timeout = ReadTimeout(members, findings),
            MaxRetries = maxRetries,
            Backoff = backoff,
            OnError = ReadOnError(members, findings),
            Effect = ReadEffect(members, findings),
            OutputSchema = ReadOutputSchema(members, findings),
        };
    }

    private static TimeSpan? ReadTimeout(Members members, Findings findings)
    {
        const string Name = "timeout_seconds";
        if (!members.TryGet(Name, out var value))
        {
            return null;
        }

        var seconds = findings.Integer(value, members.PointerTo(Name), Name, (1, PipelineLimits.TimeoutSeconds));
        return seconds is null ? null : TimeSpan.FromSeconds(seconds.Value);
    }

    /// <summary><c>retry{max, backoff}</c>, or <c>max_retries</c> as the short form of its <c>max</c>.</summary>
    private static (int? Max, Backoff? Backoff) ReadRetries(Members members, Findings findings)
    {
        var hasShort = members.TryGet("max_retries", out var shortForm);
        var pointer = members.PointerTo("max_retries");
        var max = hasShort ? findings.Integer(shortForm, pointer, "max_retries", (0, PipelineLimits.Retries)) : null;
        if (!members.TryGet("retry", out var value))
        {
            return (max, null);
        }

        pointer = members.PointerTo("retry");
        if (value.ValueKind != JsonValueKind.Object)
        {
            findings.Add(
                pointer,
                $"retry must be an object: {{\"max\": 3, \"backoff\": \"fixed\"}}, but is {JsonTypes.Name(value)}"
            );
            return (max, null);
        }

        var retry = Members.Read(value, pointer, "retry", findings);
        retry.RefuseUnknown("max", "backoff");
        var backoff = retry.TryGet("backoff", out var curve) ? ReadBackoff(retry, curve, findings) : null;
        if (!retry.TryGet("max", out var count))
        {
            return (max, backoff);
        }

        if (hasShort)
        {
            findings.Add(pointer, "max_retries and retry.max say the same; keep one of them");
        }

        return (findings.Integer(count, retry.PointerTo("max"), "retry.max", (0, PipelineLimits.Retries)), backoff);
    }

    private static Backoff? ReadBackoff(Members retry, JsonElement curve, Findings findings) =>
        findings.Choice(
            curve,
            retry.PointerTo("backoff"),
            "retry.backoff",
            ("exponential_jitter", Backoff.ExponentialJitter),
            ("linear", Backoff.Linear),
            ("fixed", Backoff.Fixed)
        );

    private static OnError ReadOnError(Members members, Findings findings)
    {
        if (!members.TryGet("on_error", out var value))
        {
            return OnError.Fail;
        }

        var pointer = members.PointerTo("on_error");
        return value.ValueKind == JsonValueKind.Array
            ? OnError.Handle
            : findings.Choice(value, pointer, "on_error", ("fail", OnError.Fail), ("continue", OnError.Continue))
                ?? OnError.Fail;
    }

    private static Effect? ReadEffect(Members members, Findings findings) =>
        members.TryGet("effect", out var value)
            ? findings.Choice(
                value,
                members.PointerTo("effect"),
                "effect",
                ("idempotent", Effect.Idempotent),
                ("keyed", Effect.Keyed),
                ("unsafe", Effect.Unsafe)
            )
            : null;

    private static JsonSchema? ReadOutputSchema(Members members, Findings findings)
    {
        if (!members.TryGet("output_schema", out var value))
        {
            return null;
        }

        try
        {
            return JsonSchema.Compile(value);
        }
        catch (SchemaException e)
        {
            // A pointer into another document begins with its URI.
            var isHere = e.Pointer.Length == 0 || e.Pointer[0] == '/';
            var place = members.PointerTo("output_schema") + (isHere ? e.Pointer : "");
            findings.Add(place, $"output_schema cannot be used: {(isHere ? e.Detail : e.Message)}");
            return null;
        }
    }
}
