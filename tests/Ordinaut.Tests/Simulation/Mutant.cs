namespace Ordinaut.Tests.Simulation;

/// <summary>A deliberate defect in the shipped core: one guard less. What never finds it checks nothing.</summary>
/// <param name="Name">What is broken, as a sentence.</param>
internal sealed record Mutant(string Name, params (string Guard, string Without)[] Changes)
{
    public static readonly Mutant None = new("nothing is broken");

    public Func<World, Strand, SimClock> Clock { get; private init; } = (world, strand) => new SimClock(world, strand);

    public static readonly IReadOnlyList<Mutant> All =
    [
        new(
            "a step is saved whoever holds the run",
            (
                "from queue where run_id = @run_id and epoch = @epoch and state = 2",
                "from queue where run_id = @run_id and @epoch is not null"
            )
        ),
        new(
            "a run is finished whatever its epoch",
            (
                "where run_id = @run_id and epoch = @epoch and queue.state = @seen_state",
                "where run_id = @run_id and coalesce(@epoch, @seen_state) is not null"
            ),
            (
                "using */ where run_id = @run_id and epoch = @epoch and state = @seen_state",
                "using */ where run_id = @run_id and coalesce(@epoch, @seen_state) is not null"
            )
        ),
        new(
            "a claim does not change the epoch",
            ("state = 2, epoch = epoch + 1,", "state = 2, epoch = max(epoch, 1),")
        ),
        new(
            "the reaper takes leases that have not run out",
            (
                "where state = 2 and leased_until <= @now order by",
                "where state = 2 and leased_until <= @now + 8000000 order by"
            )
        ),
        new(
            "the reaper finds no expired lease",
            ("where state = 2 and leased_until <= @now order by", "where state = 2 and leased_until < 0 order by")
        ),
        new(
            "the next run of a slot is never let in",
            ("where h.slot = @slot and h.state = 1", "where h.slot = @slot and h.state = 4")
        ),
        new("a slot has no limit", ("limit @slot_limit) x) >= @slot_limit", "limit @slot_limit) x) > 1000")),
        new(
            "a run in a worker's hands is claimed again",
            ("where q.state = 0 and q.owner_id = @owner_id", "where q.state in (0, 2) and q.owner_id = @owner_id")
        ),
        new(
            "a skipped stretch is not counted",
            ("count = count + @count, recorded_at", "count = count + @count - @count, recorded_at")
        ),
        new(
            "the cursor jumps over an occurrence",
            (
                "set next_nominal = @next_nominal, next_due = @next_due, status = @status, snoozed_until = null",
                "set next_nominal = @next_nominal + 1000000 * (@next_nominal / 1000000 % 50 = 7), next_due = @next_due,"
                    + " status = @status, snoozed_until = null"
            )
        ),
        new(
            "a delayed run is never woken",
            (
                "select run_id from queue where state = 3 and due <= @now",
                "select run_id from queue where state = 3 and due < 0 and @now > 0"
            )
        ),
        new(
            "deaths of workers are not counted",
            ("silent_deaths = @silent_deaths, lease_owner", "silent_deaths = @silent_deaths * 0, lease_owner")
        ),
        new(
            "every lease of a worker is renewed, whatever became of its work",
            (
                "where run_id = @run_id and epoch = @epoch and state = 2 and leased_until > @now",
                "where lease_owner = (select o.lease_owner from queue o where o.run_id = @run_id) and @epoch > 0"
                    + " and state = 2 and leased_until > @now"
            )
        ),
        new("no lease deadline is ever seen to pass") { Clock = (world, strand) => new StoppedClock(world, strand) },
    ];

    /// <summary>False when no shipped statement holds the guard any more: then the mutant tests nothing.</summary>
    public bool HasStruck { get; private set; } = Changes.Length == 0;

    /// <summary>The shipped statement, without its guard.</summary>
    public string Rewrite(string sql)
    {
        foreach (var (guard, without) in Changes)
        {
            HasStruck |= sql.Contains(guard, StringComparison.Ordinal);
            sql = sql.Replace(guard, without, StringComparison.Ordinal);
        }

        return sql;
    }

    public override string ToString() => Name;
}
