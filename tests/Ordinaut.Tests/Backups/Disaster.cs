using Ordinaut.Backups;
using Ordinaut.Hosting;
using Ordinaut.Secrets;
using Ordinaut.Tests.Faults;

namespace Ordinaut.Tests.Backups;

/// <summary>A server that backs up all the time, and what is left of it when its disk is gone: its backup.</summary>
internal sealed class Disaster : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-disaster-");
    private readonly SecretKey _key = SecretKey.Make();
    private readonly string _url;
    private int _copies;

    /// <param name="url">The PostgreSQL database; empty: SQLite.</param>
    public Disaster(string url = "")
    {
        _url = url;
        File.WriteAllText(KeyFile, _key.Write());
        // A server that runs as another account gets to what is given to it in here.
        if (!OperatingSystem.IsWindows())
        {
            _folder.UnixFileMode |= UnixFileMode.OtherExecute;
        }
    }

    public string KeyFile => Path.Combine(_folder.FullName, "backup.key");

    public string Backups => Path.Combine(_folder.FullName, "backups");

    public string Data => Path.Combine(_folder.FullName, "data");

    public string Folder(string name) => Path.Combine(_folder.FullName, name);

    public OrdinautOptions Options(OrdinautOptions options) =>
        options with
        {
            BackupFolder = Backups,
            BackupKeyFile = KeyFile,
            PostgresUrl = _url,
            BackupAccount = Store.PostgresServer.Account,
            BackupPrograms = _url.Length == 0 ? "" : Store.PostgresServer.Programs,
        };

    public Task<OrdinautApp> Start(TimeProvider? clock = null) =>
        OrdinautApp.Start(clock, configure: Options, folder: Data);

    /// <summary>Returns when a base is whole.</summary>
    public static Task Whole(OrdinautApp app) =>
        Campaign.Until(
            "a base is whole",
            TimeSpan.FromSeconds(60),
            () => app.Get<BackupLoop>().SavedThrough is not null
        );

    /// <summary>Returns when all that was acknowledged by now is in the backup.</summary>
    public static Task Saved(OrdinautApp app)
    {
        var now = app.Get<Ordinaut.Store.Db>().Now();
        return Campaign.Until("all is saved", TimeSpan.FromSeconds(60), () => app.Get<BackupLoop>().SavedThrough > now);
    }

    /// <summary>How far each file of the backup goes at this moment.</summary>
    public IReadOnlyList<(string File, long Length)> Now() =>
        [.. Files(Backups).Select(file => (file, new FileInfo(file).Length))];

    /// <summary>The keys that its file has, the first one first.</summary>
    public IReadOnlyList<SecretKey> Keys() => new KeyFile(KeyFile, isOurs: false).Read();

    /// <summary>What is in the backup at this moment, and nothing that comes later.</summary>
    public OrdinautOptions Strike() => Strike(Now());

    /// <summary>The same of a moment ago: a copy takes time, in which a server that lives backs up more.</summary>
    public OrdinautOptions Strike(IReadOnlyList<(string File, long Length)> then)
    {
        var copy = Folder($"left-{++_copies}");
        // What has another name by now was not whole then.
        foreach (var (file, length) in then.Where(one => File.Exists(one.File)))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(Backups, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
            using var cut = File.OpenWrite(to);
            cut.SetLength(length);
        }

        return Options(new OrdinautOptions { Urls = "http://127.0.0.1:0" }) with
        {
            BackupFolder = copy,
            Data = Folder($"restored-{_copies}"),
        };
    }

    public static void CopyAll(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Files(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    /// <summary>All but what says that a process is at work there.</summary>
    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock"));

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
