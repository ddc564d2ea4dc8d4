using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>
/// Backs up the PostgreSQL server that the database is on: <c>pg_basebackup</c> copies it, <c>pg_receivewal</c> follows
/// its log, flush by flush. What both write is sealed on its way into the folder.
/// </summary>
/// <param name="spools">Where pg_receivewal writes, in clear: on a disk that is not the server's.</param>
internal sealed partial class PostgresBackup(
    BackupSource source,
    PostgresSettings server,
    PostgresPrograms programs,
    string spools,
    BackupFolder folder,
    Cluster cluster
) : RunningBackup(folder)
{
    /// <summary>The place in the log that the server keeps for us, and the name that it knows us by.</summary>
    public const string Slot = "ordinaut_backup";

    private const string SelectSegmentBytes = "select setting::bigint from pg_settings where name = 'wal_segment_size'";

    // What is committed ends at the first place, what pg_receivewal has on its disk at the second. A follower that lost
    // its server says nothing of it. Every role sees this, and not what the follower is at.
    private const string SelectPlaces = """
        select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint,
          (select pg_wal_lsn_diff(restart_lsn, '0/0')::bigint from pg_replication_slots
           where slot_name = 'ordinaut_backup' and active)
        """;

    /// <summary>What a copy begins with: its label, which says where the log begins.</summary>
    private const int LabelBytes = 8_192;

    private const string SelectSlot =
        "select exists (select 1 from pg_replication_slots where slot_name = 'ordinaut_backup')";

    private readonly LogSpool _spool = new(spools, folder.Log(cluster.Fence));
    private readonly CancellationTokenSource _ended = new();
    private Process? _receiver;
    private Task<string>? _said;
    private (Task<BackupSet> Ends, string KeyId)? _copying;
    private BackupManifest? _base;
    private (DateTimeOffset At, long Place)? _noted;
    private bool _goesOn;

    // The log is in the folder up to here.
    private volatile object? _through;

    /// <summary>A base that can be restored to the instant at which it was whole, also without the log.</summary>
    public static Task<BackupSet> Once(
        BackupSource source,
        PostgresSettings server,
        PostgresPrograms programs,
        BackupFolder folder
    ) => Copy(source, (server, programs), folder);

    /// <param name="followed">
    /// Returns when the log is in the folder up to an instant; null: what makes the copy consistent goes along in it.
    /// </param>
    private static async Task<BackupSet> Copy(
        BackupSource source,
        (PostgresSettings Server, PostgresPrograms Programs) by,
        BackupFolder folder,
        Func<DateTimeOffset, Task>? followed = null,
        CancellationToken ct = default
    )
    {
        var startedAt = source.Db.Now();
        var set = folder.Begin(startedAt);
        try
        {
            var log = followed is null ? "fetch" : "none";
            string[] arguments = ["-D", "-", "-F", "tar", "-X", log, "-c", "fast", "-w"];
            string? first = null;
            await by.Programs.AsUs.Run(
                "pg_basebackup",
                arguments,
                Environment(by.Server),
                async output => first = await Seal(output, set),
                ct
            );
            var logBytes = await source.Db.Read(session => session.First(SelectSegmentBytes, row => row.Long(0)));
            var manifest = await source.Manifest(startedAt) with
            {
                CompleteAt = source.Db.Now(),
                FirstLog = first,
                LogBytes = logBytes,
            };
            await (followed?.Invoke(manifest.CompleteAt) ?? Task.CompletedTask);
            await set.Finish(manifest);
            return set;
        }
        catch
        {
            set.Abandon();
            throw;
        }
    }

    public override async Task Tick()
    {
        RequireKey(_copying?.KeyId);
        await Receive();
        var now = source.Db.Now();
        var (committed, received) = await source.Db.Read(session =>
            session.First(SelectPlaces, row => (row.Long(0), row.LongOrNull(1)))
        );
        var through = received >= _noted?.Place ? _noted.Value.At : _through as DateTimeOffset?;
        _noted = _noted is null || received >= _noted.Value.Place ? (now, committed) : _noted;
        // First the log, then the base: PostgreSQL begins a file of its log with each, which is then under its key.
        _spool.Save(Folder, through);
        _through = through;
        await KeepBase(now);
        SavedThrough = _base is null ? null : through;
    }

    private async Task Followed(DateTimeOffset at)
    {
        while (!(_through as DateTimeOffset? >= at))
        {
            await Task.Delay(BackupLoop.Interval, source.Clock, _ended.Token);
        }
    }

    private async Task KeepBase(DateTimeOffset now)
    {
        if (_copying is { Ends.IsCompleted: true } done)
        {
            _copying = null;
            _base = (await done.Ends).Manifest;
        }

        // One that does not open any more is none.
        _base = _base is not null && Folder.Opens(_base.KeyId) ? _base : null;
        if (_copying is null)
        {
            // One of an earlier process will do, if what follows it is here or still on the server.
            _base ??= _goesOn ? Newest()?.Manifest : null;
            var isDue = _base is null || now - _base.StartedAt >= BaseEvery || _base.KeyId != Folder.Key.Id;
            _copying = isDue ? (Copy(source, (server, programs), Folder, Followed, _ended.Token), Folder.Key.Id) : null;
        }
    }

    private BackupSet? Newest() => Folder.Whole().FirstOrDefault(set => set.Manifest.Fence == cluster.Fence);

    public override async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        // What it came to does not matter any more.
        await (_copying?.Ends ?? Task.CompletedTask).ContinueWith(_ => { }, TaskScheduler.Default);
        if (_receiver is { HasExited: false })
        {
            _receiver.StandardInput.Close();
            await _receiver.WaitForExitAsync();
            try
            {
                _spool.Save(Folder, through: null);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // What the folder does not take any more is in the spool.
            }
        }

        _receiver?.Dispose();
        _spool.Dispose();
        _ended.Dispose();
    }

    /// <summary>Sees to it that pg_receivewal runs.</summary>
    private async Task Receive()
    {
        if (_receiver is { HasExited: false })
        {
            return;
        }

        if (_said is not null)
        {
            var said = await _said;
            (_said, _receiver) = (null, null);
            throw PostgresPrograms.Failed("pg_receivewal", said);
        }

        OwnerOnly.CreateFolder(_spool.FullPath);
        var environment = Environment(server);
        // A spool that is empty was lost, with what had not been brought into the folder.
        _goesOn = _spool.HasBegun && await source.Db.Read(session => session.First(SelectSlot, row => row.Bool(0)));
        string[] slot = ["-D", _spool.FullPath, "-w", "--slot", Slot];
        await programs.AsUs.Run("pg_receivewal", [.. slot, "--create-slot", "--if-not-exists"], environment);
        _receiver = programs.Follow("pg_receivewal", [.. slot, "--synchronous", "--no-loop"], environment);
        _said = _receiver.StandardError.ReadToEndAsync();
    }

    private static Dictionary<string, string> Environment(PostgresSettings server) =>
        new(server.ForPrograms()) { ["PGAPPNAME"] = Slot, ["LC_ALL"] = "C" };

    /// <returns>The file of the log that the copy begins in.</returns>
    private static async Task<string> Seal(Stream from, BackupSet set)
    {
        using var writer = new SealedWriter(set.Base, set.Home.Key);
        var beginning = new byte[LabelBytes];
        var length = await from.ReadAtLeastAsync(beginning, LabelBytes, throwOnEndOfStream: false);
        writer.Write(beginning.AsSpan(0, length));
        await writer.Copy(from);
        writer.Finish();
        return Label().Match(Encoding.ASCII.GetString(beginning, 0, length)) is { Success: true } label
            ? label.Groups[1].Value
            : throw new Problem(ProblemKind.Unavailable, "pg_basebackup gave no copy that begins with its label.");
    }

    [GeneratedRegex(@"START WAL LOCATION: [0-9A-F/]+ \(file ([0-9A-F]{24})\)")]
    private static partial Regex Label();
}
