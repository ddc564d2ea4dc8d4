using System.Globalization;

namespace Ordinaut.Tests.Simulation;

/// <summary>What can go wrong. Each seed switches half of it off: some defects show only without the others.</summary>
[Flags]
internal enum Faults
{
    None = 0,
    CrashBeforeCommit = 1 << 0,
    CrashAfterCommit = 1 << 1,
    CommitUnknown = 1 << 2,
    StoreRefuses = 1 << 3,
    SlowStore = 1 << 4,
    NodeDeath = 1 << 5,
    NodeFreeze = 1 << 6,
    GracefulStop = 1 << 7,
    LostSignals = 1 << 8,
    SpuriousSignals = 1 << 9,
    ClockBack = 1 << 10,
    ClockForward = 1 << 11,
    NodeClockSkew = 1 << 12,
    ToolTimeout = 1 << 13,
    ToolRetryable = 1 << 14,
    LateSuccess = 1 << 15,
    Poison = 1 << 16,
    StoreOutage = 1 << 17,
    Blackout = 1 << 18,
    All = (1 << 19) - 1,
}

/// <summary>All that a run of the simulation derives from its seed: a failure is told in one line.</summary>
internal sealed record SimOptions
{
    public required int Seed { get; init; }
    public required Faults Faults { get; init; }
    public required int Nodes { get; init; }
    public required int Slots { get; init; }

    /// <summary>Of these, one agent's; more than there are limit nobody.</summary>
    public required int SlotsOfAgent { get; init; }

    public required int Tasks { get; init; }
    public required int Users { get; init; }
    public required TimeSpan Lease { get; init; }
    public required TimeSpan Grace { get; init; }

    /// <summary>How long faults strike.</summary>
    public required TimeSpan Safety { get; init; }

    /// <summary>The mean time between two faults of the world.</summary>
    public required TimeSpan BetweenFaults { get; init; }

    /// <summary>The mean time between two acts of one person.</summary>
    public required TimeSpan BetweenActs { get; init; }

    /// <summary>How long no process runs before the faults end; what fell due meanwhile is found afterwards.</summary>
    public required TimeSpan Darkness { get; init; }

    /// <summary>The share of commits that a fault strikes.</summary>
    public required double CommitFaults { get; init; }

    public Mutant Mutant { get; init; } = Mutant.None;

    public static SimOptions Of(int seed)
    {
        // Neighbouring seeds of System.Random begin alike; spread them.
        var random = new Random(unchecked(seed * (int)0x9E3779B1));
        return new SimOptions
        {
            Seed = seed,
            Faults = Swarm(random),
            Nodes = random.Next(2, 4),
            Slots = random.Next(2, 13),
            Tasks = random.Next(8, 17),
            Users = random.Next(1, 4),
            Lease = TimeSpan.FromSeconds(random.Next(5, 16)),
            Grace = TimeSpan.FromSeconds(random.Next(0, 21)),
            Safety = TimeSpan.FromSeconds(random.Next(600, 1_201)),
            BetweenFaults = TimeSpan.FromSeconds(random.Next(5, 61)),
            BetweenActs = TimeSpan.FromSeconds(random.Next(3, 31)),
            Darkness = TimeSpan.FromSeconds(random.Next(600, 7_200)),
            CommitFaults = random.NextDouble() * 0.004,
            SlotsOfAgent = random.Next(1, 25),
        };
    }

    /// <summary>Little time and much trouble: what a mutant has to live through.</summary>
    public static SimOptions Hostile(int seed, Mutant mutant) =>
        Of(seed) with
        {
            Mutant = mutant,
            // Jumps of the clock excuse too much: without them a lost lease has a culprit.
            Faults = Faults.All & ~(Faults.ClockForward | Faults.ClockBack | Faults.Blackout),
            Nodes = 3,
            Lease = TimeSpan.FromSeconds(5),
            Safety = TimeSpan.FromMinutes(4),
            BetweenFaults = TimeSpan.FromSeconds(8),
            BetweenActs = TimeSpan.FromSeconds(1),
            CommitFaults = 0.01,
        };

    public bool Has(Faults fault) => Faults.HasFlag(fault);

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}: {Nodes} nodes x {Slots} slots ({SlotsOfAgent} of an agent), {Tasks} tasks, "
                + $"{Users} users, lease {Lease.TotalSeconds} s, "
                + $"grace {Grace.TotalSeconds} s, {Safety.TotalSeconds} s of trouble every "
                + $"{BetweenFaults.TotalSeconds} s, {Darkness.TotalSeconds} s of darkness, "
                + $"acts every {BetweenActs.TotalSeconds} s, {CommitFaults:P2} of commits, [{Faults}]"
        );

    private static Faults Swarm(Random random)
    {
        var chosen = Faults.None;
        foreach (var fault in Enum.GetValues<Faults>().Where(fault => fault is not (Faults.None or Faults.All)))
        {
            if (random.Next(2) == 0)
            {
                chosen |= fault;
            }
        }

        return chosen;
    }
}
