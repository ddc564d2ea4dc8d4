using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>
/// Decides which runs a worker claims next. It looks at who has runs ready, and where in their lines; under a backlog,
/// when a claim was full, it goes on from where the last one ended and looks again after a second. Claimed rows leave
/// dead entries at the head of the line, and while somebody holds an old snapshot no vacuum can take them away: whoever
/// walked past them in each claim would be slower with each run. A look has to walk past them; when that takes long,
/// the desk rests from looking and serves the agents it knows. Who has as many runs here as an agent may is passed
/// over.
/// </summary>
internal sealed class ClaimDesk(WorkerSettings settings, TimeProvider clock)
{
    /// <summary>For how long a claim may go on without a look: what is new or more urgent waits no longer.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>A look that took longer is followed by a rest.</summary>
    public static readonly TimeSpan DearLook = TimeSpan.FromMilliseconds(5);

    /// <summary>How many times as long as the look the rest is, at most <see cref="LookEvery"/>.</summary>
    public const int RestOfLook = 10;

    private readonly Turns _turns = new();
    private readonly Dictionary<Guid, Line> _lines = [];
    private long _lookedAt;
    private bool _sawAll;
    private bool _goesOn;
    private long _restsFrom;
    private TimeSpan _rest;

    /// <summary>What the claimed runs go to.</summary>
    public RunSlots Slots { get; } = new(settings, clock);

    /// <summary>For how long no claim looks at who has runs ready; zero: the next one does.</summary>
    public TimeSpan Rest
    {
        get
        {
            var left = _rest - clock.GetElapsedTime(_restsFrom);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Leases up to so many runs, by turns of their agents, of each the most urgent first.</summary>
    public async ValueTask<List<QueuedRun>> Claim(Session session, int places)
    {
        var rests = _lines.Count > 0 && _lines.Count <= places && Rest > TimeSpan.Zero;
        var goesOn = _goesOn && _lines.Count <= places && clock.GetElapsedTime(_lookedAt) < LookEvery;
        // A claim that is not committed has claimed nothing: where it ended is no place to go on from.
        _goesOn = false;
        if (!rests)
        {
            await LeaseStore.Wake(session);
        }

        var claimed = rests || goesOn ? await GoOn(session, places) : [];
        if (claimed.Count < places && !rests)
        {
            claimed.AddRange(await Look(session, places - claimed.Count));
        }

        return InTurns(claimed);
    }

    /// <summary>The last claim is durable.</summary>
    /// <param name="wasFull">Whether it took as many runs as it could.</param>
    public void Commit(bool wasFull) => _goesOn = wasFull && _sawAll;

    /// <summary>In what order they begin. RETURNING promises none, and urgency counts within one agent alone.</summary>
    private static List<QueuedRun> InTurns(List<QueuedRun> claimed) =>
        [
            .. claimed
                .GroupBy(run => run.OwnerId)
                .SelectMany(of => of.OrderBy(run => run.Priority).ThenBy(run => run.Due).Index())
                .OrderBy(turn => turn.Index)
                .ThenBy(turn => turn.Item.Priority)
                .ThenBy(turn => turn.Item.Due)
                .Select(turn => turn.Item),
        ];

    private ValueTask<List<QueuedRun>> GoOn(Session session, int places)
    {
        var full = Slots.FullAgents;
        var agents = _lines
            .Where(line => !full.Contains(line.Key))
            .Select(line => new WaitingAgent(line.Key, line.Value.Weight))
            .ToList();
        return Take(session, Turns.Divide(agents, places));
    }

    private async ValueTask<List<QueuedRun>> Look(Session session, int places)
    {
        _lines.Clear();
        _lookedAt = clock.GetTimestamp();
        var full = Slots.FullAgents;
        var shares = await _turns.Deal(
            places,
            async (after, limit) =>
            {
                var waiting = await LeaseStore.Waiting(session, after, limit + full.Count);
                var agents = waiting.Where(agent => !full.Contains(agent.Id)).Take(limit).ToList();
                _sawAll = after == Guid.Empty && agents.Count < limit;
                agents.ForEach(agent => _lines[agent.Id] = new Line(agent.Weight, 0, session.Now));
                return agents;
            }
        );
        var claimed = await Take(session, shares);
        _restsFrom = clock.GetTimestamp();
        var took = clock.GetElapsedTime(_lookedAt, _restsFrom);
        var rest = RestOfLook * took;
        _rest =
            took <= DearLook ? TimeSpan.Zero
            : rest < LookEvery ? rest
            : LookEvery;
        return claimed;
    }

    private async ValueTask<List<QueuedRun>> Take(Session session, IReadOnlyList<Share> shares)
    {
        var claimed = await LeaseStore.Claim(session, settings, [.. shares.Select(LotOf)]);
        foreach (var of in claimed.GroupBy(run => run.OwnerId))
        {
            var last = of.MaxBy(run => (run.Priority, run.Due))!;
            _lines[of.Key] = _lines[of.Key] with { Priority = last.Priority, Due = last.Due };
        }

        return claimed;
    }

    private Lot LotOf(Share share)
    {
        var line = _lines[share.AgentId];
        var places = Math.Min(share.Places, Slots.FreeOf(share.AgentId));
        return new Lot(share.AgentId, places, line.Priority, line.Due);
    }

    /// <summary>Where in an agent's line of ready runs the next claim begins.</summary>
    private sealed record Line(int Weight, int Priority, DateTimeOffset Due);
}
