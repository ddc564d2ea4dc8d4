using Ordinaut.Backups;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>Backups: their settings, what must be true of them together, and their parts.</summary>
internal static class BackupSettings
{
    private const string SpoolName = "backup-log";

    public static readonly IReadOnlyList<Setting> All =
    [
        new(
            "backup_folder",
            "a folder, best on another disk; with it the server backs up all the time",
            o => o.BackupFolder,
            (o, text) => text.Any(char.IsControl) ? null : o with { BackupFolder = text }
        ),
        SecretSettings.Keys("backup_key", o => o.BackupKey, (o, keys) => o with { BackupKey = keys }),
        new(
            "backup_key_file",
            "a file of such keys, one a line, outside of backup_folder",
            o => o.BackupKeyFile,
            (o, text) => text.Any(char.IsControl) ? null : o with { BackupKeyFile = text }
        ),
        Settings.Whole(
            "backup_keep_days",
            (1, 3_650),
            "days",
            o => o.BackupKeepDays,
            (o, n) => o with { BackupKeepDays = n }
        ),
        new(
            "backup_programs",
            "the folder of PostgreSQL's programs, where they are not on the PATH",
            o => o.BackupPrograms,
            (o, text) => text.Any(char.IsControl) ? null : o with { BackupPrograms = text }
        ),
        new(
            "backup_account",
            "the account that PostgreSQL's programs run under, where this process is root",
            o => o.BackupAccount,
            (o, text) =>
                text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? o with { BackupAccount = text } : null
        ),
    ];

    public static IEnumerable<string> Faults(OrdinautOptions options)
    {
        if (options.BackupKey.Length > 0 && options.BackupKeyFile.Length > 0)
        {
            yield return "backup_key and backup_key_file are both set; leave one of them out.";
        }

        if (options.BackupFolder.Length > 0 && options.BackupKey.Length + options.BackupKeyFile.Length == 0)
        {
            yield return "backup_folder is set without a key; set backup_key_file to a file that is not in it "
                + "('openssl rand -base64 32' makes a key), and keep a copy of it elsewhere.";
        }

        if (options.BackupFolder.Length > 0 && IsWithin(options.BackupKeyFile, options.BackupFolder))
        {
            yield return "backup_key_file lies in backup_folder: whoever has the one would have the other; move it.";
        }
    }

    public static void Add(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton<Takeover>();
        if (options.BackupFolder.Length == 0 || !options.Role.HasFlag(Role.Scheduler))
        {
            return;
        }

        services.AddSingleton(host =>
        {
            var clock = host.GetRequiredService<TimeProvider>();
            var source = new BackupSource(host.GetRequiredService<Db>(), options.Version, clock);
            return new BackupLoop(
                (folder, cluster) => Running(options, source, folder, cluster),
                source.Db,
                () => FolderOf(options),
                TimeSpan.FromDays(options.BackupKeepDays),
                clock,
                host.GetRequiredService<ILogger<BackupLoop>>()
            );
        });
        services.AddHostedService(host => host.GetRequiredService<BackupLoop>());
        services.AddSingleton(host => HealthProbes.Backup(host.GetRequiredService<BackupLoop>()));
    }

    /// <summary>Where their keys come from.</summary>
    public static IKeySource KeysOf(OrdinautOptions options) =>
        options.BackupKeyFile.Length > 0
            ? new KeyFile(Path.GetFullPath(options.BackupKeyFile), isOurs: false)
            : new GivenKeys(SecretKey.ParseAll(options.BackupKey)!);

    /// <summary>The folder with its keys, as they are now.</summary>
    /// <exception cref="Problem">There is none, or no key.</exception>
    public static BackupFolder FolderOf(OrdinautOptions options)
    {
        if (options.BackupFolder.Length == 0)
        {
            throw new Problem(ProblemKind.Malformed, "There is no backup_folder; set it, or name it with --folder.");
        }

        var keys = KeysOf(options).Read();
        return keys.Count > 0
            ? new BackupFolder(Path.GetFullPath(options.BackupFolder), keys)
            : throw new Problem(
                ProblemKind.Malformed,
                "There is no key for backups; set backup_key_file ('openssl rand -base64 32' makes a key)."
            );
    }

    public static PostgresPrograms Programs(OrdinautOptions options) =>
        new(
            options.BackupPrograms.Length > 0 ? Path.GetFullPath(options.BackupPrograms) : null,
            options.BackupAccount.Length > 0 && Environment.IsPrivilegedProcess ? options.BackupAccount : null
        );

    /// <summary>Where pg_receivewal of this process writes, in a folder for each life of the cluster.</summary>
    public static string SpoolOf(OrdinautOptions options) => Path.Combine(Path.GetFullPath(options.Data), SpoolName);

    private static RunningBackup Running(
        OrdinautOptions options,
        BackupSource source,
        BackupFolder folder,
        Cluster cluster
    ) =>
        options.Postgres is { } server
            ? new PostgresBackup(source, server, Programs(options), SpoolOf(options), folder, cluster)
            : new SqliteBackup(source, Path.Combine(Path.GetFullPath(options.Data), options.DatabaseName), folder);

    private static bool IsWithin(string file, string folder) =>
        file.Length > 0
        && Path.GetFullPath(file)
            .StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
