using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>Shows alerts, says that somebody knows, and tries whether they arrive.</summary>
internal sealed class AlertOperations(Db db, Changes changes, Alerts alerts, AuditLog audit, Ids ids, Signals signals)
{
    /// <summary>What a list can be narrowed to; open is all that is not resolved.</summary>
    public static readonly IReadOnlyList<string> States = ["open", .. Word<AlertState>.All];

    public async Task<Page<AlertView>> List(Caller caller, string? state, Guid? after, int limit)
    {
        caller.Require(Scope.TasksRead);
        var rows = await db.ReadFor(caller.Reach(), session => AlertStore.Page(session, caller, state, after, limit));
        return Pages.Of(rows, limit, alert => alert.View([]), alert => alert.Id.ToString());
    }

    public async Task<AlertView> Get(Caller caller, Guid id)
    {
        caller.Require(Scope.TasksRead);
        return await db.ReadFor(caller.Reach(), session => Show(session, caller, id));
    }

    /// <summary>Somebody knows. It is still so, and resolves when it is no longer.</summary>
    public async Task<AlertView> Acknowledge(Caller caller, Guid id)
    {
        caller.Require(Scope.TasksUpdate);
        return await changes.Make(
            caller,
            async session =>
            {
                var alert = await Visible(session, caller, id);
                if (!await AlertStore.Acknowledge(session, caller, id))
                {
                    throw Problem.Conflict(
                        $"The alert is {Word<AlertState>.Of(alert.State)} already; only one that fires is acknowledged."
                    );
                }

                await audit.Append(
                    session,
                    caller,
                    new AuditEntry("alert.acknowledged", "alert", id.ToString(), alert.OwnerId)
                );
                return await Show(session, caller, id);
            }
        );
    }

    /// <summary>
    /// Opens and closes an alert about nothing, whose news goes the way of all: what became of it is in its deliveries.
    /// </summary>
    public async Task<AlertView> Test(Caller caller)
    {
        caller.Require(Scope.TasksUpdate);
        var view = await changes.Make(
            caller,
            async session =>
            {
                var source = (AlertSource.Test, ids.Next());
                var words = ("Test", "This is a test: nothing is wrong.");
                var alert = (await alerts.Fire(session, source, (caller.AgentId, Severity.Info), words))!;
                await alerts.Resolve(session, AlertSource.Test, alert.SourceId, alert.Detail);
                return await Show(session, caller, alert.Id);
            }
        );
        signals.Queue.Set();
        return view;
    }

    private static async ValueTask<AlertView> Show(Session session, Caller caller, Guid id)
    {
        var alert = await Visible(session, caller, id);
        return alert.View(await AlertStore.Deliveries(session, id));
    }

    private static async ValueTask<AlertRow> Visible(Session session, Caller caller, Guid id) =>
        await AlertStore.FindOwned(session, caller, id) ?? throw Problem.NotFound("alert", id.ToString());
}
