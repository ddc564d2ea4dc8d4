using Ordinaut.Agents;
using Ordinaut.Events;
using Ordinaut.Store;

namespace Ordinaut.Webhooks;

/// <summary>The SQL of events that are to be sent.</summary>
internal static class DeliveryStore
{
    // Where an owner has no webhook, this is one probe of an index. Several patterns of a webhook may let an event
    // through.
    private const string InsertRows = """
        insert into delivery (webhook_id, event_id, owner_id, attempt, due)
        select t.webhook_id, @event_id, t.owner_id, 0, @now from webhook_topic t /* each: , */
        where t.owner_id = @owner_id and @topic like t.pattern escape '\'
        on conflict (webhook_id, event_id) do nothing
        """;

    // From agent to agent along the index, never past more than one row of each. A recursion hands out its rows in the
    // order in which it found them, on both engines.
    private const string SelectWaiting = """
        with recursive owner(id) as (
          select (select owner_id from delivery where owner_id > @after order by owner_id limit 1)
          union all
          select (select d.owner_id from delivery d where d.owner_id > owner.id order by d.owner_id limit 1)
          from owner where owner.id is not null)
        select o.id, coalesce(a.weight, 1) from owner o left join agent a on a.id = o.id
        where o.id is not null and coalesce(a.status, 'active') = 'active'
          and exists (select 1 from delivery d where d.owner_id = o.id and d.due <= @now)
          and not exists (select 1 from cluster where id = 1 and state <> 'active')
        limit @limit
        """;

    // One statement claims: whoever runs it gets rows that nobody else is at.
    private const string ClaimRows = """
        with ready as materialized (
          select r.webhook_id, r.event_id, @until as until
          from /* each: lateral */ (
            select d.webhook_id, d.event_id from delivery d
            where d.owner_id = @owner_id and d.due <= @now
            order by d.due, d.event_id limit @places /* pg: for update skip locked */) r)
        update delivery set due = (select until from ready limit 1), attempt = attempt + 1
        where webhook_id in (select webhook_id from ready) and event_id in (select event_id from ready)
          and (webhook_id, event_id) in (select webhook_id, event_id from ready)
        returning webhook_id, event_id, owner_id, attempt
        """;

    private const string DelayRow = """
        update delivery set due = @due where webhook_id = @webhook_id and event_id = @event_id and attempt = @attempt
        """;

    private const string DeleteRow = "delete from delivery where webhook_id = @webhook_id and event_id = @event_id";

    // Only of news of an alert is it kept what became of them.
    private const string UpdateTold = """
        update alert_delivery set state = @state, attempt = @attempt, error = @error, at = @now
        where event_id = @event_id and webhook_id = @webhook_id
        """;

    private const string DeleteTold = """
        delete from alert_delivery where event_id = @event_id and webhook_id = @webhook_id
        """;

    private const string UpdateUndelivered = """
        update alert_delivery set state = 'given_up', error = @error, at = @now
        where webhook_id = @webhook_id and state = 'waiting'
        """;

    private const string DeleteOfWebhook = "delete from delivery where webhook_id = @webhook_id";

    /// <summary>
    /// Notes for every webhook that may want one of these events that it is to be sent, in the transaction that writes
    /// them.
    /// </summary>
    public static ValueTask Post(Session session, IReadOnlyList<EventRow> facts) =>
        session.LaterEach(
            InsertRows,
            facts,
            fact => [("event_id", fact.Id), ("owner_id", fact.News.OwnerId), ("topic", fact.News.Topic)]
        );

    /// <summary>
    /// A pattern for <c>like … escape '\'</c> that lets through every topic a topic pattern matches, and perhaps more.
    /// </summary>
    public static string LikeOf(string pattern)
    {
        var like = string.Join('.', pattern.Split('.').Select(word => word == "*" ? "%" : word));
        like = like.Replace("_", "\\_", StringComparison.Ordinal);
        // The last # stands for no word at all, too, and then there is no dot before it.
        return like == "#" ? "%"
            : like.EndsWith(".#", StringComparison.Ordinal) ? like[..^2] + "%"
            : like;
    }

    /// <summary>Agents that have something due and are not stopped, in the order of their ids.</summary>
    public static ValueTask<List<WaitingAgent>> Waiting(Session session, Guid after, int limit) =>
        session.Query(SelectWaiting, WaitingAgent.Read, ("after", after), ("limit", limit));

    /// <summary>Takes what is due longest of each agent; due again when <paramref name="time"/> is over.</summary>
    public static ValueTask<List<Delivery>> Claim(Session session, IReadOnlyList<Share> shares, TimeSpan time)
    {
        var until = session.Now + time;
        return session.QueryEach(
            ClaimRows,
            row => new Delivery(row.Id(0), row.Id(1), row.Id(2), row.Int(3)),
            shares,
            share => [("until", until), ("owner_id", share.AgentId), ("places", share.Places)]
        );
    }

    /// <summary>To be tried again; not where somebody else is at it by now.</summary>
    public static async ValueTask Delay(Session session, Delivery delivery, DateTimeOffset due) =>
        await session.Execute(
            DelayRow,
            ("due", due),
            ("webhook_id", delivery.WebhookId),
            ("event_id", delivery.EventId),
            ("attempt", delivery.Attempt)
        );

    /// <summary>What became of it, for who asks whether an alert arrived.</summary>
    /// <param name="state"><c>waiting</c>, <c>delivered</c> or <c>given_up</c>.</param>
    public static ValueTask Note(Session session, Delivery delivery, string state, string? error) =>
        session.Later(
            UpdateTold,
            ("state", state),
            ("attempt", delivery.Attempt),
            ("error", error),
            ("event_id", delivery.EventId),
            ("webhook_id", delivery.WebhookId)
        );

    /// <summary>It was not for the webhook after all.</summary>
    public static ValueTask Forget(Session session, Delivery delivery) =>
        session.Later(DeleteTold, ("event_id", delivery.EventId), ("webhook_id", delivery.WebhookId));

    /// <returns>Whether it was still there.</returns>
    public static async ValueTask<bool> Remove(Session session, Delivery delivery) =>
        await session.Execute(DeleteRow, ("webhook_id", delivery.WebhookId), ("event_id", delivery.EventId)) == 1;

    /// <param name="why">Why they will not be sent, for who asks whether an alert arrived.</param>
    public static async ValueTask RemoveAll(Session session, Guid webhookId, string why)
    {
        await session.Later(UpdateUndelivered, ("error", why), ("webhook_id", webhookId));
        await session.Execute(DeleteOfWebhook, ("webhook_id", webhookId));
    }
}

/// <summary>An event on its way to a webhook, in the hands of this process for a while.</summary>
/// <param name="Attempt">Counts from 1; one that nobody reported of counts as well.</param>
internal sealed record Delivery(Guid WebhookId, Guid EventId, Guid OwnerId, int Attempt);
