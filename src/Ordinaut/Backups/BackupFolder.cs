using System.Globalization;
using Ordinaut.Secrets;

namespace Ordinaut.Backups;

/// <summary>
/// Where backups of a cluster are: a folder each, named by when it was begun, and for each life of the cluster one for
/// PostgreSQL's log, which its backups share. Everything in it is sealed; the key is elsewhere.
/// </summary>
/// <param name="Keys">The first seals, all open.</param>
internal sealed record BackupFolder(string FullPath, IReadOnlyList<SecretKey> Keys)
{
    /// <summary>One that is not whole, and that nobody has written to for so long, nobody makes any more.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    private const string LockName = "backup.lock";

    public SecretKey Key => Keys[0];

    /// <summary>Whether what is under this key can be read here.</summary>
    public bool Opens(string keyId) => Keys.Any(key => key.Id == keyId);

    /// <summary>PostgreSQL's log in one life of the cluster, file by file.</summary>
    public LogFolder Log(long fence) =>
        new(Path.Combine(FullPath, string.Create(CultureInfo.InvariantCulture, $"log-{fence}")), Keys);

    /// <summary>
    /// Held by the one process that keeps a backup going here; null: another does. Its end, also by a kill, lets go.
    /// </summary>
    public IDisposable? TryHold()
    {
        var path = Path.Combine(FullPath, LockName);
        try
        {
            return OwnerOnly.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Makes the folder of a new backup.</summary>
    public BackupSet Begin(DateTimeOffset now)
    {
        var folder = Path.Combine(FullPath, BackupSet.NameOf(now));
        OwnerOnly.CreateFolder(folder);
        return new BackupSet(folder, this);
    }

    /// <summary>Those whose base is whole, newest first; one whose manifest does not open is not among them.</summary>
    public IReadOnlyList<BackupSet> Whole() => [.. All().Where(set => set.Fault is null)];

    /// <summary>Whether somebody is making a base.</summary>
    public bool IsBeingMade => All().Any(set => !set.IsWhole && !set.Files().All(IsSilent));

    /// <summary>The keys that something here is under, whether or not they are still there.</summary>
    public IReadOnlySet<string> KeyIds() =>
        All().SelectMany(set => set.KeyIds()).Concat(Logs().Select(SealedFile.KeyIdAt).OfType<string>()).ToHashSet();

    /// <summary>What is wrong with those that are not among the whole ones, though their base was.</summary>
    public IReadOnlyList<string> Faults() =>
        [.. All().Where(set => set.IsWhole).Select(set => set.Fault).OfType<string>()];

    /// <exception cref="Problem">Backups of another cluster are here.</exception>
    public void RequireOwn(Cluster cluster)
    {
        if (Whole().FirstOrDefault(set => set.Manifest.ClusterId != cluster.Id) is { } other)
        {
            throw Problem.Conflict(
                $"'{FullPath}' has backups of another cluster ({other.Name}); name another folder in backup_folder."
            );
        }
    }

    /// <summary>The one that comes closest to an instant, from before; null: the one that reaches furthest.</summary>
    /// <exception cref="Problem">There is none.</exception>
    public BackupSet Find(DateTimeOffset? at)
    {
        var whole = Whole();
        if (Closest(whole, at ?? DateTimeOffset.MaxValue) is { } found)
        {
            return found;
        }

        var unread = string.Concat(Faults().Select(fault => $" {fault}"));
        throw new Problem(
            ProblemKind.NotFound,
            whole.Count == 0
                ? $"There is no whole backup in '{FullPath}'.{unread}"
                : $"No backup in '{FullPath}' reaches back that far; the oldest begins at "
                    + $"{Instants.Format(whole.Min(set => set.Manifest.CompleteAt))}.{unread}"
        );
    }

    /// <summary>Removes what is not needed to get back to any instant of the time that is kept.</summary>
    /// <returns>How many it removed, and what it could not.</returns>
    public (int Removed, IReadOnlyList<string> Faults) Prune(DateTimeOffset before)
    {
        var whole = Whole();
        var keeper = Closest(whole, before);
        var past = whole.Where(set =>
            set != keeper && set.Manifest.CompleteAt <= before && set.Through <= keeper!.Through
        );
        // One that never became whole is of no use once another is.
        var broken = All().Where(set => !set.IsWhole && set.Files().All(IsSilent) && IsBefore(set, whole));
        var (removed, faults) = (0, new List<string>());
        foreach (var set in past.Concat(broken).ToList())
        {
            removed += Try(set.Remove, faults) ? 1 : 0;
        }

        PruneLogs(faults);
        return (removed, faults);
    }

    /// <summary>Removes what no key opens any more: noise. What says that it is another cluster's is left.</summary>
    /// <returns>How many backups and files of PostgreSQL's log it removed, and what it could not.</returns>
    public (int Backups, int Logs, IReadOnlyList<string> Faults) RemoveNoise(Guid cluster)
    {
        var faults = new List<string>();
        var sets = All().Where(set => IsNoise(set) && (set.ClaimedCluster ?? cluster) == cluster).ToList();
        var logs = Logs().Where(file => SealedFile.KeyIdAt(file) is { } id && !Opens(id)).ToList();
        var removed = sets.Count(set => Try(set.Remove, faults));
        var removedLogs = logs.Count(file => Try(() => File.Delete(file), faults));
        PruneLogs(faults);
        return (removed, removedLogs, faults);
    }

    private bool IsNoise(BackupSet set) => set.KeyIds() is { Count: > 0 } ids && !ids.Any(Opens);

    /// <summary>
    /// Of the newest life that was there by then the one that reaches closest; of several the newest, after which least
    /// has to be gone through.
    /// </summary>
    private static BackupSet? Closest(IReadOnlyList<BackupSet> whole, DateTimeOffset at) =>
        whole
            .Where(set => set.Manifest.CompleteAt <= at)
            .OrderByDescending(set => set.Manifest.Incarnation)
            .ThenByDescending(set => set.Through < at ? set.Through : at)
            .ThenByDescending(set => set.Name, StringComparer.Ordinal)
            .FirstOrDefault();

    private static bool IsBefore(BackupSet set, IReadOnlyList<BackupSet> whole) =>
        whole.Count > 0 && string.CompareOrdinal(set.Name, whole[0].Name) < 0;

    private string[] Lives() => Directory.Exists(FullPath) ? Directory.GetDirectories(FullPath, "log-*") : [];

    private IEnumerable<string> Logs() => Lives().SelectMany(life => new LogFolder(life, Keys).Files());

    private void PruneLogs(List<string> faults)
    {
        foreach (var life in Lives())
        {
            Try(() => PruneLog(life), faults);
        }
    }

    private void PruneLog(string life)
    {
        var log = new LogFolder(life, Keys);
        var needed = Whole().Where(set => set.Log?.Folder.FullPath == life).Select(set => set.Log!.Value.First);
        if (needed.MinBy(one => one.Number) is { } first)
        {
            log.Prune(first);
        }
        else if (Faults().Count == 0 && log.Files().All(IsSilent))
        {
            // Of a life of which no backup is left.
            Directory.Delete(life, recursive: true);
        }
    }

    private static bool IsSilent(string file) =>
        new DateTimeOffset(File.GetLastWriteTimeUtc(file)) < TimeProvider.System.GetUtcNow() - Silence;

    private static bool Try(Action act, List<string> faults)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Problem)
        {
            faults.Add(failure.Message);
            return false;
        }
    }

    private List<BackupSet> All() =>
        !Directory.Exists(FullPath)
            ? []
            :
            [
                .. Directory
                    .GetDirectories(FullPath)
                    .Where(folder => BackupSet.IsName(Path.GetFileName(folder)))
                    .OrderDescending(StringComparer.Ordinal)
                    .Select(folder => new BackupSet(folder, this)),
            ];
}
