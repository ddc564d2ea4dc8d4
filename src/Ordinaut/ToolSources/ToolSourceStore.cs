using Ordinaut.Store;

namespace Ordinaut.ToolSources;

/// <summary>The SQL of tools from outside.</summary>
internal static class ToolSourceStore
{
    private const string SelectSources =
        "select kind, name, settings, from_file, updated_at, owner_id from tool_source order by kind, name";

    private const string SelectSource = """
        select kind, name, settings, from_file, updated_at, owner_id from tool_source
        where kind = @kind and name = @name
        """;

    private const string UpsertSource = """
        insert into tool_source (kind, name, settings, from_file, updated_at, owner_id)
        values (@kind, @name, @settings, @from_file, @now, @owner_id)
        on conflict (kind, name) do update set
          settings = excluded.settings, from_file = excluded.from_file, updated_at = excluded.updated_at,
          owner_id = excluded.owner_id
        """;

    private const string DeleteSource = "delete from tool_source where kind = @kind and name = @name";

    private const string DeletePins = "delete from tool_pin where server = @server";

    private const string SelectPins = "select server, tool, pinned, offered from tool_pin order by server, tool";

    private const string SelectPinsOf = """
        select server, tool, pinned, offered from tool_pin where server = @server order by tool
        """;

    // Of nodes that see a tool for the first time at one moment the first pins it.
    private const string InsertPin = """
        insert into tool_pin (server, tool, pinned) select @server, @tool, @pinned
        where exists (select 1 from tool_source where kind = 'server' and name = @server)
        on conflict (server, tool) do nothing
        """;

    private const string UpdateOffered = """
        update tool_pin set offered = @offered where server = @server and tool = @tool
        """;

    private const string UpdatePinned = """
        update tool_pin set pinned = @pinned, offered = null where server = @server and tool = @tool
        """;

    private const string DeletePin = "delete from tool_pin where server = @server and tool = @tool";

    private const string CountChange = """
        insert into tool_revision (id, changes) values (1, 1)
        on conflict (id) do update set changes = tool_revision.changes + 1
        """;

    private const string SelectChanges = "select changes from tool_revision where id = 1";

    // Who changes the catalogue by what is in it comes after who did so before.
    private const string TakeTurn = "lock table tool_source in share row exclusive mode";

    /// <summary>To be done first by whoever writes here: one change after the other, and each is noticed.</summary>
    public static async ValueTask Begin(Session session, Signals signals)
    {
        await session.Lock(TakeTurn);
        await session.Execute(CountChange);
        session.Afterwards(signals.Tools);
    }

    /// <summary>How many changes there were; who has seen as many has seen all.</summary>
    public static ValueTask<long> Changes(Session session) => session.First(SelectChanges, row => row.Long(0));

    public static ValueTask<List<ToolSource>> Sources(Session session) => session.Query(SelectSources, ToolSource.Read);

    public static ValueTask<ToolSource?> Find(Session session, string kind, string name) =>
        session.First(SelectSource, ToolSource.Read, ("kind", kind), ("name", name));

    public static async ValueTask Save(Session session, ToolSource source) =>
        await session.Execute(
            UpsertSource,
            ("kind", source.Kind),
            ("name", source.Name),
            ("settings", source.Settings),
            ("from_file", source.FromFile),
            ("owner_id", source.OwnerId)
        );

    /// <summary>A server's pins go with it; one that comes back is met anew.</summary>
    public static async ValueTask Remove(Session session, ToolSource source)
    {
        await session.Execute(DeleteSource, ("kind", source.Kind), ("name", source.Name));
        if (source.Kind == ToolSource.Server)
        {
            await session.Execute(DeletePins, ("server", source.Name));
        }
    }

    public static ValueTask<List<ToolPin>> Pins(Session session) => session.Query(SelectPins, ToolPin.Read);

    public static ValueTask<List<ToolPin>> PinsOf(Session session, string server) =>
        session.Query(SelectPinsOf, ToolPin.Read, ("server", server));

    public static async ValueTask Pin(Session session, string server, Offer offer) =>
        await session.Execute(InsertPin, ("server", server), ("tool", offer.Tool), ("pinned", offer.Text));

    public static async ValueTask SetOffered(Session session, ToolPin pin, string? offered) =>
        await session.Execute(UpdateOffered, ("offered", offered), ("server", pin.Server), ("tool", pin.Tool));

    /// <summary>What is offered is the pin from now on; what is no longer offered is forgotten.</summary>
    public static async ValueTask Accept(Session session, ToolPin pin)
    {
        if (pin.IsGone)
        {
            await session.Execute(DeletePin, ("server", pin.Server), ("tool", pin.Tool));
        }
        else
        {
            await session.Execute(UpdatePinned, ("pinned", pin.Offered), ("server", pin.Server), ("tool", pin.Tool));
        }
    }
}

/// <summary>A server or an HTTP tool as registered.</summary>
/// <param name="Settings">As JSON, as they were given.</param>
internal sealed record ToolSource(string Kind, string Name, string Settings, bool FromFile, DateTimeOffset UpdatedAt)
{
    public const string Server = "server";
    public const string Http = "http";

    /// <summary>The agent that registered it, whose secrets it may name; null: the catalogue file did.</summary>
    public Guid? OwnerId { get; init; }

    /// <summary>One to be written; when, says the database.</summary>
    public static ToolSource Of(string kind, string name, string settings) => new(kind, name, settings, false, default);

    public static ToolSource Read(Row row) =>
        new(row.Text(0), row.Text(1), row.Text(2), row.Bool(3), row.Instant(4)) { OwnerId = row.IdOrNull(5) };
}

/// <summary>What a server said of a tool when it was accepted.</summary>
/// <param name="Offered">What it says now, where that differs.</param>
internal sealed record ToolPin(string Server, string Tool, string Pinned, string? Offered)
{
    /// <summary>What stands for a tool that is no longer offered.</summary>
    public const string Gone = "null";

    public bool IsGone => Offered == Gone;

    public static ToolPin Read(Row row) => new(row.Text(0), row.Text(1), row.Text(2), row.TextOrNull(3));
}
