using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ordinaut.JsonSchemas;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>
/// Reads a task's payload and finds everything that is wrong with it at once: what it checks when a task is saved
/// cannot fail its run later. Pure; takes time in proportion to the payload. Who wants a cache keeps one.
/// </summary>
internal static class PipelineCheck
{
    /// <summary>The names an expression may begin with: what <see cref="StepScope"/> tells.</summary>
    public static readonly FrozenSet<string> Roots = FrozenSet.ToFrozenSet(
        ["params", "steps", DeclaredNames.Event, "run", "task", "now"],
        StringComparer.Ordinal
    );

    /// <summary>Where findings stand: the payload of a task.</summary>
    public const string Place = "/payload";

    /// <param name="payload"><c>{"params": {…}, "pipeline": [step…]}</c>; it is copied.</param>
    /// <param name="tool">The tool of a name, or null.</param>
    /// <param name="knownRoots">The names an expression may begin with; <see cref="Roots"/> when null.</param>
    /// <param name="toolNames">All tools, to suggest one for a name that is none.</param>
    /// <param name="hasEvent">Whether what sets the task off comes with an event; else it is null.</param>
    /// <returns>
    /// The pipeline, null when there are findings; and the findings, with JSON Pointers below <c>/payload</c>.
    /// </returns>
    public static (Pipeline? Pipeline, IReadOnlyList<FieldError> Findings) Check(
        JsonElement payload,
        Func<string, ToolDescription?> tool,
        IReadOnlySet<string>? knownRoots = null,
        IEnumerable<string>? toolNames = null,
        bool hasEvent = true
    )
    {
        var findings = new Findings();
        if (!HasShape(payload, findings))
        {
            return (null, findings.Errors);
        }

        var copy = payload.Clone();
        var parameters = copy.TryGetProperty("params"u8, out var given) ? given : JsonElement.Parse("{}"u8);
        var reader = new BlockReader(findings, new ToolLookup(tool, toolNames ?? []));
        var scope = new DeclaredNames(parameters, knownRoots ?? Roots, hasEvent, findings);
        var steps = reader.Read(copy.GetProperty("pipeline"u8), $"{Place}/pipeline", scope, depth: 0);
        return (findings.Errors.Count == 0 ? new Pipeline(parameters, steps) : null, findings.Errors);
    }

    /// <summary>Whether there are steps to read, within the limits.</summary>
    private static bool HasShape(JsonElement payload, Findings findings)
    {
        if (payload.ValueKind != JsonValueKind.Object)
        {
            findings.Add(Place, "payload must be an object: {\"params\": {…}, \"pipeline\": [step…]}");
            return false;
        }

        var size = JsonMarshal.GetRawUtf8Value(payload).Length;
        if (size > PipelineLimits.PayloadBytes)
        {
            findings.Add(Place, $"payload has {size} bytes; at most {PipelineLimits.PayloadBytes} are accepted");
            return false;
        }

        var members = Members.Read(payload, Place, "payload", findings);
        members.RefuseUnknown("params", "pipeline");
        if (members.TryGet("params", out var parameters) && parameters.ValueKind != JsonValueKind.Object)
        {
            findings.Add($"{Place}/params", $"params must be an object, but is {JsonTypes.Name(parameters)}");
        }

        var isArray = members.TryGet("pipeline", out var steps) && steps.ValueKind == JsonValueKind.Array;
        var count = isArray ? steps.GetArrayLength() : 0;
        if (count is < 1 or > PipelineLimits.Steps)
        {
            var actual = isArray ? $"has {count}" : "is not one";
            findings.Add(
                $"{Place}/pipeline",
                $"pipeline must be an array of 1 to {PipelineLimits.Steps} steps, but {actual}"
            );
        }

        return findings.Errors.Count == 0;
    }
}
