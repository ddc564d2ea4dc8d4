using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>One backup: its base, and on SQLite the changes since.</summary>
internal sealed class BackupSet(string folder, BackupFolder home)
{
    private const string NameFormat = "yyyyMMdd'T'HHmmss.fff'Z'";
    private const string LogName = "changes-";
    private const string Ending = ".sealed";

    private BackupManifest? _manifest;
    private DateTimeOffset? _through;

    public string Folder => folder;

    public BackupFolder Home => home;

    public string Name => Path.GetFileName(Folder);

    public string Base => Path.Combine(Folder, "base" + Ending);

    public bool IsWhole => File.Exists(ManifestPath);

    /// <exception cref="Problem">It was changed.</exception>
    public BackupManifest Manifest => _manifest ??= BackupManifest.Read(ManifestPath, Home.Keys);

    /// <summary>Why it cannot be used; null when it can: it is whole, and its key is here.</summary>
    public string? Fault
    {
        get
        {
            try
            {
                return IsWhole && Manifest is not null ? null : $"{Name} is not whole.";
            }
            catch (Exception failure) when (failure is Problem or IOException or UnauthorizedAccessException)
            {
                return failure.Message;
            }
        }
    }

    /// <summary>The latest instant that it can be restored to.</summary>
    public DateTimeOffset Through => _through ??= Reach();

    public long Bytes => Files().Where(File.Exists).Sum(file => new FileInfo(file).Length);

    private string ManifestPath => Path.Combine(Folder, BackupManifest.FileName);

    /// <summary>What it consists of, and its folder.</summary>
    public IReadOnlyList<string> Files() => [.. Directory.GetFiles(Folder), Folder];

    public static string NameOf(DateTimeOffset begun) =>
        begun.UtcDateTime.ToString(NameFormat, CultureInfo.InvariantCulture);

    public static bool IsName(string name) =>
        DateTime.TryParseExact(name, NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>PostgreSQL's log that belongs to it, and the first file of it that is needed; null: SQLite.</summary>
    public (LogFolder Folder, LogPlace First)? Log =>
        Manifest.FirstLog is { } first ? (Home.Log(Manifest.Fence), new LogPlace(first, Manifest.LogBytes)) : null;

    /// <summary>The cluster that it says it is of, whether or not its key is here; null: it says nothing.</summary>
    public Guid? ClaimedCluster => BackupManifest.Unproven(ManifestPath)?.ClusterId;

    /// <summary>The keys that its files are under.</summary>
    public IReadOnlySet<string> KeyIds() => IdsOf(Directory.GetFiles(Folder, "*" + Ending));

    /// <summary>Whether it opens by this key alone, with the log that follows it.</summary>
    public bool OpensBy(string keyId) =>
        KeyIds().Concat(Log is { } log ? IdsOf(log.Folder.FilesFrom(log.First)) : []).All(id => id == keyId);

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

    /// <summary>What changed since the base, in its order.</summary>
    /// <exception cref="Problem">Something is missing before others, or is not as it was written.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> Batches()
    {
        var files = Changes();
        foreach (var file in files)
        {
            using var reader = new SealedReader(file, Home.Keys);
            foreach (var batch in reader.Batches())
            {
                yield return batch;
            }

            if (!reader.IsWhole && file != files[^1])
            {
                throw new Problem(
                    ProblemKind.Unavailable,
                    $"'{Path.GetFileName(file)}' of {Name} breaks off, and others follow it."
                );
            }
        }
    }

    /// <summary>Reads the base again, and writes down that it is whole.</summary>
    public async Task Finish(BackupManifest manifest)
    {
        await ReadBase();
        var all = manifest with { BaseBytes = new FileInfo(Base).Length, BaseSha256 = await DigestOfBase() };
        OwnerOnly.Replace(ManifestPath, Encoding.UTF8.GetBytes(all.Sign(Home.Key)));
    }

    /// <summary>Takes away what was to become one.</summary>
    public void Remove()
    {
        // First what says that it is whole: should the rest of it stay, it is none.
        File.Delete(ManifestPath);
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The same after a failure, which another must not hide.</summary>
    public void Abandon()
    {
        try
        {
            Remove();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is not whole, and goes with the next that are removed.
        }
    }

    /// <exception cref="Problem">The base is not the file that was written.</exception>
    public async Task RequireBase()
    {
        if (await DigestOfBase() != Manifest.BaseSha256)
        {
            throw new Problem(ProblemKind.Unavailable, $"The base of {Name} is another file than was written.");
        }
    }

    /// <summary>Opens everything that is in it.</summary>
    /// <returns>How many bytes were read.</returns>
    /// <exception cref="Problem">Something is not as it was written.</exception>
    public async Task<long> Verify()
    {
        await ReadBase();
        await RequireBase();
        foreach (var _ in Batches()) { }

        return Bytes + (Log is { } log ? log.Folder.Verify(log.First) : 0);
    }

    private static HashSet<string> IdsOf(IEnumerable<string> files) =>
        [.. files.Select(SealedFile.KeyIdAt).OfType<string>()];

    private DateTimeOffset Reach()
    {
        try
        {
            var last = Log is { } log ? log.Folder.Through(log.First) : LastChange();
            return last > Manifest.CompleteAt ? last.Value : Manifest.CompleteAt;
        }
        catch (Exception failure) when (failure is Problem or IOException)
        {
            return Manifest.CompleteAt;
        }
    }

    private DateTimeOffset? LastChange()
    {
        foreach (var file in Changes().Reverse())
        {
            using var reader = new SealedReader(file, Home.Keys);
            DateTimeOffset? last = null;
            foreach (var batch in reader.Batches())
            {
                last = PageBatch.InstantOf(batch);
            }

            if (last is not null)
            {
                return last;
            }
        }

        return null;
    }

    private async Task ReadBase()
    {
        await using var reader = new SealedReader(Base, Home.Keys);
        await reader.CopyToAsync(Stream.Null);
    }

    private async Task<string> DigestOfBase()
    {
        await using var file = File.OpenRead(Base);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }
}
