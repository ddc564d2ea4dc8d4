using Ordinaut.Schedules;

namespace Ordinaut.Tasks;

/// <summary>
/// What to do with the occurrences that are due: which run, which are skipped and why, and where the cursor
/// stands then. Pure: the misfire, catch-up and exclusion rules live here and nowhere else.
/// </summary>
/// <param name="Runs">Nominal instants that run, oldest first.</param>
/// <param name="Skips">Lines for the ledger, oldest first.</param>
/// <param name="Next">The next nominal firing; null when none is to come.</param>
internal sealed record DuePlan(
    IReadOnlyList<DateTimeOffset> Runs,
    IReadOnlyList<Occurrence> Skips,
    DateTimeOffset? Next
)
{
    /// <summary>
    /// The most runs one pass makes for one task under <c>run_all</c>; the rest follows in the next pass.
    /// </summary>
    public const int MaxRunsPerPass = 100;

    /// <summary>
    /// How many stretches of excluded days are passed over in the search for the latest occurrence to run.
    /// </summary>
    public const int MaxExcludedStretches = 100;

    /// <summary>With <c>misfire_policy: skip</c> an occurrence later than this is missed.</summary>
    public static readonly TimeSpan MisfireThreshold = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Grain = TimeSpan.FromMicroseconds(1);

    /// <param name="upTo">Nominal firings up to and including this instant are due (now less the jitter).</param>
    public static DuePlan For(TaskDefinition task, Schedule schedule, Exclusions? exclusions, DateTimeOffset upTo)
    {
        var first = task.NextNominal ?? throw new ArgumentException("The task has no cursor.", nameof(task));
        // Nothing is due after the task's end, however late the scheduler looks.
        var end = task.Settings.EndsAt is { } ends && ends < upTo ? ends : upTo;
        var last = schedule.LastAtOrBefore(end, first - Grain) ?? first;
        var plan = new Builder(task.Settings, schedule, exclusions, upTo);
        if (task.Status == TaskStatus.Paused)
        {
            plan.Skip(first, last, SkipReason.Paused);
        }
        else if (task.SnoozedUntil is not null)
        {
            plan.RunLast(first, last, SkipReason.Superseded);
        }
        else
        {
            plan.Apply(first, last);
        }

        return plan.Done(last);
    }

    /// <summary>One line for all that is nominal up to an instant and will not run, for its schedule goes.</summary>
    public static Occurrence Superseded(TaskDefinition task, Schedule schedule, DateTimeOffset upTo) =>
        Skipped(task, schedule, upTo, SkipReason.Superseded).Skips[0];

    /// <summary>One line for all that is nominal up to an instant; none of it runs.</summary>
    public static DuePlan Skipped(TaskDefinition task, Schedule schedule, DateTimeOffset upTo, string reason)
    {
        var first = task.NextNominal ?? throw new ArgumentException("The task has no cursor.", nameof(task));
        var end = task.Settings.EndsAt is { } ends && ends < upTo ? ends : upTo;
        var last = schedule.LastAtOrBefore(end, first - Grain) ?? first;
        var plan = new Builder(task.Settings, schedule, null, upTo);
        plan.Skip(first, last, task.Status == TaskStatus.Paused ? SkipReason.Paused : reason);
        return plan.Done(last);
    }

    private sealed class Builder(TaskSettings settings, Schedule schedule, Exclusions? exclusions, DateTimeOffset upTo)
    {
        private readonly List<DateTimeOffset> _runs = [];
        private readonly List<Occurrence> _skips = [];
        private DateTimeOffset? _stoppedAt;

        public void Apply(DateTimeOffset first, DateTimeOffset last)
        {
            var oldest = OldestWanted();
            if (first < oldest)
            {
                var missed = schedule.LastAtOrBefore(Earlier(last, oldest - Grain), first - Grain) ?? first;
                Skip(first, missed, SkipReason.Misfire);
                if (missed >= last)
                {
                    return;
                }

                first = schedule.Next(missed) ?? last;
            }

            if (settings.MisfirePolicy == MisfirePolicy.RunOnce)
            {
                RunLast(first, last, SkipReason.Misfire);
            }
            else
            {
                RunEach(first, last);
            }
        }

        /// <summary>
        /// Runs the latest that is not excluded; the ones before it are skipped for the reason given.
        /// </summary>
        public void RunLast(DateTimeOffset first, DateTimeOffset last, string reason)
        {
            var (run, isWanted) = LatestWanted(first, last);
            if (run > first)
            {
                Skip(first, schedule.LastAtOrBefore(run - Grain, first - Grain) ?? first, reason);
            }

            if (!isWanted)
            {
                Skip(run, last, SkipReason.Excluded);
                return;
            }

            _runs.Add(run);
            if (run < last)
            {
                Skip(schedule.Next(run) ?? last, last, SkipReason.Excluded);
            }
        }

        /// <summary>
        /// The latest that is not excluded. Where there is none, or none within the limits of the search, the oldest of
        /// those that are known to be excluded: from it on all are.
        /// </summary>
        private (DateTimeOffset At, bool IsWanted) LatestWanted(DateTimeOffset first, DateTimeOffset last)
        {
            var looks = Exclusions.MaxLooks;
            var at = last;
            for (var passed = 0; exclusions?.Excludes(at) == true; passed++)
            {
                var start = exclusions.StartOfExcludedStretch(at, ref looks);
                var before = start > first ? schedule.LastAtOrBefore(start - Grain, first - Grain) : null;
                if (before is null || passed == MaxExcludedStretches || looks < 0)
                {
                    return (before is null ? first : schedule.Next(start - Grain) ?? at, false);
                }

                at = before.Value;
            }

            return (at, true);
        }

        public void Skip(DateTimeOffset from, DateTimeOffset through, string reason) =>
            _skips.Add(
                new Occurrence
                {
                    ScheduledFor = from,
                    Through = through > from ? through : null,
                    Count = through > from ? schedule.Count(from - Grain, through) : 1,
                    Reason = reason,
                }
            );

        public DuePlan Done(DateTimeOffset last)
        {
            var next = schedule.Next(_stoppedAt ?? last);
            return new DuePlan(_runs, _skips, next <= settings.EndsAt || settings.EndsAt is null ? next : null);
        }

        private void RunEach(DateTimeOffset first, DateTimeOffset last)
        {
            for (DateTimeOffset? at = first; at <= last; at = schedule.Next(at.Value))
            {
                if (exclusions?.Excludes(at.Value) == true)
                {
                    Skip(at.Value, at.Value, SkipReason.Excluded);
                }
                else
                {
                    _runs.Add(at.Value);
                }

                _stoppedAt = at;
                if (_runs.Count + _skips.Count >= MaxRunsPerPass)
                {
                    return;
                }
            }
        }

        private DateTimeOffset OldestWanted()
        {
            var oldest = settings.CatchUpWindowSeconds is { } window
                ? upTo - TimeSpan.FromSeconds(window)
                : DateTimeOffset.MinValue;
            var misfire = upTo - MisfireThreshold;
            return settings.MisfirePolicy == MisfirePolicy.Skip && misfire > oldest ? misfire : oldest;
        }

        private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
    }
}
