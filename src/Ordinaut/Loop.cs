namespace Ordinaut;

/// <summary>What a node does again and again until it stops.</summary>
internal static partial class Loop
{
    /// <summary>
    /// Runs <paramref name="once"/> until the process stops. A store that is away, and whatever else a round fails
    /// with, is told and waited out: one round that failed never ends the others, nor the process.
    /// </summary>
    /// <param name="once">One round; waits by itself for the next.</param>
    /// <param name="halted">Tells of what a round ended with; usually <see cref="Tell"/>.</param>
    /// <param name="pause">How long after a failure.</param>
    public static async Task Repeat(
        Func<CancellationToken, Task> once,
        Action<Exception> halted,
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
            catch (Exception failure)
            {
                halted(failure);
                isHalted = true;
            }
        }
    }

    /// <summary>Writes to the log: a problem as a warning, a defect as an error with where it came from.</summary>
    public static Action<Exception> Tell(ILogger log, string name) =>
        failure =>
        {
            if (failure is Problem)
            {
                Log.Halted(log, name, failure.Message);
            }
            else
            {
                Log.Failed(log, name, failure);
            }
        };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Loop}.halted: {Reason}")]
        public static partial void Halted(ILogger log, string loop, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Loop}.failed")]
        public static partial void Failed(ILogger log, string loop, Exception failure);
    }
}
