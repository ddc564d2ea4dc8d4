using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Events;

/// <summary>The SQL of events.</summary>
internal static class EventStore
{
    private const string Columns = "id, owner_id, topic, payload, depth, source, created_at, triggered";

    private const string InsertRow = """
        insert into event (id, owner_id, topic, payload, depth, source, triggered, created_at)
        select @id, @owner_id, @topic, @payload, @depth, @source, @triggered, @created_at /* each: from */
        """;

    private const string SelectOwned = $"select {Columns} from event where id = @id and (owner_id = @owner_id or @all)";

    private const string Filter = """
          and id < @before
          and (@topic is null or topic = @topic)
          and (@since is null or created_at >= @since)
          and (@until is null or created_at < @until)
        order by id desc limit @limit
        """;

    private const string PageOfAll = $"select {Columns} from event where true {Filter}";

    private const string PageOfOwner = $"select {Columns} from event where owner_id = @owner_id {Filter}";

    private const string InsertOutbox = "insert into outbox (event_id) select @id /* each: from */";

    // Materialized: a list with a limit that locks must be made once, whatever plan it is for.
    private const string ClaimOutbox = """
        with free as materialized (
          select event_id from outbox where (claimed_until is null or claimed_until <= @now)
            and not exists (select 1 from cluster where id = 1 and state <> 'active')
          order by event_id limit @limit /* pg: for update skip locked */)
        update outbox set claimed_until = @until where event_id in (select event_id from free)
        returning event_id
        """;

    private const string DeleteOutbox = "delete from outbox /* each: using */ where event_id = @id";

    private const string SelectOne = $"select {Columns} from event /* each: , */ where id = @id";

    // Newest first, so that the limit leaves out the oldest.
    private const string SelectNewest = $"""
        select {Columns} from event where id >= @floor order by id desc limit @limit
        """;

    private const string SelectTopics = """
        select topic, count(*), max(created_at) from event
        where (@all or owner_id = @owner_id) and topic > @after group by topic order by topic limit @limit
        """;

    public static ValueTask Insert(Session session, IReadOnlyList<EventRow> facts) =>
        session.LaterEach(
            InsertRow,
            facts,
            fact =>
                [
                    ("id", fact.Id),
                    ("owner_id", fact.News.OwnerId),
                    ("topic", fact.News.Topic),
                    ("payload", fact.News.Payload),
                    ("depth", fact.News.Depth),
                    ("source", fact.News.Source),
                    ("triggered", fact.Triggered),
                    ("created_at", fact.At),
                ]
        );

    /// <summary>Notes that these events are to be relayed.</summary>
    public static ValueTask Post(Session session, IReadOnlyList<EventRow> facts) =>
        session.LaterEach(InsertOutbox, facts, fact => [("id", fact.Id)]);

    /// <summary>Takes events to relay that nobody else is at; who does not come back leaves them to others.</summary>
    public static async ValueTask<List<Guid>> Claim(Session session, TimeSpan time, int limit)
    {
        var ids = await session.Query(ClaimOutbox, row => row.Id(0), ("until", session.Now + time), ("limit", limit));
        ids.Sort();
        return ids;
    }

    public static ValueTask Posted(Session session, IReadOnlyList<Guid> ids) =>
        session.LaterEach(DeleteOutbox, ids, id => [("id", id)]);

    /// <summary>Those of these events that are still there, oldest first.</summary>
    public static async ValueTask<List<EventRow>> Find(Session session, IReadOnlyList<Guid> ids) =>
        InOrder(await session.QueryEach(SelectOne, EventRow.Read, ids, id => [("id", id)]));

    /// <summary>The newest events from an id on, oldest first.</summary>
    public static async ValueTask<List<EventRow>> Newest(Session session, Guid floor, int limit) =>
        InOrder(await session.Query(SelectNewest, EventRow.Read, ("floor", floor), ("limit", limit)));

    private static List<EventRow> InOrder(List<EventRow> rows)
    {
        rows.Sort((a, b) => a.Id.CompareTo(b.Id));
        return rows;
    }

    public static ValueTask<EventRow?> FindOwned(Session session, Caller caller, Guid id) =>
        session.First(SelectOwned, EventRow.Read, ("id", id), ("owner_id", caller.AgentId), ("all", caller.SeesAll));

    /// <summary>One event more than the limit when there are more.</summary>
    public static ValueTask<List<EventRow>> Page(Session session, Caller caller, EventFilter filter)
    {
        Arg[] rest =
        [
            ("before", filter.After ?? Guid.AllBitsSet),
            ("topic", filter.Topic),
            ("since", filter.Since),
            ("until", filter.Until),
            ("limit", filter.Limit + 1),
        ];
        return caller.OwnerIn(null) is { } owner
            ? session.Query(PageOfOwner, EventRow.Read, [("owner_id", owner), .. rest])
            : session.Query(PageOfAll, EventRow.Read, rest);
    }

    /// <summary>The topics after one, by name.</summary>
    public static ValueTask<List<TopicView>> Topics(Session session, Caller caller, string after, int limit) =>
        session.Query(
            SelectTopics,
            row => new TopicView(row.Text(0), row.Long(1), row.Instant(2)),
            ("all", caller.SeesAll),
            ("owner_id", caller.AgentId),
            ("after", after),
            ("limit", limit)
        );
}

/// <summary>An event as stored.</summary>
internal sealed record EventRow(Guid Id, NewEvent News, DateTimeOffset At)
{
    public int Triggered { get; init; }

    public static EventRow Read(Row row) =>
        new(
            row.Id(0),
            new NewEvent(row.Id(1), row.Text(2), row.Text(3), row.Int(4)) { Source = row.Text(5) },
            row.Instant(6)
        )
        {
            Triggered = row.Int(7),
        };

    public EventView ToView() =>
        new()
        {
            Id = Id,
            Topic = News.Topic,
            Payload = Json.Parse(News.Payload),
            Source = News.Source,
            SourceAgentId = News.OwnerId,
            Depth = News.Depth,
            TriggeredTasks = Triggered,
            CreatedAt = At,
        };

    /// <summary>The event as a run and a filter see it: <c>{id, topic, payload, source, time}</c>.</summary>
    public JsonElement ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id", Id);
            writer.WriteString("topic", News.Topic);
            writer.WriteString("source", News.Source);
            writer.WriteString("time", Instants.Format(At));
            writer.WritePropertyName("payload");
            writer.WriteRawValue(News.Payload);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }
}

/// <summary>Which events a list shows; absent means any.</summary>
internal sealed record EventFilter(
    string? Topic = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    int Limit = Pages.Usual,
    Guid? After = null
);
