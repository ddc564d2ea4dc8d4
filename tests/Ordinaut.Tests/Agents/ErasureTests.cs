using System.Text.RegularExpressions;
using Ordinaut.Agents;
using Ordinaut.Store;
using Ordinaut.Tests.Runs;

namespace Ordinaut.Tests.Agents;

/// <summary>No table that names an agent is forgotten, when it leaves and when it asks for its own.</summary>
public sealed partial class ErasureTests
{
    private static readonly DateTimeOffset Start = new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("01930000-0000-7000-8000-000000000001");

    /// <summary>Columns that name an agent.</summary>
    private static readonly string[] Names = ["owner_id", "agent_id", "subject_id", "created_by"];

    /// <summary>What stays, by an id that leads nowhere any more.</summary>
    private static readonly string[] Stay = ["agent.created_by", "audit.owner_id"];

    /// <summary>What is in no export: it opens something, or says nothing that is not said elsewhere.</summary>
    private static readonly string[] NotTold =
    [
        "authorization_code",
        "dedupe",
        "idempotency",
        "refresh_token",
        "signing_secret",
        "task_tag",
        "web_session",
        "webhook_topic",
    ];

    [Fact]
    public async Task Of_an_agent_that_was_erased_nothing_is_left_in_any_table()
    {
        var clock = new StoryClock(Start);
        using var db = await Db.InMemory(clock);
        await db.Write(session => AgentStore.Insert(session, Agent.New(Id, new("gone", []), Scope.None, Start)));
        var columns = await Columns(db);
        await db.Write(session => AgentErasureStore.RemoveAgent(session, Id));
        foreach (var table in columns.GroupBy(column => column.Table))
        {
            await Fill(db, table.Key);
        }

        Assert.All(columns, column => Assert.True(Count(db, column).Result > 0, column.ToString()));
        Assert.Null(await db.Read(session => AgentStore.Get(session, Id)));
        clock.MoveTo(Start + AgentErasure.Aftermath);
        Assert.Equal(0, await AgentErasure.SweepAfter(db));
        clock.MoveTo(Start + AgentErasure.Aftermath + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await AgentErasure.SweepAfter(db));

        var left = columns.Where(column => Count(db, column).Result > 0).Select(column => column.ToString());
        Assert.Equal(Stay, left.Order(StringComparer.Ordinal));
        Assert.Equal(
            0,
            await db.Read(session => session.First("select count(*) from agent where status = 'erased'", One))
        );
        Assert.Equal(0, await AgentErasure.SweepAfter(db));
    }

    [Fact]
    public async Task Every_table_that_names_an_agent_is_told_or_said_not_to_be()
    {
        using var db = await Db.InMemory(new StoryClock(Start));
        var kinds = AgentExportStore.Kinds.SelectMany(kind => kind.Below.Prepend(kind));
        var told = kinds.Select(kind => From().Match(kind.Select).Groups[1].Value).ToHashSet();

        var tables = (await Columns(db)).Select(column => column.Table).Distinct();

        Assert.Equal(NotTold, tables.Where(table => !told.Contains(table)));
    }

    private static async Task<List<Column>> Columns(Db db)
    {
        var tables = await db.Read(session =>
            session.Query("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'", Text)
        );
        var columns = new List<Column>();
        foreach (var table in tables.Order(StringComparer.Ordinal))
        {
            var names = await db.Read(session => session.Query($"pragma table_info({table})", row => row.Text(1)));
            columns.AddRange(names.Where(Names.Contains).Select(name => new Column(table, name)));
        }

        // The subject of a line of the audit log is a text, and any thing.
        columns.Remove(new Column("audit", "subject_id"));
        return columns;
    }

    /// <summary>A row in which every id is the agent's: what belongs to something belongs to its own.</summary>
    private static async Task Fill(Db db, string table)
    {
        var columns = await db.Read(session =>
            session.Query($"pragma table_info({table})", row => (Name: row.Text(1), Type: row.Text(2)))
        );
        var id = Convert.ToHexString(Id.ToByteArray(bigEndian: true));
        var other = Convert.ToHexString(Guid.NewGuid().ToByteArray());
        var values = columns.Select(column =>
            column switch
            {
                // A row of its own, of an agent that this one made.
                { Name: "id" } when table == "agent" => $"x'{other}'",
                { Name: "kind" } when table == "tool_source" => "'server'",
                { Type: "BLOB" or "blob" } => $"x'{id}'",
                { Type: "INTEGER" or "integer" } => "1",
                _ => "'it'",
            }
        );
        var names = columns.Select(column => column.Name);
        var sql = $"insert into {table} ({string.Join(", ", names)}) values ({string.Join(", ", values)})";
        await db.Write(session => session.Script(sql));
    }

    private static Task<long> Count(Db db, Column column) =>
        db.Read(session =>
            session.First($"select count(*) from {column.Table} where {column.Name} = @id", One, ("id", Id))
        );

    private static long One(Row row) => row.Long(0);

    private static string Text(Row row) => row.Text(0);

    [GeneratedRegex(@"from (\w+)")]
    private static partial Regex From();

    private sealed record Column(string Table, string Name)
    {
        public override string ToString() => $"{Table}.{Name}";
    }
}
