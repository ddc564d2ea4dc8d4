using System.Collections.Concurrent;
using Ordinaut.Agents;
using Ordinaut.Runs;

namespace Ordinaut.Tests.Conformance;

/// <summary>
/// One of the nodes of a cluster: the shipped operations, and a worker that is told when to claim, renew and report,
/// and reports also what is no longer its own.
/// </summary>
internal sealed class TestNode(
    CoreBundle core,
    string name,
    ConcurrentDictionary<(Guid Run, int Epoch), (QueuedRun Run, RunPlan? Plan)> claims
)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(Model.Lease);

    private readonly List<QueuedRun> _held = [];
    private readonly ClaimDesk _desk = new(CoreBundle.Settings(name), core.Clock);

    public CoreBundle Core => core;

    public Caller As(string agent) => agent == "ann" ? core.Ann : core.Bob;

    public static string Renewed(string owner, IEnumerable<(Guid Run, bool IsCancelWanted)> leases) =>
        $"{owner} {string.Join(' ', leases.OrderBy(lease => lease.Run))}";

    /// <param name="afresh">As one that looks for the first time; else it may go on from its last claim.</param>
    public async Task<Seen> Claim(int limit, bool afresh)
    {
        var desk = afresh ? new ClaimDesk(CoreBundle.Settings(name), core.Clock) : _desk;
        var claimed = await core.Db.Write(session => desk.Claim(session, limit));
        foreach (var run in claimed)
        {
            claims[(run.Id, run.Epoch)] = (run, await core.Plans.Of(run));
        }

        _held.AddRange(claimed);
        return new Seen(name, [.. claimed.Select(run => run.Id)]);
    }

    /// <summary>Asks for every lease it was ever given.</summary>
    public async Task<Seen> Renew()
    {
        var held = await core.Db.Write(session => LeaseStore.Renew(session, _held, Lease));
        return new Seen(Renewed(name, held.Select(lease => (lease.RunId, lease.CancelRequested))));
    }

    public async Task<Seen> Report(ModelClaim claim, string outcome)
    {
        var (run, plan) = claims[(claim.Run, claim.Epoch)];
        var result = new AttemptResult([], WorkerActs.Outcome(outcome, run.Attempt));
        try
        {
            await core.Recorder.Record(new RunSlot(run, long.MaxValue), plan, result);
            return new Seen("recorded");
        }
        catch (LeaseLostException)
        {
            return new Seen("lost");
        }
    }

    public void Forget() => _held.Clear();
}
