using System.Diagnostics.Metrics;

namespace Ordinaut;

/// <summary>
/// What is counted and timed, under the names of <c>docs/metrics.md</c>: OpenTelemetry's conventions, seconds, few and
/// bounded labels; never an id of a task, a run or an agent.
/// </summary>
internal static class Meters
{
    /// <summary>The meter that exporters listen to.</summary>
    public const string Name = "Ordinaut";

    /// <summary>Seconds; from what a write takes to what a step may.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries =
        [
            0.001,
            0.0025,
            0.005,
            0.01,
            0.025,
            0.05,
            0.1,
            0.25,
            0.5,
            1,
            2.5,
            5,
            10,
            30,
            60,
            300,
        ],
    };

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Ended = Meter.CreateCounter<long>(
        "ordinaut.runs.ended",
        description: "Runs that came to an end, by state and by what set them off."
    );

    private static readonly Histogram<double> Durations = OfTime(
        "ordinaut.run.duration",
        "From a run's first claim to its end, by state."
    );

    private static readonly Histogram<double> Lags = OfTime(
        "ordinaut.run.start.lag",
        "From when a run could have begun to its claim."
    );

    private static readonly Counter<long> LeasesLost = Meter.CreateCounter<long>(
        "ordinaut.leases.expired",
        description: "Leases that ran out without a word of their worker."
    );

    private static readonly Histogram<double> Calls = OfTime(
        "ordinaut.tool.call.duration",
        "Calls of tools, by tool and by outcome: ok, waiting, failed, timeout."
    );

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "ordinaut.events.published",
        description: "Requests of agents to publish an event."
    );

    private static readonly Counter<long> Deliveries = Meter.CreateCounter<long>(
        "ordinaut.webhook.deliveries",
        description: "Attempts to send an event to a webhook, by outcome: sent, failed, given_up, gone, dropped, waits."
    );

    private static readonly Counter<long> Due = Meter.CreateCounter<long>(
        "ordinaut.tasks.due",
        description: "Due tasks that the scheduler accounted for."
    );

    private static readonly Counter<long> Skips = Meter.CreateCounter<long>(
        "ordinaut.occurrences.skipped",
        description: "Occurrences that were due and got no run, by the ledger's reason."
    );

    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>(
        "ordinaut.llm.tokens",
        description: "Tokens of language models that answered, by model and by direction: input, output."
    );

    private static readonly Counter<double> Costs = Meter.CreateCounter<double>(
        "ordinaut.llm.cost",
        description: "What those tokens cost, by model and currency, where the prices are known."
    );

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "ordinaut.requests.limited",
        description: "Requests refused because there were too many, by what they were."
    );

    private static readonly Counter<long> Denials = Meter.CreateCounter<long>(
        "ordinaut.access.refused",
        description: "Who was turned away: unauthenticated, forbidden, too_many."
    );

    private static readonly Counter<long> Alerts = Meter.CreateCounter<long>(
        "ordinaut.alerts.changed",
        description: "Alerts that were opened or closed, by which: fired, resolved."
    );

    private static readonly Histogram<double> Writes = OfTime(
        "ordinaut.store.write.duration",
        "Pieces of work from their call to their durable commit."
    );

    public static void RunEnded(string state, string trigger, TimeSpan? duration)
    {
        Ended.Add(1, new("state", state), new("trigger", trigger));
        if (duration is { } time)
        {
            Durations.Record(time.TotalSeconds, new KeyValuePair<string, object?>("state", state));
        }
    }

    /// <param name="lag">Below zero counts as none: two clocks are involved.</param>
    public static void RunStarted(TimeSpan lag) => Lags.Record(Math.Max(0, lag.TotalSeconds));

    public static void LeasesExpired(int leases) => LeasesLost.Add(leases);

    public static void ToolCalled(string tool, string outcome, TimeSpan duration) =>
        Calls.Record(duration.TotalSeconds, new("tool", tool), new("outcome", outcome));

    public static void EventPublished() => Events.Add(1);

    public static void WebhookSent(string outcome) =>
        Deliveries.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void TasksDue(int tasks) => Due.Add(tasks);

    public static void Skipped(string reason, long occurrences) =>
        Skips.Add(occurrences, new KeyValuePair<string, object?>("reason", reason));

    public static void ModelAnswered(string model, long input, long output)
    {
        Tokens.Add(input, new("model", model), new("direction", "input"));
        Tokens.Add(output, new("model", model), new("direction", "output"));
    }

    /// <param name="currency">ISO 4217.</param>
    public static void ModelCost(string model, string? currency, decimal cost) =>
        Costs.Add((double)cost, new("model", model), new("currency", currency));

    public static void RequestLimited(string what) => Refusals.Add(1, new KeyValuePair<string, object?>("what", what));

    public static void AccessRefused(string reason) =>
        Denials.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void AlertsChanged(string what, long alerts) =>
        Alerts.Add(alerts, new KeyValuePair<string, object?>("what", what));

    public static void Written(TimeSpan duration) => Writes.Record(duration.TotalSeconds);

    private static Histogram<double> OfTime(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, Seconds);
}
