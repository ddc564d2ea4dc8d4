using Ordinaut.Store;

namespace Ordinaut.Tests.Simulation;

/// <summary>A deliberate defect in the shipped core: one guard less. What never finds it checks nothing.</summary>
/// <param name="Name">What is broken, as a sentence.</param>
/// <param name="Dialect">Rewrites the statement that holds the guard.</param>
internal sealed record Mutant(string Name, Dialect Dialect)
{
    public static readonly Mutant None = new("nothing is broken", Dialect.Sqlite);

    public Func<World, Strand, SimClock> Clock { get; private init; } = (world, strand) => new SimClock(world, strand);

    public static readonly IReadOnlyList<Mutant> All =
    [
        new(
            "a step is saved whoever holds the run",
            new Rewritten(
                "from queue where run_id = @run_id and epoch = @epoch and state = 2",
                "from queue where run_id = @run_id and @epoch is not null"
            )
        ),
        Of(
            "a run is finished whatever its epoch",
            (
                "from queue where run_id = @run_id and epoch = @epoch and state = @seen_state",
                "from queue where run_id = @run_id and coalesce(@epoch, @seen_state) is not null"
            ),
            (
                "delete from queue where run_id = @run_id and epoch = @epoch and state = @seen_state",
                "delete from queue where run_id = @run_id and coalesce(@epoch, @seen_state) is not null"
            )
        ),
        Of("a claim does not change the epoch", ("state = 2, epoch = epoch + 1,", "state = 2, epoch = max(epoch, 1),")),
        Of(
            "the reaper takes leases that have not run out",
            (
                "where state = 2 and leased_until <= @now order by",
                "where state = 2 and leased_until <= @now + 8000000 order by"
            )
        ),
        Of(
            "the reaper finds no expired lease",
            ("where state = 2 and leased_until <= @now order by", "where state = 2 and leased_until < 0 order by")
        ),
        Of(
            "the next run of a slot is never let in",
            ("where h.slot = @slot and h.state = 1", "where h.slot = @slot and h.state = 4")
        ),
        Of("a slot has no limit", ("limit @slot_limit)) >= @slot_limit", "limit @slot_limit)) > 1000")),
        Of(
            "a run in a worker's hands is claimed again",
            (
                "select run_id from queue where state = 0 order by",
                "select run_id from queue where state in (0, 2) order by"
            )
        ),
        Of(
            "a skipped stretch is not counted",
            ("count = count + @count, recorded_at", "count = count + @count - @count, recorded_at")
        ),
        Of(
            "the cursor jumps over an occurrence",
            (
                "set next_nominal = @next_nominal, next_due = @next_due, status = @status, snoozed_until = null",
                "set next_nominal = @next_nominal + 1000000 * (@next_nominal / 1000000 % 50 = 7), next_due = @next_due,"
                    + " status = @status, snoozed_until = null"
            )
        ),
        Of(
            "a delayed run is never woken",
            (
                "update queue set state = 0 where state = 3 and due <= @now",
                "update queue set state = 0 where state = 3 and due < 0 and @now > 0"
            )
        ),
        Of(
            "deaths of workers are not counted",
            ("silent_deaths = @silent_deaths, lease_owner", "silent_deaths = @silent_deaths * 0, lease_owner")
        ),
        Of(
            "every lease of a worker is renewed, whatever became of its work",
            (
                "where run_id = @run_id and epoch = @epoch and state = 2 and leased_until > @now",
                "where lease_owner = (select o.lease_owner from queue o where o.run_id = @run_id) and @epoch > 0"
                    + " and state = 2 and leased_until > @now"
            )
        ),
        new("no lease deadline is ever seen to pass", Dialect.Sqlite)
        {
            Clock = (world, strand) => new StoppedClock(world, strand),
        },
    ];

    public bool HasStruck => Dialect is not Rewritten rewritten || rewritten.HasStruck;

    public override string ToString() => Name;

    private static Mutant Of(string name, params (string Guard, string Without)[] changes) =>
        new(name, new Rewritten(changes));

    /// <summary>Runs the shipped statements but for the changed one, and knows whether it met that.</summary>
    private sealed class Rewritten(params (string Guard, string Without)[] changes) : Dialect
    {
        public Rewritten(string guard, string without)
            : this((guard, without)) { }

        /// <summary>False when no shipped statement holds the guard any more: then the mutant tests nothing.</summary>
        public bool HasStruck { get; private set; }

        public override string Translate(string sql)
        {
            foreach (var (guard, without) in changes)
            {
                HasStruck |= sql.Contains(guard, StringComparison.Ordinal);
                sql = sql.Replace(guard, without, StringComparison.Ordinal);
            }

            return sql;
        }
    }
}
