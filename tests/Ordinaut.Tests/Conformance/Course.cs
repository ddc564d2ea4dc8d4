namespace Ordinaut.Tests.Conformance;

/// <summary>What is done to a cluster, one set after another; the acts of a set are done at once.</summary>
internal sealed record Course(IReadOnlyList<IReadOnlyList<Op>> Sets)
{
    public const int Length = 40;

    public const double MeetingShare = 0.4;

    /// <summary>How often each is done; what moves things along more often than what stops them.</summary>
    private static readonly Verb[] Verbs =
    [
        .. Many(Verb.Advance, 12),
        .. Many(Verb.Create, 4),
        .. Many(Verb.Edit, 4),
        .. Many(Verb.Pause, 2),
        .. Many(Verb.Resume, 3),
        .. Many(Verb.CancelTask, 1),
        .. Many(Verb.Delete, 1),
        .. Many(Verb.Snooze, 2),
        .. Many(Verb.RunNow, 8),
        .. Many(Verb.Backfill, 2),
        .. Many(Verb.Publish, 8),
        .. Many(Verb.CancelRun, 4),
        .. Many(Verb.Retry, 6),
        .. Many(Verb.Rerun, 2),
        .. Many(Verb.Redrive, 2),
        .. Many(Verb.Claim, 9),
        .. Many(Verb.Renew, 3),
        .. Many(Verb.Report, 12),
        .. Many(Verb.Reap, 5),
        .. Many(Verb.Schedule, 8),
    ];

    private static readonly Verb[] Alike = [.. Verbs.Where(verb => verb is not (Verb.Advance or Verb.Create))];

    /// <param name="meetingShare">The share of sets in which several things are done at once.</param>
    public static Course Of(int seed, double meetingShare = MeetingShare)
    {
        // Neighbouring seeds of System.Random begin alike; spread them.
        var random = new Random(unchecked(seed * (int)0x9E3779B1));
        List<IReadOnlyList<Op>> sets =
        [
            [Next(random, Verb.Create)],
            [Next(random, Verb.Create)],
        ];
        while (sets.Count < Length)
        {
            sets.Add(random.NextDouble() < meetingShare ? Meeting(random) : [Next(random)]);
        }

        return new Course(sets);
    }

    /// <summary>A shorter course that fails in the same way, as far as leaving things out leads.</summary>
    public async Task<Course> Shrunk(Func<Course, Task<bool>> fails)
    {
        var best = this;
        for (var part = Sets.Count / 2; part > 0; part /= 2)
        {
            for (var at = 0; at < best.Sets.Count; )
            {
                var shorter = new Course([.. best.Sets.Take(at), .. best.Sets.Skip(at + part)]);
                if (await fails(shorter))
                {
                    best = shorter;
                }
                else
                {
                    at += part;
                }
            }
        }

        return best;
    }

    /// <summary>Half of them are of one kind: those who do the same get most in each other's way.</summary>
    private static List<Op> Meeting(Random random)
    {
        var acts = new List<Op>();
        Verb? verb = random.Next(2) == 0 ? Alike[random.Next(Alike.Length)] : null;
        while (acts.Count < 2 || (acts.Count < Cluster.Nodes && random.Next(2) == 0))
        {
            var op = verb is not null && acts.Count > 0 && random.Next(2) == 0 ? acts[0] : Next(random, verb);
            // Time passes for all at once, and tasks get their places in time one by one.
            if (op.Verb != Verb.Advance && (op.Verb != Verb.Create || acts.All(act => act.Verb != Verb.Create)))
            {
                acts.Add(op);
            }
        }

        return acts;
    }

    private static Op Next(Random random, Verb? verb = null) =>
        new(verb ?? Verbs[random.Next(Verbs.Length)], random.Next(1_000), random.Next(10_000));

    private static IEnumerable<Verb> Many(Verb verb, int times) => Enumerable.Repeat(verb, times);
}
