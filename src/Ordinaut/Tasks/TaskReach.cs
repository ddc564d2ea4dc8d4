using System.Text.Json;
using System.Text.RegularExpressions;
using Ordinaut.Schedules;

namespace Ordinaut.Tasks;

/// <summary>
/// What a task could touch, read from its text: every call, also in blocks, handlers, its condition and the pipelines
/// of tasks that it makes. Rather too much than too little, for people and rules decide by it. Pure.
/// </summary>
internal sealed partial record TaskReach(IReadOnlyList<ReachedCall> Calls)
{
    /// <summary>How many days are looked at for the busiest one.</summary>
    public const int Days = 7;

    private const string HttpRequest = "http.request";

    /// <summary>The tools that take the address they call from the step.</summary>
    private static readonly string[] Dialers = [HttpRequest, "webhook.send"];

    public IReadOnlyList<string> Tools => [.. Calls.Select(call => call.Tool).Distinct().Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Hosts =>
        [.. Calls.Select(call => call.Host).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Whether a step's address comes from elsewhere.</summary>
    public bool AnyHost => Calls.Any(call => call.Host is null && Dialers.Contains(call.Tool));

    public static TaskReach Of(TaskSettings settings, JsonElement payload)
    {
        var calls = new List<ReachedCall>();
        Add("/payload", payload, calls);
        if (settings is { ScheduleKind: ScheduleKind.Condition, ScheduleExpr: { } expression })
        {
            Add("/schedule_expr", Json.Parse(expression), calls);
        }

        return new TaskReach(calls);
    }

    /// <summary>
    /// Occurrences on the busiest of the next days, from the first one on; null when the schedule does not say.
    /// </summary>
    public static long? FiresPerDay(Schedule schedule, DateTimeOffset after)
    {
        if (schedule is EventSchedule)
        {
            return null;
        }

        if (schedule.Next(after) is not { } first)
        {
            return 0;
        }

        var (most, from) = (0L, Instants.JustBefore(first));
        for (var day = 0; day < Days; day++)
        {
            most = Math.Max(most, schedule.Count(from, from.AddDays(1)));
            from = from.AddDays(1);
            if (most > 24 * 60)
            {
                // Denser than once a minute it is dense on every day; to count on would take long.
                break;
            }
        }

        return most;
    }

    private static void Add(string pointer, JsonElement element, List<ReachedCall> calls)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            var i = 0;
            foreach (var item in element.EnumerateArray())
            {
                Add($"{pointer}/{i++}", item, calls);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            if (element.TryGetProperty("uses", out var uses) && uses.ValueKind == JsonValueKind.String)
            {
                var with = element.TryGetProperty("with", out var given) ? given : default;
                calls.Add(CallOf(pointer, uses.GetString()!, with));
            }

            foreach (var member in element.EnumerateObject())
            {
                Add($"{pointer}/{member.Name}", member.Value, calls);
            }
        }
    }

    private static ReachedCall CallOf(string pointer, string tool, JsonElement with) =>
        new(pointer, tool)
        {
            Host = Dialers.Contains(tool) ? HostOf(Text(with, "url")) : null,
            IsGet = tool == HttpRequest && IsGet(with),
        };

    /// <summary>The host, when it is written out and no template can change it.</summary>
    private static string? HostOf(string? url) =>
        url is not null && Address().Match(url) is { Success: true } match
            ? match.Groups[1].Value.ToLowerInvariant()
            : null;

    private static bool IsGet(JsonElement with) =>
        with.ValueKind == JsonValueKind.Object
        && (!with.TryGetProperty("follow_redirects", out var follow) || follow.ValueKind == JsonValueKind.False)
        && (!with.TryGetProperty("method", out var method) || Word(method) is "GET" or "HEAD")
        && (!with.TryGetProperty("headers", out var headers) || !MayOverride(headers));

    private static string? Word(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()!.ToUpperInvariant() : null;

    /// <summary>Many servers take another method from a header, such as X-HTTP-Method-Override.</summary>
    private static bool MayOverride(JsonElement headers) =>
        headers.ValueKind != JsonValueKind.Object
        || headers.EnumerateObject().Any(h => h.Name.Contains("method", StringComparison.OrdinalIgnoreCase));

    private static string? Text(JsonElement with, string name) =>
        with.ValueKind == JsonValueKind.Object
        && with.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    // Neither a user nor a template may stand where the host does.
    [GeneratedRegex(@"^https?://([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?(?:[/?#]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}

/// <summary>A call that a task may make.</summary>
/// <param name="Pointer">Where in the task it stands.</param>
internal sealed record ReachedCall(string Pointer, string Tool)
{
    /// <summary>The host it names; null when it names none, or when that is known only in the run.</summary>
    public string? Host { get; init; }

    /// <summary>Whether it is a request that reads, from where it says and nowhere else.</summary>
    public bool IsGet { get; init; }
}
