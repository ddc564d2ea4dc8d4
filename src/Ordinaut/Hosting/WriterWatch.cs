using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>
/// Loop: asks the one writer for a turn, so that its silence is known before anyone asks. Whether the write succeeds
/// is another matter: a full disk is not mended by a new process, a writer that never comes back is.
/// </summary>
internal sealed class WriterWatch(Db db, TimeProvider clock) : BackgroundService
{
    /// <summary>A writer that is silent for this long is stuck: the longest piece of work takes far less.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>When the turn was asked for that has not come yet; null while none is.</summary>
    private volatile Asked? _asked;

    public HealthCheck Look() =>
        _asked is { } asked && clock.GetElapsedTime(asked.At) > MaxSilence
            ? new HealthCheck(
                HealthProbe.Failing,
                $"The database's writer has been stuck for more than {MaxSilence.TotalSeconds} seconds."
            )
            : new HealthCheck(HealthProbe.Ok);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Ask(stoppingToken);
                await Task.Delay(Pause, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task Ask(CancellationToken stoppingToken)
    {
        _asked = new Asked(clock.GetTimestamp());
        try
        {
            await db.Write(_ => ValueTask.CompletedTask).WaitAsync(stoppingToken);
        }
        catch (Problem)
        {
            // It answers.
        }

        _asked = null;
    }

    private sealed record Asked(long At);
}
