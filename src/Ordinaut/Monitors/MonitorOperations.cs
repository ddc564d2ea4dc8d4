using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Monitors;

/// <summary>
/// What an agent wants to hear of again and again. What answers with the address of a heartbeat cannot be repeated by
/// <c>Idempotency-Key</c>, because the answer would have to be kept.
/// </summary>
internal sealed class MonitorOperations(Db db, Alerts alerts, AuditLog audit, Ids ids)
{
    /// <summary>Monitors of an agent.</summary>
    public const int MaxPerAgent = 100;

    public async Task<Page<MonitorView>> List(Caller caller, int limit, Guid? after)
    {
        caller.Require(Scope.TasksRead);
        var rows = await db.ReadFor(
            caller.Reach(),
            session => MonitorStore.Page(session, caller, after ?? Guid.Empty, limit)
        );
        return Pages.Of(rows, limit, monitor => monitor.View(), monitor => monitor.Id.ToString());
    }

    public async Task<MonitorView> Get(Caller caller, Guid id)
    {
        caller.Require(Scope.TasksRead);
        var row = await db.ReadFor(caller.Reach(), session => MonitorStore.FindOwned(session, caller, id));
        return row?.View() ?? throw Problem.NotFound("monitor", id.ToString());
    }

    public async Task<NewMonitor> Create(Caller caller, MonitorInput input)
    {
        caller.Require(Scope.TasksUpdate);
        MonitorCheck.Require(input);
        var token = input.TaskId is null ? RandomToken.Create() : null;
        return await db.Write(async session =>
        {
            await RequireTask(session, caller, input);
            if (await MonitorStore.CountForNew(session, caller.AgentId) >= MaxPerAgent)
            {
                throw Problem.Conflict($"An agent has at most {MaxPerAgent} monitors; delete one first.");
            }

            var monitor = Of(input, ids.Next(), caller.AgentId, session.Now);
            await MonitorStore.Insert(session, monitor, token is null ? null : RandomToken.Hash(token));
            await Tell(session, caller, monitor, "monitor.created");
            return new NewMonitor(monitor.Id, monitor.Name, token is null ? null : HeartbeatDesk.PathOf(token));
        });
    }

    /// <summary>Changes the members that are named (JSON Merge Patch, RFC 7396).</summary>
    public async Task<MonitorView> Patch(Caller caller, Guid id, JsonElement patch)
    {
        caller.Require(Scope.TasksUpdate);
        await db.Write(async session =>
        {
            var monitor = await MonitorStore.Hold(session, caller, id);
            var input = MergePatch.Apply(monitor.Input(), patch);
            MonitorCheck.Require(input);
            if (input.TaskId is null != monitor.TaskId is null)
            {
                throw Problem.Invalid(
                    "/task_id",
                    "What is watched by a call stays so, and what by a task; make another."
                );
            }

            await RequireTask(session, caller, input);
            var changed = Of(input, id, monitor.OwnerId, monitor.Since);
            if (input.TaskId != monitor.TaskId || (monitor.IsPaused && !changed.IsPaused))
            {
                changed = changed with { Since = session.Now };
            }

            await MonitorStore.Update(session, changed);
            await Tell(session, caller, changed, "monitor.updated");
        });
        return await Get(caller, id);
    }

    public async Task Delete(Caller caller, Guid id)
    {
        caller.Require(Scope.TasksUpdate);
        await db.Write(async session =>
        {
            var monitor = await MonitorStore.Hold(session, caller, id);
            await MonitorStore.Remove(session, id);
            await alerts.Resolve(session, AlertSource.Monitor, id, "The monitor was deleted.");
            await Tell(session, caller, monitor, "monitor.deleted");
        });
    }

    /// <summary>The caller must see the task; and it must say when it is to succeed, or the monitor must.</summary>
    private static async ValueTask RequireTask(Session session, Caller caller, MonitorInput input)
    {
        if (input.TaskId is not { } taskId)
        {
            return;
        }

        var task =
            await TaskStore.FindOwned(session, caller, taskId) ?? throw Problem.NotFound("task", taskId.ToString());
        var kind = task.Settings.ScheduleKind;
        if (input.EverySeconds is null && kind is ScheduleKind.Event or ScheduleKind.Condition)
        {
            throw Problem.Invalid(
                "/every_seconds",
                $"every_seconds is required: a schedule of the kind {Word<ScheduleKind>.Of(kind)} does not say when "
                    + "the task is to run."
            );
        }
    }

    private static MonitorRow Of(MonitorInput input, Guid id, Guid ownerId, DateTimeOffset since) =>
        new()
        {
            Id = id,
            OwnerId = ownerId,
            Name = input.Name!,
            TaskId = input.TaskId,
            Every = input.EverySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Grace = TimeSpan.FromSeconds(input.GraceSeconds ?? MonitorCheck.UsualGraceSeconds),
            Severity = Word<Severity>.TryParse(input.Severity, out var severity) ? severity : Severity.Warning,
            IsPaused = input.Paused ?? false,
            Since = since,
        };

    private ValueTask Tell(Session session, Caller caller, MonitorRow monitor, string action) =>
        audit.Append(session, caller, new AuditEntry(action, "monitor", monitor.Id.ToString(), monitor.OwnerId));
}
