using System.Globalization;
using System.Security.Cryptography;
using Ordinaut.Secrets;

namespace Ordinaut.Backups;

/// <summary>
/// Where backups are: a folder each, named by when it was begun, and one for PostgreSQL's log, which all of its backups
/// share. Everything in it is sealed; the key is elsewhere.
/// </summary>
/// <param name="Keys">The first seals, all open.</param>
internal sealed record BackupFolder(string FullPath, IReadOnlyList<SecretKey> Keys)
{
    private const string NameFormat = "yyyyMMdd'T'HHmmss.fff'Z'";

    public SecretKey Key => Keys[0];

    /// <summary>PostgreSQL's log, file by file.</summary>
    public string Log => Path.Combine(FullPath, "log");

    /// <summary>Makes the folder of a new backup.</summary>
    public BackupSet Begin(DateTimeOffset now)
    {
        var name = now.UtcDateTime.ToString(NameFormat, CultureInfo.InvariantCulture);
        var folder = Path.Combine(FullPath, name);
        OwnerOnly.CreateFolder(folder);
        return new BackupSet(folder, this);
    }

    /// <summary>Those whose base is whole, newest first.</summary>
    public IReadOnlyList<BackupSet> Whole() => [.. All().Where(set => set.IsWhole)];

    /// <summary>The newest that reaches back to an instant; null: the newest.</summary>
    /// <exception cref="Problem">There is none.</exception>
    public BackupSet Find(DateTimeOffset? at)
    {
        var whole = Whole();
        var found = whole.FirstOrDefault(set => at is null || set.Manifest.CompleteAt <= at);
        if (found is not null)
        {
            return found;
        }

        var oldest = whole.Count == 0 ? null : whole[^1].Manifest;
        throw new Problem(
            ProblemKind.NotFound,
            oldest is null
                ? $"There is no whole backup in '{FullPath}'."
                : $"No backup in '{FullPath}' reaches back that far; the oldest begins at "
                    + $"{Instants.Format(oldest.CompleteAt)}."
        );
    }

    /// <summary>
    /// Removes what is not needed to get back to any instant of the time that is kept, but never the newest backup that
    /// is whole. Returns how many it removed.
    /// </summary>
    public int Prune(DateTimeOffset before)
    {
        var all = All();
        var keeper = all.FindIndex(set => set.Readable?.CompleteAt <= before);
        var past = keeper < 0 ? [] : all[(keeper + 1)..];
        // One that never became whole is of no use once another is.
        var newest = all.FindIndex(set => set.Readable is not null);
        var broken = newest < 0 ? [] : all[(newest + 1)..].Where(set => !set.IsWhole);
        var gone = past.Union(broken).ToList();
        gone.ForEach(set => Directory.Delete(set.Folder, recursive: true));
        if (
            all.Except(gone).LastOrDefault(set => set.Readable is not null)?.Readable!.FirstLog is { } first
            && Directory.Exists(Log)
        )
        {
            // Names of log files sort as the log goes on; those of another timeline stay with theirs.
            var old = Directory.GetFiles(Log).Where(file => IsBefore(Path.GetFileName(file), first)).ToList();
            old.ForEach(File.Delete);
        }

        return gone.Count;
    }

    private List<BackupSet> All() =>
        !Directory.Exists(FullPath)
            ? []
            :
            [
                .. Directory
                    .GetDirectories(FullPath)
                    .Where(folder => IsName(Path.GetFileName(folder)))
                    .OrderDescending(StringComparer.Ordinal)
                    .Select(folder => new BackupSet(folder, this)),
            ];

    private static bool IsBefore(string file, string first) =>
        file.Length > first.Length && file[8] != '.' && string.CompareOrdinal(file[..first.Length], first) < 0;

    private static bool IsName(string name) =>
        DateTime.TryParseExact(name, NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}

/// <summary>One backup: its base, and on SQLite the changes since.</summary>
internal sealed record BackupSet(string Folder, BackupFolder Home)
{
    private const string LogName = "changes-";
    private const string Ending = ".sealed";

    private BackupManifest? _manifest;

    public string Name => Path.GetFileName(Folder);

    public string Base => Path.Combine(Folder, "base" + Ending);

    public bool IsWhole => File.Exists(ManifestPath);

    /// <exception cref="Problem">It was changed.</exception>
    public BackupManifest Manifest => _manifest ??= BackupManifest.Read(ManifestPath, Home.Keys);

    /// <summary>The same; null when it is not whole, or does not open: its key may have been taken away.</summary>
    public BackupManifest? Readable
    {
        get
        {
            try
            {
                return IsWhole ? Manifest : null;
            }
            catch (Problem)
            {
                return null;
            }
        }
    }

    /// <summary>The files of changes, in their order.</summary>
    /// <exception cref="Problem">One is missing between others.</exception>
    public IReadOnlyList<string> Changes()
    {
        var files = Directory.GetFiles(Folder, LogName + "*" + Ending).Order(StringComparer.Ordinal).ToList();
        var missing = Enumerable.Range(1, files.Count).FirstOrDefault(n => files[n - 1] != ChangesPath(n));
        return missing == 0
            ? files
            : throw new Problem(
                ProblemKind.Unavailable,
                $"'{Path.GetFileName(ChangesPath(missing))}' of {Name} is missing."
            );
    }

    public string ChangesPath(int number) =>
        Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{LogName}{number:000000}{Ending}"));

    /// <summary>Reads the base again, and writes down that it is whole.</summary>
    public async Task Finish(BackupManifest manifest)
    {
        var sum = await Check();
        var all = manifest with { BaseBytes = new FileInfo(Base).Length, BaseSha256 = sum };
        OwnerOnly.Replace(ManifestPath, System.Text.Encoding.UTF8.GetBytes(Json.Write(all.Sign(Home.Key)) + "\n"));
    }

    /// <summary>Opens everything that is in it.</summary>
    /// <returns>How many bytes were read.</returns>
    /// <exception cref="Problem">Something is not as it was written.</exception>
    public async Task<long> Verify()
    {
        if (await Check() != Manifest.BaseSha256)
        {
            throw new Problem(ProblemKind.Unavailable, $"The base of {Name} is another file than was written.");
        }

        var files = Changes();
        foreach (var file in files)
        {
            using var reader = new SealedReader(file, Home.Keys);
            var batches = reader.Batches().Count();
            if (!reader.IsWhole && file != files[^1])
            {
                throw new Problem(
                    ProblemKind.Unavailable,
                    $"'{Path.GetFileName(file)}' of {Name} breaks off after {batches} batches, and others follow it."
                );
            }
        }

        return Bytes;
    }

    public long Bytes => Directory.GetFiles(Folder).Sum(file => new FileInfo(file).Length);

    private string ManifestPath => Path.Combine(Folder, BackupManifest.FileName);

    private async Task<string> Check()
    {
        await using (var reader = new SealedReader(Base, Home.Keys))
        {
            await reader.CopyToAsync(Stream.Null);
        }

        await using var file = File.OpenRead(Base);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }
}
