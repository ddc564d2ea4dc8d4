using Ordinaut.Store;

namespace Ordinaut.Events;

/// <summary>Whether events go on to Redis.</summary>
internal static class EventGauges
{
    private const string SelectOutbox = "select count(*) from outbox";

    public static IEnumerable<StateGauge> All =>
        [
            StateGauge.Of(
                "ordinaut.outbox.events",
                "Events that are not in Redis yet; none where there is no Redis.",
                async session => await session.First(SelectOutbox, row => row.Long(0))
            ),
        ];
}
