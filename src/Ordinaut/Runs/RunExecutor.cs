using Ordinaut.Expressions;
using Ordinaut.Pipelines;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>
/// One run, from claimed to recorded, as a straight line. A failing tool or a bad expression is data; what throws
/// is cancellation, a lost lease or the store.
/// </summary>
internal sealed partial class RunExecutor(
    Db db,
    RunPlans plans,
    RunRecorder recorder,
    ConditionCheck check,
    OwnerTools tools,
    RunSettings settings,
    TimeProvider clock,
    ILogger<RunExecutor> log
)
{
    /// <summary>Reads what runs that were claimed together will need, together.</summary>
    public ValueTask Prepare(IReadOnlyList<QueuedRun> claimed) => plans.Prepare(claimed);

    public async Task Execute(RunSlot slot)
    {
        var run = slot.Run;
        using var span = RunTrace.Begin(run);
        using var scope = log.BeginScope(
            new LogScope
            {
                AgentId = run.OwnerId,
                TaskId = run.TaskId,
                RunId = run.Id,
            }
        );
        try
        {
            // Checkpoint 1: the lease and its epoch are durable. A crash from here on costs a lease, not the run.
            var plan = await plans.Of(run);
            if (run.OccurrenceKey == OccurrenceKeys.Check)
            {
                await check.Execute(slot, plan);
                return;
            }

            recorder.Announce(run, RunState.Running);
            var result = await Attempt(slot, plan);
            RunTrace.End(span, result.Outcome);

            // Checkpoint 2: every step but the last is durable. A crash here repeats at most the last step, with
            // the same idempotency key.
            await recorder.Record(slot, plan, result);

            Log.Ended(log, run.Id, run.Attempt, RunTrace.StateOf(result.Outcome));

            // Checkpoint 3: outcome, ledger, event and the next run of the slot are durable together.
        }
        catch (LeaseLostException)
        {
            Log.LeaseLost(log, run.Id, run.Epoch);
        }
        catch (Problem problem)
        {
            // The store could not take the outcome: the lease runs out and the run is taken again.
            Log.NotRecorded(log, run.Id, problem.Message);
        }
    }

    private async Task<AttemptResult> Attempt(RunSlot slot, RunPlan? plan)
    {
        if (plan is null)
        {
            return new([], new RunOutcome.Canceled(new Failure("canceled", "The task was deleted.")));
        }

        if (plan.Pipeline is not { } pipeline)
        {
            var unusable = new Failure("no_pipeline", "The stored pipeline no longer passes its check.");
            return new([], new RunOutcome.Failed(unusable, Retryable: false));
        }

        var run = slot.Run;
        // The first claim decides: a run that started in time goes on, whatever its retries take.
        if (run.ExpiresAt < run.StartedAt)
        {
            return new([], new RunOutcome.Stale());
        }

        var known = run.Epoch > 1 || run.Attempt > 1 ? await db.Read(session => StepStore.OfRun(session, run.Id)) : [];
        using var timeout = new CancellationTokenSource(Remaining(run, plan.Settings), clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(slot.Token, timeout.Token);
        try
        {
            var runner = new PipelineRunner(pipeline, Scope(run, plan, pipeline), Ports(slot, plan));
            var result = await runner.Run(known, stop.Token);
            return new(result.Unsaved, Judge(result));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new([], Stopped(slot, plan.Settings));
        }
    }

    private StepPorts Ports(RunSlot slot, RunPlan plan) =>
        new(
            tools.Find,
            (call, ct) => Call(slot, plan, call, ct),
            records => Save(slot, records),
            async stepId => await db.Read(session => StepStore.LastGate(session, slot.Run.TaskId, stepId)),
            db.Now,
            settings.Bytes
        );

    private ValueTask<ToolResult> Call(RunSlot slot, RunPlan plan, StepCall call, CancellationToken ct)
    {
        RequireLease(slot);
        var run = slot.Run;
        var toolCall = new ToolCall(call.Record.Input!.Value, run.OwnerId, run.Id, IdempotencyKey(run, call.Record.Id))
        {
            Grant = plan.Grant,
            CausationDepth = run.Depth,
            TaskId = run.TaskId,
            StepId = call.Record.Id,
            Attempt = call.Record.Attempt,
            Secrets = call.Secrets,
            Tell = progress => recorder.Announce(run, call.Record, progress),
        };
        return tools.Call(call.Tool, toolCall, call.Step.Timeout ?? call.Tool.Description.Timeout, ct);
    }

    private async ValueTask Save(RunSlot slot, IReadOnlyList<StepRecord> records)
    {
        RequireLease(slot);
        await db.Write(async session =>
        {
            await LeaseStore.Fence(session, slot.Run);
            await StepStore.Save(session, [.. records.Select(record => (slot.Run, record))]);
        });
        recorder.Announce(slot.Run, records);
    }

    /// <summary>
    /// No step begins after the local deadline, which lies before the lease's end: a process that slept through its
    /// lease stops here, before it touches the world again.
    /// </summary>
    private void RequireLease(RunSlot slot)
    {
        if (clock.GetTimestamp() >= slot.LeaseDeadline)
        {
            slot.Stop(StopReason.LeaseLost);
            throw new LeaseLostException(slot.Run.Id);
        }
    }

    private static RunOutcome Judge(PipelineResult result)
    {
        if (result.Halt is not { Record: var stopped } halt)
        {
            return new RunOutcome.Succeeded();
        }

        if (stopped.State == StepState.Waiting)
        {
            return new RunOutcome.Waiting(stopped.WakeAt!.Value);
        }

        var error = new Failure(stopped.Error!.Code, stopped.Error.Message, stopped.Id);
        return stopped.State == StepState.Uncertain
            ? new RunOutcome.Uncertain(error)
            : new RunOutcome.Failed(error, stopped.Error.Retryable)
            {
                RetryAfter = stopped.Error.RetryAfter,
                StepAttempt = stopped.Attempt,
                StepRetries = halt.Step.MaxRetries,
                StepBackoff = halt.Step.Backoff,
            };
    }

    private static RunOutcome Stopped(RunSlot slot, TaskSettings settings) =>
        slot.Reason switch
        {
            StopReason.Canceled => new RunOutcome.Canceled(new Failure("canceled", "The run was canceled.")),
            StopReason.LeaseLost => throw new LeaseLostException(slot.Run.Id),
            StopReason.Stopping => new RunOutcome.HandedBack(),
            _ => new RunOutcome.Failed(
                new Failure("run_timeout", $"The run took longer than timeout_seconds ({settings.TimeoutSeconds})."),
                false
            ),
        };

    private TimeSpan Remaining(QueuedRun run, TaskSettings settings)
    {
        // A claim gives every run its start.
        var deadline = (run.ResumedAt ?? run.StartedAt!.Value) + TimeSpan.FromSeconds(settings.TimeoutSeconds);
        var left = deadline - db.Now();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static StepScope Scope(QueuedRun run, RunPlan plan, Pipeline pipeline)
    {
        var input = run.Input is null ? default : Json.Parse(run.Input);
        return new StepScope(
            RunScope.Params(pipeline.Params, RunScope.Member(input, "params")),
            RunScope.Member(input, "event") is { } news ? JsonValue.Of(news) : JsonValue.Null,
            RunScope.Run(run, RunScope.Member(input, "missed_count")),
            RunScope.Task(run, plan.Settings)
        );
    }

    /// <summary>The same over all attempts of a step of an occurrence, and of no other.</summary>
    private static string IdempotencyKey(QueuedRun run, string stepId)
    {
        var text = $"{run.TaskId:N}/{Instants.Format(run.ScheduledFor)}/{run.OccurrenceKey}/{stepId}";
        return Sha256.Hex(text)[..32];
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Information, "run.attempt_ended: run {RunId} attempt {Attempt}: {State}")]
        public static partial void Ended(ILogger log, Guid runId, int attempt, string state);

        [LoggerMessage(1, LogLevel.Warning, "run.lease_lost: run {RunId} epoch {Epoch}")]
        public static partial void LeaseLost(ILogger log, Guid runId, long epoch);

        [LoggerMessage(2, LogLevel.Warning, "run.not_recorded: run {RunId}: {Reason}")]
        public static partial void NotRecorded(ILogger log, Guid runId, string reason);
    }
}

/// <summary>What an attempt leaves to record.</summary>
internal sealed record AttemptResult(IReadOnlyList<StepRecord> Steps, RunOutcome Outcome);
