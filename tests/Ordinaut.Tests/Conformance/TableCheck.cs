using Ordinaut.Store;

namespace Ordinaut.Tests.Conformance;

/// <summary>What must hold of the tables between any two transactions, each as a statement that finds none.</summary>
internal static class TableCheck
{
    public static readonly IReadOnlyList<(string Fault, string Count)> All =
    [
        (
            "A run has no line in the ledger, or several.",
            """
            select count(*) from (select run_id as id from queue union all select id from run) r
            where (select count(*) from occurrence o where o.run_id = r.id) <> 1
            """
        ),
        (
            "A line of the ledger has a run that is nowhere.",
            """
            select count(*) from occurrence o where o.run_id is not null
              and not exists (select 1 from run r where r.id = o.run_id)
              and not exists (select 1 from queue q where q.run_id = o.run_id)
            """
        ),
        ("A run lives and has ended.", "select count(*) from queue q join run r on r.id = q.run_id"),
        (
            "A slot holds more than its limit.",
            """
            select count(*) from (
              select slot from queue where state in (0, 2, 3) group by slot having count(*) > max(slot_limit)) x
            """
        ),
        (
            "A run waits for a slot that has room for it.",
            """
            select count(*) from queue h where h.state = 1
              and (select count(*) from queue s where s.slot = h.slot and s.state in (0, 2, 3)) < h.slot_limit
            """
        ),
        (
            "A lease is nobody's, or somebody's run is not leased.",
            """
            select count(*) from queue
            where (state = 2) <> (lease_owner is not null) or (state = 2) <> (leased_until is not null)
            """
        ),
        (
            "A change of a task was not audited, or was not told.",
            """
            select abs((select count(*) from audit where action like 'task.%')
              - (select count(*) from event where topic like 'task.%' and topic <> 'task.missed'))
            """
        ),
        (
            "A run ended and nobody was told, or more often than it ended.",
            """
            select abs((select count(*) from run) + (select count(*) from audit where action = 'run.retry_requested')
              - (select count(*) from event where topic like 'run.%'))
            """
        ),
    ];

    public static async Task<string?> Fault(Db db)
    {
        foreach (var (fault, count) in All)
        {
            if (await db.Read(session => session.First(count, row => row.Long(0))) != 0)
            {
                return fault;
            }
        }

        return null;
    }
}
