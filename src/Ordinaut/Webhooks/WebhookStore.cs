using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Webhooks;

/// <summary>The SQL of webhooks and what they listen to.</summary>
internal static class WebhookStore
{
    private const string Columns = """
        id, owner_id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
        created_at, updated_at
        """;

    // How many wait is counted along the primary key of delivery.
    private const string Pending = "(select count(*) from delivery d where d.webhook_id = webhook.id)";

    private const string SelectOwned = $"""
        select {Columns}, {Pending} from webhook where id = @id and (owner_id = @owner_id or @all)
        """;

    private const string SelectHeld = $"""
        select {Columns} from webhook where id = @id and (owner_id = @owner_id or @all) /* pg: for update */
        """;

    private const string SelectOne = $"select {Columns} from webhook where id = @id";

    private const string PageOfOwner = $"""
        select {Columns}, {Pending} from webhook where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string PageOfAll = $"""
        select {Columns}, {Pending} from webhook where id > @after order by id limit @limit
        """;

    // An owner's webhooks are counted before one is added: of two who do so at once the second waits.
    private const string TakeTurn = "lock table webhook in share row exclusive mode";

    private const string CountOfOwner = "select count(*) from webhook where owner_id = @owner_id";

    private const string InsertRow = """
        insert into webhook (id, owner_id, url, topics, description, status, created_at, updated_at)
        values (@id, @owner_id, @url, @topics, @description, @status, @now, @now)
        """;

    private const string UpdateRow = """
        update webhook set url = @url, topics = @topics, description = @description, status = @status,
          failing_since = null, updated_at = @now
        where id = @id
        """;

    // One that was disabled while messages were on their way keeps the reason.
    private const string UpdateSucceeded = """
        update webhook set last_success_at = @now, failing_since = null, last_error = null
        where id = @id and status = 'active'
        """;

    private const string UpdateFailed = """
        update webhook set last_error = @last_error, failing_since = coalesce(failing_since, @now),
          given_up = given_up + @given_up
        where id = @id and status = 'active' returning failing_since
        """;

    private const string UpdateDisabled = """
        update webhook set status = 'disabled', last_error = @last_error, updated_at = @now
        where id = @id and status = 'active'
        """;

    private const string InsertTopic = """
        insert into webhook_topic (owner_id, webhook_id, pattern) select @owner_id, @webhook_id, @pattern
        /* each: from */ where true on conflict (owner_id, webhook_id, pattern) do nothing
        """;

    private const string DeleteTopics = """
        delete from webhook_topic where owner_id = @owner_id and webhook_id = @webhook_id
        """;

    private const string DeleteRow = "delete from webhook where id = @id";

    public static ValueTask<(WebhookRow Row, long Pending)?> FindOwned(Session session, Caller caller, Guid id) =>
        session.First<(WebhookRow, long)?>(
            SelectOwned,
            row => Counted(row),
            ("id", id),
            ("owner_id", caller.AgentId),
            ("all", caller.SeesAll)
        );

    /// <summary>The webhook if the caller may see it, in the hands of this work.</summary>
    public static async ValueTask<WebhookRow> Hold(Session session, Caller caller, Guid id) =>
        await session.First(
            SelectHeld,
            WebhookRow.Read,
            ("id", id),
            ("owner_id", caller.AgentId),
            ("all", caller.SeesAll)
        ) ?? throw Problem.NotFound("webhook", id.ToString());

    public static ValueTask<WebhookRow?> Find(Session session, Guid id) =>
        session.First(SelectOne, WebhookRow.Read, ("id", id));

    /// <summary>One more than the limit when there are more.</summary>
    public static ValueTask<List<(WebhookRow Row, long Pending)>> Page(
        Session session,
        Caller caller,
        Guid after,
        int limit
    ) =>
        caller.OwnerIn(null) is { } owner
            ? session.Query(PageOfOwner, Counted, ("owner_id", owner), ("after", after), ("limit", limit + 1))
            : session.Query(PageOfAll, Counted, ("after", after), ("limit", limit + 1));

    public static async ValueTask<long> CountForNew(Session session, Guid ownerId)
    {
        await session.Lock(TakeTurn);
        return await session.First(CountOfOwner, row => row.Long(0), ("owner_id", ownerId));
    }

    public static async ValueTask Insert(Session session, WebhookRow webhook)
    {
        await session.Execute(
            InsertRow,
            ("id", webhook.Id),
            ("owner_id", webhook.OwnerId),
            ("url", webhook.Url),
            ("topics", Json.Write(webhook.Topics)),
            ("description", webhook.Description),
            ("status", webhook.Status)
        );
        await Listen(session, webhook);
    }

    /// <summary>As its owner wants it; what it failed at before is forgotten.</summary>
    public static async ValueTask Update(Session session, WebhookRow webhook)
    {
        await session.Execute(
            UpdateRow,
            ("url", webhook.Url),
            ("topics", Json.Write(webhook.Topics)),
            ("description", webhook.Description),
            ("status", webhook.Status),
            ("id", webhook.Id)
        );
        await StopListening(session, webhook);
        await (
            webhook.IsActive
                ? Listen(session, webhook)
                : DeliveryStore.RemoveAll(session, webhook.Id, "The webhook was disabled.")
        );
    }

    public static async ValueTask Succeeded(Session session, Guid id) =>
        await session.Execute(UpdateSucceeded, ("id", id));

    /// <returns>Since when it fails; null when it is disabled by now.</returns>
    public static ValueTask<DateTimeOffset?> Failed(Session session, Guid id, string error, bool isGivenUp) =>
        session.First(
            UpdateFailed,
            row => row.InstantOrNull(0),
            ("last_error", error),
            ("given_up", isGivenUp ? 1L : 0L),
            ("id", id)
        );

    /// <summary>Sends nothing more to it, and drops what waits; false when that was so before.</summary>
    public static async ValueTask<bool> Disable(Session session, WebhookRow webhook, string error)
    {
        var isNew = await session.Execute(UpdateDisabled, ("last_error", error), ("id", webhook.Id)) == 1;
        await StopListening(session, webhook);
        await DeliveryStore.RemoveAll(session, webhook.Id, error);
        return isNew;
    }

    public static async ValueTask Remove(Session session, WebhookRow webhook)
    {
        await session.Execute(DeleteRow, ("id", webhook.Id));
        await StopListening(session, webhook);
        await DeliveryStore.RemoveAll(session, webhook.Id, "The webhook was deleted.");
    }

    private static ValueTask Listen(Session session, WebhookRow webhook) =>
        session.LaterEach(
            InsertTopic,
            [.. webhook.Topics.Select(DeliveryStore.LikeOf).Distinct()],
            pattern => [("owner_id", webhook.OwnerId), ("webhook_id", webhook.Id), ("pattern", pattern)]
        );

    private static async ValueTask StopListening(Session session, WebhookRow webhook) =>
        await session.Execute(DeleteTopics, ("owner_id", webhook.OwnerId), ("webhook_id", webhook.Id));

    private static (WebhookRow Row, long Pending) Counted(Row row) => (WebhookRow.Read(row), row.Long(12));
}
