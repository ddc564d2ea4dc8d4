using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>
/// Backs up the PostgreSQL server that the database is on: <c>pg_basebackup</c> copies it, <c>pg_receivewal</c> follows
/// its log, flush by flush. What both write is sealed on its way into the folder.
/// </summary>
/// <param name="spool">Where pg_receivewal writes, in clear: on a disk that is not the server's.</param>
internal sealed partial class PostgresBackup(
    BackupSource source,
    PostgresSettings server,
    PostgresPrograms programs,
    string spool,
    BackupFolder folder
) : RunningBackup
{
    /// <summary>The place in the log that the server keeps for us, and the name that it knows us by.</summary>
    public const string Slot = "ordinaut_backup";

    private const string SelectSegmentBytes = "select setting::bigint from pg_settings where name = 'wal_segment_size'";

    // A follower that lost its server says nothing of it. Every role sees this, and not what the follower is at.
    private const string SelectFollowed = """
        select exists (select 1 from pg_replication_slots where slot_name = 'ordinaut_backup' and active)
        """;

    private const string SelectSlot =
        "select exists (select 1 from pg_replication_slots where slot_name = 'ordinaut_backup')";

    private readonly LogSpool _spool = new(spool, folder);
    private Process? _receiver;
    private Task<string>? _said;
    private Task<BackupSet>? _copying;
    private DateTimeOffset? _copiedAt;
    private bool _hadSlot;

    /// <summary>A base without the log that follows: it can be restored to the instant at which it was whole.</summary>
    public static async Task<BackupSet> Once(
        BackupSource source,
        PostgresSettings server,
        PostgresPrograms programs,
        BackupFolder folder
    )
    {
        var startedAt = source.Db.Now();
        var set = folder.Begin(startedAt);
        // Standard output takes the log along that is needed to make the copy consistent.
        string[] arguments = ["-D", "-", "-F", "tar", "-X", "fetch", "-c", "fast", "-w", "-v"];
        var said = await programs.AsUs.Run(
            "pg_basebackup",
            arguments,
            Environment(server),
            output => Seal(output, set)
        );
        var logBytes = await source.Db.Read(session => session.First(SelectSegmentBytes, row => row.Long(0)));
        var manifest = await source.Manifest(startedAt) with
        {
            CompleteAt = source.Db.Now(),
            FirstLog = FirstLog(said, logBytes),
            LogBytes = logBytes,
        };
        await set.Finish(manifest);
        return set;
    }

    public override async Task Tick()
    {
        await Receive();
        var now = source.Db.Now();
        _spool.Save();
        if (_copying is null && (_copiedAt is null || now - _copiedAt >= BaseEvery))
        {
            // One of an earlier process will do, if the server has kept the log that follows it.
            _copiedAt ??= _hadSlot && folder.Whole() is [var newest, ..] ? newest.Readable?.StartedAt : null;
            _copying =
                _copiedAt is null || now - _copiedAt >= BaseEvery ? Once(source, server, programs, folder) : null;
        }

        if (_copying?.IsCompleted == true)
        {
            var done = _copying;
            _copying = null;
            _copiedAt = (await done).Manifest.StartedAt;
        }

        var isFollowed = await source.Db.Read(session => session.First(SelectFollowed, row => row.Bool(0)));
        SavedThrough =
            _copiedAt is null ? null
            : isFollowed ? now
            : SavedThrough;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_receiver is { HasExited: false })
        {
            _receiver.StandardInput.Close();
            await _receiver.WaitForExitAsync();
            try
            {
                _spool.Save();
            }
            catch (IOException)
            {
                // What the folder does not take any more is in the spool.
            }
        }

        _receiver?.Dispose();
        _spool.Dispose();
    }

    /// <summary>The log's file that a place in it is in, as PostgreSQL names it.</summary>
    internal static string? FirstLog(string said, long segmentBytes)
    {
        var match = StartPoint().Match(said);
        if (!match.Success)
        {
            return null;
        }

        var high = ulong.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var low = ulong.Parse(match.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var timeline = int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
        return $"{timeline:X8}{high:X8}{low / (ulong)segmentBytes:X8}";
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

        OwnerOnly.CreateFolder(spool);
        var environment = Environment(server);
        _hadSlot = await source.Db.Read(session => session.First(SelectSlot, row => row.Bool(0)));
        string[] slot = ["-D", spool, "-w", "--slot", Slot];
        await programs.AsUs.Run("pg_receivewal", [.. slot, "--create-slot", "--if-not-exists"], environment);
        _receiver = programs.Follow("pg_receivewal", [.. slot, "--synchronous", "--no-loop"], environment);
        _said = _receiver.StandardError.ReadToEndAsync();
    }

    private static Dictionary<string, string> Environment(PostgresSettings server) =>
        new(server.ForPrograms()) { ["PGAPPNAME"] = Slot, ["LC_ALL"] = "C" };

    private static async Task Seal(Stream from, BackupSet set)
    {
        using var writer = new SealedWriter(set.Base, set.Home.Key);
        var some = new byte[SealedFile.ChunkBytes];
        for (int n; (n = await from.ReadAsync(some)) > 0; )
        {
            writer.Write(some.AsSpan(0, n));
        }

        writer.Finish();
    }

    [GeneratedRegex(@"start point: ([0-9A-F]+)/([0-9A-F]+) on timeline (\d+)")]
    private static partial Regex StartPoint();
}
