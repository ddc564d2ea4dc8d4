using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Tasks;

namespace Ordinaut.Runs;

/// <summary>What a run tells its expressions of itself: the parts of the scope.</summary>
internal static class RunScope
{
    /// <summary>The task's params with the request's laid over them, member by member.</summary>
    public static JsonValue Params(JsonElement own, JsonElement? given)
    {
        if (given is not { ValueKind: JsonValueKind.Object } changed)
        {
            return JsonValue.Of(own);
        }

        var members = new List<(string Name, JsonValue Value)>();
        foreach (var member in own.EnumerateObject())
        {
            if (!changed.TryGetProperty(member.Name, out _))
            {
                members.Add((member.Name, JsonValue.Of(member.Value)));
            }
        }

        members.AddRange(changed.EnumerateObject().Select(member => (member.Name, JsonValue.Of(member.Value))));
        return JsonValue.Object([.. members]);
    }

    public static JsonValue Run(QueuedRun run, JsonElement? missed) =>
        JsonValue.Object(
            ("id", JsonValue.Of(run.Id.ToString())),
            ("scheduled_for", JsonValue.Of(Instants.Format(run.ScheduledFor))),
            ("trigger", JsonValue.Of(Word<Trigger>.Of(run.Trigger))),
            ("attempt", JsonValue.Of(run.Attempt)),
            ("missed_count", missed is { } count ? JsonValue.Of(count) : JsonValue.Of(0))
        );

    public static JsonValue Task(QueuedRun run, TaskSettings settings) =>
        JsonValue.Object(
            ("id", JsonValue.Of(run.TaskId.ToString())),
            ("title", JsonValue.Of(settings.Title)),
            ("version", JsonValue.Of(run.TaskVersion)),
            ("timezone", JsonValue.Of(settings.Timezone))
        );

    public static JsonElement? Member(JsonElement input, string name) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty(name, out var value) ? value : null;
}
