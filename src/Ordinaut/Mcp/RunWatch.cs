using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>Waits for a run to end, when the call asked for that, and tells the client how far it is.</summary>
internal sealed class RunWatch(LiveFeed feed, RunOperations runs, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    /// <summary>How long to believe that silence means nothing has happened: a run may be in another process.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    /// <param name="start">Makes the run, or finds it.</param>
    /// <returns>
    /// The run as it was when it ended, or when the patience did; at once where the client can come back for it.
    /// </returns>
    public async Task<RunView> Follow(McpCall call, Func<Task<RunView>> start)
    {
        if (call.OptionalNumber(McpArgument.Wait.Name) is not { } seconds)
        {
            return await start();
        }

        // Said before the run is made: whoever may start a run need not be one who may look at it.
        call.Caller.Require(Scope.RunsRead);
        var run = await start();
        if (call.TakesHandles && run.FinishedAt is null)
        {
            call.HandOver(run);
            return run;
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            call.Aborted,
            patience.Token,
            lifetime.ApplicationStopping
        );
        await using var news = feed.Subscribe(call.Caller, run.Id, end.Token).GetAsyncEnumerator(end.Token);
        var next = news.MoveNextAsync().AsTask();
        try
        {
            for (var looks = 1; ; looks++)
            {
                run = await runs.Get(call.Caller, run.Id);
                await call.Report(looks, Progress(run));
                if (run.FinishedAt is not null)
                {
                    break;
                }

                if (await Comes(next, end.Token))
                {
                    await next;
                    next = news.MoveNextAsync().AsTask();
                }
            }
        }
        catch (OperationCanceledException) when (!call.Aborted.IsCancellationRequested)
        {
            // The answer shows the run as it is.
        }
        catch (Problem problem) when (problem.Kind == ProblemKind.TooMany)
        {
            // No more listeners are let in. The run goes on, and the client can look at it later.
        }
        finally
        {
            // An iterator must have come to rest before it is disposed of.
            await end.CancelAsync();
            await Task.WhenAny(next);
        }

        return run;
    }

    /// <summary>
    /// True when something is told, false after a silence: the feed may miss a message, and nobody should wait for one
    /// that has passed.
    /// </summary>
    private async Task<bool> Comes(Task<bool> next, CancellationToken end)
    {
        try
        {
            await next.WaitAsync(Silence, clock, end);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public static string Progress(RunView run)
    {
        var done = run.Steps?.Count(step => step.FinishedAt is not null) ?? 0;
        return $"{run.State}, attempt {run.Attempt}, {done} steps done";
    }
}
