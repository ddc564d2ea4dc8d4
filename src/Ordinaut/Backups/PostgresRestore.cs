using System.Formats.Tar;
using System.Globalization;
using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>
/// Makes a server's folder of a base and the log that follows, and has PostgreSQL recover it to an instant. The server
/// that does so is reached over a socket in that folder alone, and is stopped at the end.
/// </summary>
/// <param name="target">
/// A folder that is empty or not there. The server is in a folder within until the end: one that is broken off can be
/// taken for no server.
/// </param>
/// <param name="spool">
/// What pg_receivewal left in clear, where that was saved from the disaster: it may be newer than the backup.
/// </param>
internal sealed class PostgresRestore(PostgresPrograms programs, PostgresSettings server, string target, string? spool)
{
    private const string LogName = "ordinaut_log";

    private static readonly TimeProvider Clock = TimeProvider.System;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a server that runs may not be reached.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _target = Path.GetFullPath(target);
    private readonly string _work = Path.Combine(Path.GetFullPath(target), "restoring");

    /// <summary>The restored database as long as its server runs.</summary>
    public PostgresSettings Socket =>
        new($"Host={_work};Port=5432;Username={Name("PGUSER")};Database={Name("PGDATABASE")};Timeout=15");

    /// <param name="at">Null: as far as the log goes.</param>
    /// <param name="then">What to do with the database before its server stops.</param>
    public async Task Run(BackupSet set, DateTimeOffset? at, Func<Task> then)
    {
        await set.RequireBase();
        OwnerOnly.CreateFolder(_work);
        OwnerOnly.Restrict(_target);
        await using (var tar = new SealedReader(set.Base, set.Home.Keys))
        {
            await TarFile.ExtractToDirectoryAsync(tar, _work, overwriteFiles: false);
        }

        var log = Path.Combine(_work, LogName);
        Fetch(set, at, log);
        await File.WriteAllTextAsync(Path.Combine(_work, "recovery.signal"), "");
        // Where the server's own settings are kept elsewhere, as Debian does, these two are not in the base.
        await File.AppendAllTextAsync(Path.Combine(_work, "postgresql.conf"), "");
        var doors = Path.Combine(_work, "ordinaut_hba.conf");
        await File.WriteAllTextAsync(doors, "local all all trust\n");
        if (programs.Account is { } account)
        {
            await new PostgresPrograms(null, null).Run(
                "chown",
                ["-R", account, _target],
                new Dictionary<string, string>()
            );
        }

        await Recover(at, log, doors, then);
        Directory.Delete(log, recursive: true);
        File.Delete(doors);
        MoveUp();
    }

    /// <summary>The log, as the server asks for it.</summary>
    private void Fetch(BackupSet set, DateTimeOffset? at, string log)
    {
        OwnerOnly.CreateFolder(log);
        if (set.Log is not { } sealedLog)
        {
            return;
        }

        sealedLog.Folder.Open(sealedLog.First, at, log);
        Spooled(sealedLog.Folder, log);
        // One that was being made when it was copied may have been shorter.
        foreach (
            var file in Directory.GetFiles(log).Where(file => Path.GetFileName(file).Length == LogPlace.NameLength)
        )
        {
            using var whole = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.None);
            whole.SetLength(set.Manifest.LogBytes);
        }
    }

    /// <summary>It is a server from the moment on at which it has this file, which comes last.</summary>
    private void MoveUp()
    {
        const string Sign = "PG_VERSION";
        foreach (var path in Directory.GetFileSystemEntries(_work).OrderBy(path => Path.GetFileName(path) == Sign))
        {
            Directory.Move(path, Path.Combine(_target, Path.GetFileName(path)));
        }

        Directory.Delete(_work);
    }

    private async Task Recover(DateTimeOffset? at, string log, string doors, Func<Task> then)
    {
        var settings = Settings(at, log, doors);
        string[] arguments = ["-D", _work, .. settings.SelectMany(setting => new[] { "-c", setting })];
        using var process = programs.Start("postgres", arguments, new Dictionary<string, string> { ["LC_ALL"] = "C" });
        var said = process.StandardError.ReadToEndAsync();
        try
        {
            for (var heardAt = Clock.GetTimestamp(); await Socket.Answers() is var answer and not ServerAnswer.Open; )
            {
                if (process.HasExited)
                {
                    throw PostgresPrograms.Failed("PostgreSQL's recovery", await said);
                }

                heardAt = answer == ServerAnswer.Starting ? Clock.GetTimestamp() : heardAt;
                if (Clock.GetElapsedTime(heardAt) > Patience)
                {
                    throw new Problem(
                        ProblemKind.Unavailable,
                        $"The server in '{_work}' runs and does not answer; is that path too long for a socket?"
                    );
                }

                await Task.Delay(Pause, Clock);
            }

            await then();
        }
        finally
        {
            if (!process.HasExited)
            {
                string[] stop = ["stop", "-D", _work, "-m", "fast", "-w", "-t", "120"];
                await programs.Run("pg_ctl", stop, new Dictionary<string, string>());
            }

            await process.WaitForExitAsync();
        }
    }

    private List<string> Settings(DateTimeOffset? at, string log, string doors)
    {
        var settings = new List<string>
        {
            $"unix_socket_directories={_work}",
            "listen_addresses=",
            "port=5432",
            $"hba_file={doors}",
            "archive_mode=off",
            "hot_standby=off",
            "synchronous_standby_names=",
            "shared_preload_libraries=",
            "max_wal_senders=10",
            "logging_collector=off",
            $"restore_command=cp \"{log}/%f\" \"%p\"",
            "recovery_target_timeline=latest",
            "recovery_target_action=promote",
        };
        if (at is { } instant)
        {
            var time = instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
            settings.Add($"recovery_target_time={time}+00");
        }

        return settings;
    }

    private void Spooled(LogFolder sealedLog, string log)
    {
        var own = spool is null ? null : LogSpool.PathOf(spool, sealedLog);
        foreach (var file in own is null ? [] : Directory.GetFiles(own))
        {
            var name = Path.GetFileName(file);
            var isPartial = name.EndsWith(LogSpool.Partial, StringComparison.Ordinal);
            File.Copy(file, Path.Combine(log, isPartial ? name[..^LogSpool.Partial.Length] : name), overwrite: true);
        }
    }

    private string Name(string variable) =>
        server.ForPrograms().GetValueOrDefault(variable)
        ?? throw new Problem(
            ProblemKind.Malformed,
            "database_url must name the user and the database, as they are in the backup."
        );
}
