using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Pipelines;

namespace Ordinaut.Runs;

/// <summary>The params that a request gives one run, over those of its task.</summary>
internal static class RunParams
{
    private const string Place = "/params";
    private const string Member = "params";

    /// <summary>What a run is given, as JSON text; null when it is given nothing.</summary>
    public static string? Input(Caller caller, JsonElement? given)
    {
        Check(caller, given);
        return given is { ValueKind: JsonValueKind.Object } own ? $$"""{"{{Member}}":{{own.GetRawText()}}}""" : null;
    }

    /// <summary>An earlier run's input with other params laid over its own, member by member.</summary>
    public static string? Merge(Caller caller, string? input, JsonElement? given)
    {
        Check(caller, given);
        if (given is not { ValueKind: JsonValueKind.Object } changed)
        {
            return input;
        }

        var merged = input is null ? [] : JsonNode.Parse(input)!.AsObject();
        var parameters = merged[Member]?.DeepClone().AsObject() ?? [];
        foreach (var member in changed.EnumerateObject())
        {
            parameters[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        RequireSize(
            Encoding.UTF8.GetByteCount(parameters.ToJsonString(Json.Options)),
            "with those of the run it repeats, "
        );
        merged[Member] = parameters;
        return merged.ToJsonString(Json.Options);
    }

    /// <summary>They count as much as those of a task's payload, so they may be as large.</summary>
    private static void Check(Caller caller, JsonElement? given)
    {
        if (given is { ValueKind: not JsonValueKind.Null })
        {
            caller.RequireUnbound("give a run other params than its task has");
        }

        if (given is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
        {
            throw Problem.Invalid(Place, "params must be a JSON object.");
        }

        RequireSize(given is { } value ? JsonMarshal.GetRawUtf8Value(value).Length : 0, "");
    }

    private static void RequireSize(int size, string together)
    {
        if (size > PipelineLimits.PayloadBytes)
        {
            throw Problem.Invalid(
                Place,
                $"params has {together}{size} bytes; at most {PipelineLimits.PayloadBytes} are accepted. Pass a "
                    + "reference in place of the contents."
            );
        }
    }
}
