using Ordinaut.Store;

namespace Ordinaut.Events;

/// <summary>
/// Where an event goes on from its row: to the relay where there is a Redis, else to listeners; and to webhooks.
/// </summary>
/// <param name="isRelayed">Whether this process relays events.</param>
internal sealed class Outbox(Signals signals, bool isRelayed)
{
    /// <summary>In the transaction that writes the events.</summary>
    public async ValueTask Post(Session session, IReadOnlyList<EventRow> facts)
    {
        if (isRelayed)
        {
            await EventStore.Post(session, facts);
        }

        session.Afterwards(isRelayed ? signals.Outbox : signals.Events);
        session.Afterwards(signals.Deliveries);
    }
}
