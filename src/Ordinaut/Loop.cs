namespace Ordinaut;

/// <summary>What a node does again and again until it stops.</summary>
internal static partial class Loop
{
    /// <summary>
    /// Runs <paramref name="once"/> until the process stops. A store that is away, or another problem to wait out, is
    /// told and waited out; a defect ends the loop, and the process with it.
    /// </summary>
    /// <param name="once">One round; waits by itself for the next.</param>
    /// <param name="halted">Tells of the problem that a round ended with; usually <see cref="Tell"/>.</param>
    /// <param name="pause">How long after a problem.</param>
    public static async Task Repeat(
        Func<CancellationToken, Task> once,
        Action<Problem> halted,
        TimeSpan pause,
        TimeProvider clock,
        CancellationToken stoppingToken
    )
    {
        var isHalted = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (isHalted)
                {
                    await Task.Delay(pause, clock, stoppingToken);
                    isHalted = false;
                }

                await once(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Problem problem)
            {
                halted(problem);
                isHalted = true;
            }
        }
    }

    /// <summary>Writes the problem to the log.</summary>
    public static Action<Problem> Tell(ILogger log, string name) => problem => Log.Halted(log, name, problem.Message);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Loop}.halted: {Reason}")]
        public static partial void Halted(ILogger log, string loop, string reason);
    }
}
