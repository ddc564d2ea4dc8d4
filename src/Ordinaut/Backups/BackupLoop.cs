namespace Ordinaut.Backups;

/// <summary>Loop: keeps a backup going, begins a new one when one breaks, and removes what is past its time.</summary>
/// <param name="begin">A new one.</param>
/// <param name="keep">How far back a restore can go.</param>
internal sealed class BackupLoop(
    Func<RunningBackup> begin,
    BackupFolder folder,
    TimeSpan keep,
    TimeProvider clock,
    ILogger<BackupLoop> log
) : BackgroundService
{
    /// <summary>How often what has changed is saved: with the time it takes, the most that a lost disk costs.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>With nothing saved for so long, the server says that it is not well.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    private RunningBackup? _running;
    private long _prunedAt;
    private string? _problem;
    private volatile object? _savedThrough;

    /// <summary>All that was acknowledged before it survives the loss of the database; null: nothing yet.</summary>
    public DateTimeOffset? SavedThrough => (DateTimeOffset?)_savedThrough;

    /// <summary>What is wrong with it; null when all is well.</summary>
    public string? Fault =>
        _problem
        ?? (
            SavedThrough is not { } through ? "The first base of this process is not whole yet."
            : clock.GetUtcNow() - through > MaxAge ? $"Nothing was saved since {Instants.Format(through)}."
            : null
        );

    /// <summary>Saves what has come since the last time.</summary>
    public async Task Save()
    {
        try
        {
            _running ??= begin();
            await _running.Tick();
            (_savedThrough, _problem) = (_running.SavedThrough, null);
            Prune();
        }
        catch (Exception failure) when (failure is Problem or IOException or UnauthorizedAccessException)
        {
            _problem = failure.Message;
            await End();
            throw failure as Problem ?? new Problem(ProblemKind.Unavailable, failure.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Loop.Repeat(Once, Loop.Tell(log, "backup"), Interval, clock, stoppingToken);
        await End();
    }

    private async Task Once(CancellationToken ct)
    {
        await Save();
        await Task.Delay(Interval, clock, ct);
    }

    private void Prune()
    {
        if (_prunedAt == 0 || clock.GetElapsedTime(_prunedAt) > PruneEvery)
        {
            folder.Prune(clock.GetUtcNow() - keep);
            _prunedAt = clock.GetTimestamp();
        }
    }

    private async Task End()
    {
        if (_running is { } running)
        {
            _running = null;
            await running.DisposeAsync();
        }
    }
}
