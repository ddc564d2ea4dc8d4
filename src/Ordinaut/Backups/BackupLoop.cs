using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>Loop: keeps a backup going, begins a new one when one breaks, and removes what is past its time.</summary>
/// <param name="begin">A new one, of the cluster as it is.</param>
/// <param name="open">The folder with the keys as they are at that moment.</param>
/// <param name="keep">How far back a restore can go.</param>
internal sealed partial class BackupLoop(
    Func<BackupFolder, Cluster, RunningBackup> begin,
    Db db,
    Func<BackupFolder> open,
    TimeSpan keep,
    TimeProvider clock,
    ILogger<BackupLoop> log
) : BackgroundService
{
    /// <summary>How often what has changed is saved: with the time it takes, the most that a lost disk costs.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>With nothing saved for so long, the server says that it is not well.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);

    public static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    private BackupFolder _folder = open();
    private RunningBackup? _running;
    private IDisposable? _turn;
    private string? _keyProblem;
    private long _prunedAt;
    private string? _problem;
    private bool _keepIsTold;
    private volatile object? _savedThrough;

    /// <summary>All that was acknowledged before it survives the loss of the database; null: nothing yet.</summary>
    public DateTimeOffset? SavedThrough => (DateTimeOffset?)_savedThrough;

    /// <summary>What is wrong with it; null when all is well.</summary>
    public string? Fault =>
        _problem
        ?? _keyProblem
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
            ReadKeys();
            var cluster = await db.Read(ClusterStore.Get);
            if (cluster.State != ClusterState.Active)
            {
                await End();
                (_savedThrough, _problem) = (
                    null,
                    "The cluster is paused: a copy makes no backups before it takes over."
                );
                return;
            }

            _running ??= Begin(cluster);
            _running.Folder = _folder;
            await _running.Tick();
            (_savedThrough, _problem) = (_running.SavedThrough, null);
            await TellKeep();
            if (clock.GetElapsedTime(_prunedAt) > PruneEvery)
            {
                Prune();
            }
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

    /// <summary>Once; and not before it saves: a commit may have to wait for that.</summary>
    private async Task TellKeep()
    {
        if (!_keepIsTold)
        {
            await db.Write(session => ClusterStore.KeepBackups(session, keep));
            _keepIsTold = true;
        }
    }

    /// <summary>
    /// The operator may have put another first. While they cannot be read it goes on under those that it knows, and
    /// says so: a file that is away for a moment must not cost a new base.
    /// </summary>
    private void ReadKeys()
    {
        try
        {
            (_folder, _keyProblem) = (open(), null);
        }
        catch (Problem problem)
        {
            _keyProblem = problem.Message;
        }
    }

    private RunningBackup Begin(Cluster cluster)
    {
        // Before it begins, also again after a failure: what is past its time may be what a full disk needs.
        Prune();
        _folder.RequireOwn(cluster);
        OwnerOnly.CreateFolder(_folder.FullPath);
        _turn =
            _folder.TryHold()
            ?? throw new Problem(
                ProblemKind.Unavailable,
                $"Another process backs up into '{_folder.FullPath}', or changes its key; one at a time does."
            );
        return begin(_folder, cluster);
    }

    /// <summary>What cannot be removed is told, and tried again; what is to be saved does not wait for it.</summary>
    private void Prune()
    {
        _prunedAt = clock.GetTimestamp();
        try
        {
            foreach (var fault in _folder.Prune(clock.GetUtcNow() - keep).Faults)
            {
                Log.NotRemoved(log, fault);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(log, failure.Message);
        }
    }

    private async Task End()
    {
        if (_running is { } running)
        {
            _running = null;
            await running.DisposeAsync();
        }

        _turn?.Dispose();
        _turn = null;
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "backup.not_removed: {Reason}")]
        public static partial void NotRemoved(ILogger log, string reason);
    }
}
