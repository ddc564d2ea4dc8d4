using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>How long the queue is. A condition's check is no run.</summary>
internal static class QueueGauges
{
    private const string SelectStates = $"""
        select {RunStore.LiveState}, count(*) from queue where occurrence_key <> 'check' group by 1
        """;

    // What is due and delayed waits for a worker as well: only a claim makes it ready.
    private const string SelectOldest = """
        select min(due) from queue where state in (0, 3) and due <= @now and occurrence_key <> 'check'
        """;

    public static IEnumerable<StateGauge> All =>
        [
            StateGauge.Counts(
                "ordinaut.queue.runs",
                "Live runs, by state.",
                "state",
                ["queued", "running", "waiting"],
                async session => await session.Query(SelectStates, row => (row.Text(0), row.Long(1)))
            ),
            StateGauge.Age(
                "ordinaut.queue.oldest.age",
                "How long ago the run was due that waits longest for a worker.",
                session => session.First(SelectOldest, row => row.InstantOrNull(0))
            ),
        ];
}
