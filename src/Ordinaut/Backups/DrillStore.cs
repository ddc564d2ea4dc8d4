using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>
/// The SQL of a drill, which works on a copy that nobody needs: it must do nothing that the original does as well.
/// </summary>
internal static class DrillStore
{
    /// <summary>What is counted, to be compared with what was there.</summary>
    private static readonly (string Table, string Count)[] Counts =
    [
        ("agent", "select count(*) from agent"),
        ("task", "select count(*) from task"),
        ("task_version", "select count(*) from task_version"),
        ("occurrence", "select count(*) from occurrence"),
        ("queue", "select count(*) from queue"),
        ("run", "select count(*) from run"),
        ("step", "select count(*) from step"),
        ("event", "select count(*) from event"),
        ("secret", "select count(*) from secret"),
        ("webhook", "select count(*) from webhook"),
        ("audit", "select count(*) from audit"),
    ];

    private const string StopAgents = "update agent set status = 'disabled'";
    private const string DeleteDeliveries = "delete from delivery";
    private const string DeleteSources = "delete from tool_source";

    private const string SelectSecrets = "select owner_id, name from secret order by owner_id, name";
    private const string SelectUnchecked = "select count(*) from pg_constraint where not convalidated";

    /// <summary>Rows of each table.</summary>
    public static async ValueTask<Dictionary<string, long>> Count(Session session)
    {
        var counts = new Dictionary<string, long>();
        foreach (var (table, count) in Counts)
        {
            counts[table] = await session.First(count, row => row.Long(0));
        }

        return counts;
    }

    /// <summary>Constraints that PostgreSQL has not checked.</summary>
    public static ValueTask<long> Unchecked(Session session) => session.First(SelectUnchecked, row => row.Long(0));

    /// <summary>How many secrets there are, and how many of them do not open.</summary>
    public static async ValueTask<(int All, int Sealed)> Secrets(Session session, KeyRing keys)
    {
        var names = await session.Query(SelectSecrets, row => (Owner: row.Id(0), Name: row.Text(1)));
        var unopened = 0;
        foreach (var (owner, name) in names)
        {
            unopened += keys.Open((await SecretStore.Find(session, owner, name))!) is null ? 1 : 0;
        }

        return (names.Count, unopened);
    }

    /// <summary>
    /// Stops everybody, and forgets what would reach outside; then there is one agent, of the drill.
    /// </summary>
    /// <returns>Its secret.</returns>
    public static async ValueTask<string> Isolate(Session session, Agent driller, AuditLog audit)
    {
        await session.Execute(StopAgents);
        await session.Execute(DeleteDeliveries);
        await session.Execute(DeleteSources);
        var secret = AgentSecret.Create();
        await AgentStore.Insert(session, driller with { SecretHash = AgentSecret.Hash(secret) });
        await audit.Append(session, new Caller(driller.Id, Scope.Admin), driller.Entry("agent.created"));
        return secret;
    }
}
