using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Imports;

/// <summary>
/// A task of the original as a client would write it here, and what became another thing on the way. What is wrong with
/// it is not decided here: it goes the way of every new task. Pure.
/// </summary>
internal static partial class Translation
{
    /// <summary>What every task that was brought over is tagged with.</summary>
    public const string Tag = "imported";

    /// <summary>The member of a task's metadata that says which one it was, and of that the one with its id.</summary>
    public const string Origin = "original";
    public const string OriginId = "id";

    /// <summary>The task, and what was changed of it, in words.</summary>
    /// <exception cref="Problem">It is no task that could be written down.</exception>
    public static (TaskInput Input, IReadOnlyList<string> Changes) Of(OriginalTask task, Guid owner)
    {
        var changes = new List<string>();
        if (task.ScheduleKind == "cron" && NumberOfWeekday().IsMatch(task.ScheduleExpr ?? ""))
        {
            changes.Add(
                "schedule_expr: numbers of weekdays count from 0 = Sunday, as in every cron; the original counted from "
                    + "0 = Monday, and ran a day later in the week. Write names, such as MON, where you meant its days."
            );
        }

        var input = new TaskInput
        {
            Title = task.Title,
            Description = task.Description,
            ScheduleKind = task.ScheduleKind,
            ScheduleExpr = task.ScheduleExpr,
            Timezone = task.Timezone,
            Payload = Payload(task.Payload, changes),
            Priority = Number("priority", task.Priority),
            DedupeKey = OrNull(task.DedupeKey),
            DedupeWindowSeconds = Number("dedupe_window_seconds", task.DedupeWindowSeconds),
            MaxRetries = Number("max_retries", task.MaxRetries),
            BackoffStrategy = task.BackoffStrategy,
            ConcurrencyKey = OrNull(task.ConcurrencyKey),
            Tags = [Tag],
            Metadata = Json.OfNode(
                new JsonObject
                {
                    [Origin] = new JsonObject
                    {
                        [OriginId] = task.Id.ToString(),
                        ["status"] = task.Status,
                        ["created_at"] = Instants.Format(task.CreatedAt),
                    },
                }
            ),
            CreatedBy = owner,
        };
        return (input, changes);
    }

    /// <summary>The text that means here what a text in <c>with</c> meant there.</summary>
    internal static string Template(string text) =>
        Variable()
            .Replace(
                text,
                match =>
                {
                    var (before, inside, end) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
                    // Only ${…} with something in it was more than text, and a $ before it was a $.
                    var signs = before.Length > 0 ? $$"""${'{{before}}'}""" : "";
                    var opening = inside.Length > 0 && end.Length > 0 ? "${" : "$${";
                    return signs + opening + inside + end;
                }
            );

    private static JsonElement Payload(string text, List<string> changes)
    {
        JsonNode? payload;
        try
        {
            payload = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw Problem.Invalid("/payload", $"payload is nested deeper than {Json.MaxDepth} levels.");
        }

        if (payload is JsonObject { } members && members["pipeline"] is JsonArray pipeline)
        {
            foreach (var (i, step) in pipeline.Index())
            {
                Step(step as JsonObject, i, changes);
            }
        }

        return payload is null ? Json.Parse("null") : Json.OfNode(payload);
    }

    private static void Step(JsonObject? step, int index, List<string> changes)
    {
        if (step is null)
        {
            return;
        }

        if (step["id"] is null)
        {
            // The name that the original went by in its log.
            step["id"] = $"step_{index}";
            changes.Add($"payload.pipeline[{index}].id: is 'step_{index}', for every step has one here.");
        }

        if (step["with"] is { } with && Rewritten(with) is { } rewritten)
        {
            step["with"] = rewritten;
            changes.Add(
                $"payload.pipeline[{index}].with: a text that has a $ before '${{', or no expression in it, is written "
                    + "so that it stays the text it was ('$${' begins no expression here)."
            );
        }
    }

    /// <summary>The same with its texts written as they are here; null when nothing is another.</summary>
    private static JsonNode? Rewritten(JsonNode with)
    {
        var copy = Walk(with);
        return JsonNode.DeepEquals(copy, with) ? null : copy;
    }

    private static JsonNode? Walk(JsonNode? node) =>
        node switch
        {
            JsonObject members => new JsonObject(
                members.Select(member => KeyValuePair.Create(member.Key, Walk(member.Value)))
            ),
            JsonArray items => new JsonArray([.. items.Select(Walk)]),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(
                Template(value.GetValue<string>())
            ),
            _ => node?.DeepClone(),
        };

    private static int Number(string name, long value) =>
        value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw Problem.Invalid("/" + name, $"{name} is {value}, which no task has.");

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    [GeneratedRegex(@"\A\s*(\S+\s+){4}\S*\d\S*\s*\z")]
    private static partial Regex NumberOfWeekday();

    [GeneratedRegex(@"(\$*)\$\{([^}]*)(\}?)")]
    private static partial Regex Variable();
}
