using Ordinaut.Backups;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Tests.Backups;

/// <summary>Which backup is taken, what is removed, and what is not restored from.</summary>
public sealed class BackupSetTests : IDisposable
{
    private static readonly DateTimeOffset Midnight = new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-sets-");
    private readonly SecretKey _key = SecretKey.Make();
    private readonly Guid _cluster = Guid.NewGuid();

    private BackupFolder Folder => new(_folder.FullName, [_key]);

    /// <summary>One by hand at noon takes nothing away from a server that has backed up since midnight.</summary>
    [Fact]
    public async Task The_one_that_reaches_further_is_taken_and_kept()
    {
        var running = await Make(Midnight, through: Midnight.AddHours(22));
        var byHand = await Make(Midnight.AddHours(12));

        Assert.Equal(running, Folder.Find(null).Name);
        Assert.Equal(running, Folder.Find(Midnight.AddHours(18)).Name);
        Assert.Equal(byHand, Folder.Find(Midnight.AddHours(12)).Name);
        Assert.Equal(running, Folder.Find(Midnight.AddHours(11)).Name);
        Assert.Equal(Midnight.AddHours(22), Folder.Find(null).Through);
        Assert.Equal(0, Folder.Prune(Midnight.AddHours(11)).Removed);
        Assert.Equal(1, Folder.Prune(Midnight.AddHours(23)).Removed);
        Assert.Equal([running], Folder.Whole().Select(set => set.Name));
    }

    [Fact]
    public async Task A_later_life_comes_before_one_that_went_on()
    {
        await Make(Midnight, through: Midnight.AddHours(22));
        var later = await Make(Midnight.AddHours(2), incarnation: 2);

        Assert.Equal(later, Folder.Find(null).Name);
        Assert.NotEqual(later, Folder.Find(Midnight.AddHours(1)).Name);
    }

    [Fact]
    public async Task One_that_does_not_open_does_not_stand_in_the_way()
    {
        var whole = await Make(Midnight);
        var changed = await Make(Midnight.AddHours(1));
        var path = Path.Combine(_folder.FullName, changed, BackupManifest.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"sqlite\"", "\"postgres\"", StringComparison.Ordinal));

        Assert.Equal(whole, Folder.Find(null).Name);
        Assert.Equal([whole], Folder.Whole().Select(set => set.Name));
        Assert.Contains("was changed", Assert.Single(Folder.Faults()));
    }

    [Fact]
    public async Task Backups_of_another_cluster_are_left_alone()
    {
        await Make(Midnight);
        var ours = new Cluster(_cluster, 1, ClusterState.Active, Gap.Hold, null, null);

        Folder.RequireOwn(ours);
        var problem = Assert.Throws<Problem>(() => Folder.RequireOwn(ours with { Id = Guid.NewGuid() }));

        Assert.Contains("another cluster", problem.Message);
    }

    [Fact]
    public async Task What_cannot_be_removed_is_told_and_the_rest_goes()
    {
        await Make(Midnight);
        var stuck = Directory.CreateDirectory(Path.Combine(_folder.FullName, BackupSet.NameOf(Midnight.AddHours(-2))));
        // A file cannot be deleted that is a folder.
        stuck.CreateSubdirectory(BackupManifest.FileName).CreateSubdirectory("full");
        var unfinished = Folder.Begin(Midnight.AddHours(-1));
        foreach (var folder in new[] { stuck.FullName, unfinished.Folder })
        {
            Directory.SetLastWriteTimeUtc(folder, DateTime.UnixEpoch);
        }

        var (removed, faults) = Folder.Prune(Midnight.AddHours(-3));

        Assert.Equal(1, removed);
        Assert.Single(faults);
        Assert.False(Directory.Exists(unfinished.Folder));
    }

    /// <summary>Another process may be making it.</summary>
    [Fact]
    public async Task One_that_is_being_made_is_not_removed()
    {
        await Make(Midnight);
        var unfinished = Folder.Begin(Midnight.AddHours(-1));

        Assert.Equal(0, Folder.Prune(Midnight.AddHours(-3)).Removed);
        Assert.True(Directory.Exists(unfinished.Folder));
    }

    [Fact]
    public async Task Changes_that_break_off_before_others_are_refused()
    {
        var set = Folder.Begin(Midnight);
        await Changes(set, 1, Midnight, isWhole: false);
        await Changes(set, 2, Midnight.AddMinutes(1), isWhole: false);

        var problem = Assert.Throws<Problem>(() => set.Batches().Count());

        Assert.Contains("'changes-000001.sealed'", problem.Message);
        File.Delete(set.ChangesPath(1));
        Assert.Contains("is missing", Assert.Throws<Problem>(() => set.Batches().Count()).Message);
        File.Move(set.ChangesPath(2), set.ChangesPath(1));
        Assert.Throws<Problem>(() => set.Batches().Count());
    }

    [Fact]
    public async Task Another_base_in_its_place_is_not_restored()
    {
        await Make(Midnight);
        var set = Folder.Find(null);
        File.Delete(set.Base);
        Write(set.Base, "another");

        var restore = () => SqliteRestore.Run(set, null, Path.Combine(_folder.FullName, "restored"));
        var problem = await Assert.ThrowsAsync<Problem>(restore);

        Assert.Contains("another file than was written", problem.Message);
        await Assert.ThrowsAsync<Problem>(set.Verify);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> Make(DateTimeOffset at, DateTimeOffset? through = null, long incarnation = 1)
    {
        var set = Folder.Begin(at);
        Write(set.Base, "base");
        if (through is { } last)
        {
            await Changes(set, 1, last, isWhole: true);
        }

        var manifest = new BackupManifest
        {
            Store = "sqlite",
            Version = "1",
            StoreVersion = "3",
            ClusterId = _cluster,
            Incarnation = incarnation,
            Fence = 0,
            StartedAt = at,
            CompleteAt = at,
            BaseBytes = 0,
            BaseSha256 = "",
            KeyId = "",
        };
        await set.Finish(manifest);
        return set.Name;
    }

    private void Write(string path, string text)
    {
        using var writer = new SealedWriter(path, _key);
        writer.Write(System.Text.Encoding.UTF8.GetBytes(text));
        writer.Finish();
    }

    private Task Changes(BackupSet set, int number, DateTimeOffset at, bool isWhole)
    {
        using var writer = new SealedWriter(set.ChangesPath(number), _key);
        writer.Write(new PageBatch(at, 0, 0, []).Write());
        writer.EndBatch();
        if (isWhole)
        {
            writer.Finish();
        }

        return Task.CompletedTask;
    }
}
