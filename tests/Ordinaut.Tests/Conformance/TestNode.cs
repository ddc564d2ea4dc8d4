using System.Collections.Concurrent;
using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Conformance;

/// <summary>
/// One of the nodes of a cluster: the shipped operations, and a worker that is told when to claim, renew and report,
/// and reports also what is no longer its own.
/// </summary>
internal sealed class TestNode(
    CoreBundle core,
    string name,
    ConcurrentDictionary<(Guid Run, long Epoch), (QueuedRun Run, RunPlan Plan)> claims
)
{
    private const string SelectSettings =
        "select settings from task_version where task_id = @task_id and version = @version";

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
        var claimed = await core.Db.Write(async session =>
        {
            var plans = new List<(QueuedRun Run, RunPlan Plan)>();
            foreach (var run in await desk.Claim(session, limit))
            {
                // With the claim: a moment later the task may be deleted, and a worker would not begin.
                plans.Add((run, await Plan(session, run)));
            }

            return plans;
        });
        foreach (var (run, plan) in claimed)
        {
            claims[(run.Id, run.Epoch)] = (run, plan);
            _held.Add(run);
        }

        return new Seen(name, [.. claimed.Select(claim => claim.Run.Id)]);
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

    private static ValueTask<RunPlan> Plan(Session session, QueuedRun run) =>
        session.First(
            SelectSettings,
            row => new RunPlan(Json.Read<TaskSettings>(row.Text(0)), null, new Grant([])),
            ("task_id", run.TaskId),
            ("version", run.TaskVersion)
        )!;
}
