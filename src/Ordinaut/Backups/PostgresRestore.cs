using System.Formats.Tar;
using System.Globalization;
using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>
/// Makes a server's folder of a base and the log that follows, and has PostgreSQL recover it to an instant. The server
/// that does so is reached over a socket in that folder alone, and is stopped at the end.
/// </summary>
/// <param name="target">A folder that is empty or not there.</param>
/// <param name="spool">
/// What pg_receivewal left in clear, where that was saved from the disaster: it may be newer than the backup.
/// </param>
internal sealed class PostgresRestore(PostgresPrograms programs, PostgresSettings server, string target, string? spool)
{
    private const string LogName = "ordinaut_log";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly string _target = Path.GetFullPath(target);

    /// <summary>The restored database as long as its server runs.</summary>
    public PostgresSettings Socket =>
        new($"Host={_target};Port=5432;Username={Name("PGUSER")};Database={Name("PGDATABASE")};Timeout=15");

    /// <param name="at">Null: as far as the log goes.</param>
    /// <param name="then">What to do with the database before its server stops.</param>
    public async Task Run(BackupSet set, DateTimeOffset? at, Func<Task> then)
    {
        OwnerOnly.CreateFolder(_target);
        await using (var tar = new SealedReader(set.Base, set.Home.Keys))
        {
            await TarFile.ExtractToDirectoryAsync(tar, _target, overwriteFiles: false);
        }

        var log = Path.Combine(_target, LogName);
        LogSpool.Open(set.Home, log);
        Spooled(log);
        // One that was being made when it was copied may have been shorter.
        foreach (
            var file in Directory.GetFiles(log).Where(file => Path.GetFileName(file).Length == LogSpool.NameLength)
        )
        {
            await using var whole = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.None);
            whole.SetLength(set.Manifest.LogBytes);
        }

        await File.WriteAllTextAsync(Path.Combine(_target, "recovery.signal"), "");
        // Where the server's own settings are kept elsewhere, as Debian does, these two are not in the base.
        await File.AppendAllTextAsync(Path.Combine(_target, "postgresql.conf"), "");
        var doors = Path.Combine(_target, "ordinaut_hba.conf");
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
    }

    private async Task Recover(DateTimeOffset? at, string log, string doors, Func<Task> then)
    {
        var settings = new List<string>
        {
            $"unix_socket_directories={_target}",
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

        string[] arguments = ["-D", _target, .. settings.SelectMany(setting => new[] { "-c", setting })];
        using var process = programs.Start("postgres", arguments, new Dictionary<string, string> { ["LC_ALL"] = "C" });
        var said = process.StandardError.ReadToEndAsync();
        try
        {
            while (!File.Exists(Path.Combine(_target, ".s.PGSQL.5432")) || !await Socket.Answers())
            {
                if (process.HasExited)
                {
                    throw PostgresPrograms.Failed("PostgreSQL's recovery", await said);
                }

                await Task.Delay(Pause, TimeProvider.System);
            }

            await then();
        }
        finally
        {
            if (!process.HasExited)
            {
                string[] stop = ["stop", "-D", _target, "-m", "fast", "-w", "-t", "120"];
                await programs.Run("pg_ctl", stop, new Dictionary<string, string>());
            }

            await process.WaitForExitAsync();
        }
    }

    private void Spooled(string log)
    {
        var files = spool is null ? [] : Directory.GetFiles(spool);
        foreach (var file in files)
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
