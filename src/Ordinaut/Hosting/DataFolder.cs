namespace Ordinaut.Hosting;

/// <summary>
/// The data folder, held by this process alone while it runs: two would each be sure to be the only writer.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "ordinaut.lock";

    private readonly FileStream _lock;

    private DataFolder(string path, string? databaseName, FileStream held)
    {
        FullPath = path;
        DatabaseFile = databaseName is null ? null : Path.Combine(path, databaseName);
        _lock = held;
    }

    public string FullPath { get; }

    /// <summary>The SQLite file; none where the database is elsewhere.</summary>
    public string? DatabaseFile { get; }

    /// <summary>Makes the folder (0700) when absent and takes its lock, or says who cannot.</summary>
    /// <param name="databaseName">The SQLite file in it; null when the database is elsewhere.</param>
    public static DataFolder Open(string path, string? databaseName)
    {
        var full = Path.GetFullPath(path);
        try
        {
            OwnerOnly.CreateFolder(full);
            var folder = new DataFolder(full, databaseName, Open(Path.Combine(full, LockName), FileShare.None));
            if (folder.DatabaseFile is { } file)
            {
                // SQLite gives its side files the mode of the database file, so that one decides for all.
                Open(file, FileShare.ReadWrite).Dispose();
            }

            return folder;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var held = File.Exists(Path.Combine(full, LockName));
            throw new Problem(
                ProblemKind.Unavailable,
                held
                    ? $"The data folder '{path}' is in use by another ordinaut; stop it or choose another --data. "
                        + "('ordinaut mcp' can speak for the one that runs: name its address with --url.)"
                    : $"The data folder '{path}' cannot be made or written; check its permissions or choose another."
            );
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Open(string file, FileShare share) =>
        OwnerOnly.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
}
