using System.Runtime.InteropServices;
using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Pipelines;
using Ordinaut.Schedules;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tools;
using TaskStatus = Ordinaut.Tasks.TaskStatus;

namespace Ordinaut.Runs;

/// <summary>
/// Looks whether a condition holds. A check is not a run: when it fires, its tick becomes an occurrence; when it
/// does not, the ledger counts it and nothing else is kept.
/// </summary>
internal sealed class ConditionCheck(Db db, SchedulePlans plans, RunIntake intake, OwnerTools tools, Signals signals)
{
    public async Task Execute(RunSlot slot, RunPlan? plan)
    {
        var run = slot.Run;
        var task = await db.Read(session => TaskStore.Find(session, run.TaskId));
        if (task is null || plan is null || task.Version != run.TaskVersion)
        {
            await db.Write(session => Drop(session, run, SkipReason.Superseded, "The task was changed meanwhile."));
            return;
        }

        var (schedule, _) = await db.Read(session => plans.Of(session, task));
        try
        {
            var finding = await Look(slot, plan, (ConditionSchedule)schedule) with { Trace = Tracing.Current };
            await db.Write(session => Conclude(session, run, finding));
        }
        catch (OperationCanceledException) when (slot.Token.IsCancellationRequested)
        {
            await db.Write(session => Stop(session, slot));
        }

        signals.Queue.Set();
    }

    private static ValueTask Stop(Session session, RunSlot slot) =>
        slot.Reason switch
        {
            StopReason.Canceled => Drop(session, slot.Run, SkipReason.Superseded, "The check was canceled."),
            StopReason.Stopping => LeaseStore.Return(session, slot.Run with { Due = session.Now }),
            _ => throw new LeaseLostException(slot.Run.Id),
        };

    private async Task<Finding> Look(RunSlot slot, RunPlan plan, ConditionSchedule condition)
    {
        var name = condition.Check.GetProperty("uses").GetString()!;
        if (tools.Find(name) is not { } tool)
        {
            return new Finding(false, null, $"There is no tool '{name}'.");
        }

        var with = Template.Parse(condition.Check.TryGetProperty("with", out var given) ? given : Json.Parse("{}"));
        try
        {
            var now = JsonValue.Of(Instants.Format(db.Now()));
            var (input, secrets) = SecretNames.Render(with, SecretNames.In(with), [("now", now)]);
            var call = new ToolCall(input, slot.Run.OwnerId, slot.Run.Id, slot.Run.Id.ToString("N"))
            {
                Grant = plan.Grant,
                CausationDepth = slot.Run.Depth,
                Secrets = secrets,
            };
            var result = await tools.Call(tool, call, tool.Description.Timeout, slot.Token);
            return result switch
            {
                ToolResult.Ok { Output: var output } when SizeOf(output) > RunViews.InlineBytes => new Finding(
                    false,
                    null,
                    $"output_too_large: {name} returned more than {RunViews.InlineBytes} bytes."
                ),
                ToolResult.Ok ok => new Finding(Holds(condition, ok), ok, null),
                ToolResult.Failed failed => new Finding(false, null, $"{failed.Code}: {failed.Message}"),
                _ => new Finding(false, null, "A check cannot wait for an answer; use a tool that gives one at once."),
            };
        }
        catch (ExpressionException failure)
        {
            return new Finding(false, null, $"expression: {failure.Message}");
        }
    }

    private static int SizeOf(JsonElement output) => JsonMarshal.GetRawUtf8Value(output).Length;

    private static bool Holds(ConditionSchedule condition, ToolResult.Ok ok) =>
        Condition.Parse(condition.When).Evaluate(JsonValue.Of(ok.Output), new Fuel());

    private async ValueTask Conclude(Session session, QueuedRun run, Finding finding)
    {
        await TaskStore.Hold(session, run.TaskId);
        if (await TaskStore.Find(session, run.TaskId) is not { Status: TaskStatus.Active } task)
        {
            await Drop(session, run, SkipReason.Paused, "The task was not active when its check ended.");
            return;
        }

        if (task.Version != run.TaskVersion)
        {
            // Edited while its check was out, perhaps into no condition at all: the finding answers another question.
            await Drop(session, run, SkipReason.Superseded, "The task was changed while its check was out.");
            return;
        }

        await SlotStore.Lock(session, run.Slot);
        await QueueStore.Remove(session, run);

        var (schedule, _) = await plans.Of(session, task);
        var fires = finding.Holds && (((ConditionSchedule)schedule).Level || task.CheckState != true);
        if (finding.Problem is null)
        {
            await TaskStore.SetCheckState(session, task.Id, finding.Holds);
        }

        if (fires)
        {
            var result = $$$"""{"event":{"result":{{{finding.Result!.Output.GetRawText()}}}}}""";
            var input = RunTrace.Input(finding.Trace, result);
            var wish = new OccurrenceRequest(run.ScheduledFor, "", Trigger.Condition) { Input = input };
            await intake.Admit(session, task, wish);
            return;
        }

        var why = finding.Problem ?? (finding.Holds ? "The condition was already true." : "The condition was false.");
        var line = new Occurrence
        {
            ScheduledFor = run.ScheduledFor,
            Reason = SkipReason.Condition,
            Detail = why,
        };
        await OccurrenceStore.Skip(session, task.Id, line);
    }

    /// <summary>Ends a check whose answer nobody needs any more; its tick keeps a line in the ledger.</summary>
    public static async ValueTask Drop(Session session, QueuedRun run, string reason, string why)
    {
        await SlotStore.Lock(session, run.Slot);
        await QueueStore.Remove(session, run);
        var line = new Occurrence
        {
            ScheduledFor = run.ScheduledFor,
            Reason = reason,
            Detail = why,
        };
        await OccurrenceStore.Skip(session, run.TaskId, line);
    }

    private sealed record Finding(bool Holds, ToolResult.Ok? Result, string? Problem)
    {
        /// <summary>The check's span, which the run that it fires is linked to.</summary>
        public string? Trace { get; init; }
    }
}
