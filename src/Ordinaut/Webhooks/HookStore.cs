using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Webhooks;

/// <summary>The SQL of hooks.</summary>
internal static class HookStore
{
    private const string Columns = "id, owner_id, topic, description, created_at";

    private const string PageOfOwner = $"""
        select {Columns} from hook where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string PageOfAll = $"select {Columns} from hook where id > @after order by id limit @limit";

    private const string SelectHeld = $"""
        select {Columns} from hook where id = @id and (owner_id = @owner_id or @all) /* pg: for update */
        """;

    // All that it takes to judge a message, in one look whether there is such a hook or not.
    private const string SelectDoor = """
        select h.owner_id, h.topic, a.status, a.scopes, a.limits, s.version, s.key_id, s.wrapped_key, s.sealed
        from hook h join agent a on a.id = h.owner_id join signing_secret s on s.id = h.id
        where h.id = @id
        """;

    // An owner's hooks are counted before one is added: of two who do so at once the second waits.
    private const string TakeTurn = "lock table hook in share row exclusive mode";

    private const string CountOfOwner = "select count(*) from hook where owner_id = @owner_id";

    private const string InsertRow = """
        insert into hook (id, owner_id, topic, description, created_at)
        values (@id, @owner_id, @topic, @description, @now)
        """;

    private const string DeleteRow = "delete from hook where id = @id";

    /// <summary>One more than the limit when there are more.</summary>
    public static ValueTask<List<HookRow>> Page(Session session, Caller caller, Guid after, int limit) =>
        caller.OwnerIn(null) is { } owner
            ? session.Query(PageOfOwner, HookRow.Read, ("owner_id", owner), ("after", after), ("limit", limit + 1))
            : session.Query(PageOfAll, HookRow.Read, ("after", after), ("limit", limit + 1));

    /// <summary>The hook if the caller may see it, in the hands of this work.</summary>
    public static async ValueTask<HookRow> Hold(Session session, Caller caller, Guid id) =>
        await session.First(SelectHeld, HookRow.Read, ("id", id), ("owner_id", caller.AgentId), ("all", caller.SeesAll))
        ?? throw Problem.NotFound("hook", id.ToString());

    public static ValueTask<HookDoor?> Door(Session session, Guid id) =>
        session.First(SelectDoor, row => HookDoor.Read(row, id), ("id", id));

    public static async ValueTask<long> CountForNew(Session session, Guid ownerId)
    {
        await session.Lock(TakeTurn);
        return await session.First(CountOfOwner, row => row.Long(0), ("owner_id", ownerId));
    }

    public static async ValueTask Insert(Session session, HookRow hook) =>
        await session.Execute(
            InsertRow,
            ("id", hook.Id),
            ("owner_id", hook.OwnerId),
            ("topic", hook.Topic),
            ("description", hook.Description)
        );

    public static async ValueTask Remove(Session session, Guid id) => await session.Execute(DeleteRow, ("id", id));
}

/// <summary>A way for others to publish an agent's events.</summary>
internal sealed record HookRow(Guid Id, Guid OwnerId, string Topic, string Description, DateTimeOffset CreatedAt)
{
    public static string PathOf(Guid id) => $"/hooks/{id}";

    public HookView View() => new(Id, OwnerId, PathOf(Id), Topic, Description, CreatedAt);

    public static HookRow Read(Row row) => new(row.Id(0), row.Id(1), row.Text(2), row.Text(3), row.Instant(4));
}

/// <summary>What a message to a hook must pass, and on whose behalf it then goes on.</summary>
internal sealed record HookDoor(Guid Id, Guid OwnerId, string Topic, SigningSecret Secret)
{
    public required bool IsOwnerActive { get; init; }
    public required Scope Scopes { get; init; }
    public required AgentLimits Limits { get; init; }

    public static HookDoor Read(Row row, Guid id) =>
        new(
            id,
            row.Id(0),
            row.Text(1),
            new SigningSecret(id, row.Id(0), row.Int(5))
            {
                Envelope = new Envelope(row.Text(6), row.Bytes(7), row.Bytes(8)),
            }
        )
        {
            IsOwnerActive = row.Text(2) == Agent.Active,
            Scopes = Agents.Scopes.Parse(row.Text(3)),
            Limits = Json.Read<AgentLimits>(row.Text(4)),
        };
}
