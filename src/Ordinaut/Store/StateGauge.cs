namespace Ordinaut.Store;

/// <summary>
/// A figure of the whole database's state, as <c>docs/metrics.md</c> names it. Every node tells the same.
/// </summary>
/// <param name="Name">By OpenTelemetry's conventions.</param>
/// <param name="Look">Its values now; those that could be there and are not are zero, never left out.</param>
internal sealed record StateGauge(
    string Name,
    string Description,
    Func<Session, ValueTask<IReadOnlyList<GaugeValue>>> Look
)
{
    /// <summary>By UCUM: <c>s</c>, <c>By</c>; null for what is counted.</summary>
    public string? Unit { get; init; }

    /// <summary>What its values are told apart by; null where there is one.</summary>
    public string? Label { get; init; }

    /// <summary>A number.</summary>
    public static StateGauge Of(string name, string description, Func<Session, ValueTask<double>> look) =>
        new(name, description, async session => [new GaugeValue(null, await look(session))]);

    /// <summary>How long ago the first of something was due or written; zero where there is none.</summary>
    public static StateGauge Age(string name, string description, Func<Session, ValueTask<DateTimeOffset?>> first) =>
        Of(
            name,
            description,
            async session => await first(session) is { } at && at < session.Now ? (session.Now - at).TotalSeconds : 0
        ) with
        {
            Unit = "s",
        };

    /// <summary>How many there are by a label with these values.</summary>
    public static StateGauge Counts(
        string name,
        string description,
        string label,
        string[] values,
        Func<Session, ValueTask<IEnumerable<(string Of, long Count)>>> look
    ) =>
        new(
            name,
            description,
            async session =>
            {
                var counts = (await look(session)).ToDictionary(one => one.Of, one => one.Count);
                return [.. values.Select(value => new GaugeValue(value, counts.GetValueOrDefault(value)))];
            }
        )
        {
            Label = label,
        };
}

/// <summary>One value of a gauge.</summary>
/// <param name="Of">The value of its label; null where it has none.</param>
internal sealed record GaugeValue(string? Of, double Value);
