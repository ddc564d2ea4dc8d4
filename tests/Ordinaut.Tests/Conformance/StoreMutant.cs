using Ordinaut.Tests.Simulation;

namespace Ordinaut.Tests.Conformance;

/// <summary>Shipped statements with one guard less, for the courses to notice.</summary>
internal static class StoreMutant
{
    private static readonly string[] NotOfTheStore =
    [
        // No course has steps, and no worker of a course looks at a clock of its own.
        "a step is saved whoever holds the run",
        "no lease deadline is ever seen to pass",
        // It jumps at seconds that no task of a course has.
        "the cursor jumps over an occurrence",
    ];

    /// <summary>Those that show on any database, one act after another.</summary>
    public static IReadOnlyList<Mutant> Anywhere =>
        [
            // Made anew: whether one has struck is its own memory.
            .. Mutant
                .All.Where(mutant => !NotOfTheStore.Contains(mutant.Name))
                .Select(mutant => new Mutant(mutant.Name, mutant.Changes)),
            new(
                "the cursor jumps over a minute in three",
                (
                    "set next_nominal = @next_nominal, next_due = @next_due, status = @status, snoozed_until = null",
                    "set next_nominal = @next_nominal + 60000000 * (@next_nominal / 60000000 % 3 = 0),"
                        + " next_due = @next_due, status = @status, snoozed_until = null"
                )
            ),
            new(
                "a retried run forgets how its last attempt ended",
                ("from run where id = @id and error_code is not null", "from run where id = @id and error_code = ''")
            ),
            new(
                "a dedupe window never ends",
                ("excluded.at where dedupe.at <= @before", "excluded.at where dedupe.at <= @before - @before")
            ),
            new(
                "a change of the limit does not reach those who wait",
                ("and slot = @slot and state = 1", "and slot = @slot and state = 4")
            ),
            new(
                "a task that is deleted leaves its runs",
                ("order by state <> 1, run_id limit @limit", "order by state <> 1, run_id limit 0 * @limit")
            ),
            new(
                "history keeps the attempts of what is gone",
                ("delete from attempt where run_id in (", "delete from attempt where attempt < 0 and run_id in (")
            ),
        ];

    /// <summary>Those that show where writers run beside one another.</summary>
    public static IReadOnlyList<Mutant> Together =>
        [
            new(
                "nobody waits for a slot",
                ("select pg_advisory_xact_lock(k) from (", "select k from ("),
                ("select pg_advisory_xact_lock(hashtextextended(slot::text, 0)) from", "select 1 from")
            ),
            new(
                "nobody holds a task",
                ("select 1 from task where id = @id for no key update", "select 1 from task where id = @id")
            ),
            new(
                "a claim locks nothing",
                (
                    "order by q.priority, q.due limit @places /* pg: for update skip locked */",
                    "order by q.priority, q.due limit @places"
                )
            ),
        ];
}
