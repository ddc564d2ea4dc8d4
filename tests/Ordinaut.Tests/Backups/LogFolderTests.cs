using Ordinaut.Backups;
using Ordinaut.Secrets;

namespace Ordinaut.Tests.Backups;

/// <summary>PostgreSQL's log in a backup: nothing is missing in it unnoticed.</summary>
public sealed class LogFolderTests : IDisposable
{
    private const int FileBytes = 1 << 16;

    private static readonly DateTimeOffset Noon = new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly LogPlace First = new("000000010000000000000002", FileBytes);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-log-");
    private readonly SecretKey _key = SecretKey.Make();

    private BackupFolder Home => new(Path.Combine(_folder.FullName, "backups"), [_key]);
    private LogFolder Log => Home.Log(0);
    private string Spool => LogSpool.PathOf(Path.Combine(_folder.FullName, "spool"), Log);
    private string Target => Path.Combine(_folder.FullName, "target");

    [Fact]
    public void What_was_spooled_is_written_in_clear()
    {
        Save(null, (2, true), (3, false));
        Save(Noon, (3, false));

        Log.Open(First, null, Target);

        Assert.Equal(["000000010000000000000002", "000000010000000000000003"], Names(Target));
        Assert.Equal(Enumerable.Repeat((byte)3, FileBytes), File.ReadAllBytes(Path.Combine(Target, First.NameAt(3))));
        Assert.Equal(Noon, Log.Through(First));
        Assert.True(Log.Verify(First) > 0);
    }

    [Fact]
    public void The_first_that_is_missing_is_named()
    {
        Save(Noon, (2, true), (3, false));
        Save(Noon.AddHours(1), (3, true), (4, true), (5, false));
        foreach (var part in Log.Files().Where(file => file.Contains(First.NameAt(4), StringComparison.Ordinal)))
        {
            File.Delete(part);
        }

        var problem = Assert.Throws<Problem>(() => Log.Open(First, null, Target));

        Assert.Contains($"'{First.NameAt(4)}'", problem.Message);
        Assert.Contains(Instants.Format(Noon), problem.Message);
        Assert.Throws<Problem>(() => Log.Verify(First));
        // What is before the gap is there.
        Assert.Equal(Noon, Log.Through(First));
        Log.Open(First, Noon, Target);
        Assert.Equal(2, Names(Target).Count);
    }

    [Fact]
    public void One_that_breaks_off_before_others_is_missing()
    {
        Save(Noon, (2, false));
        Save(Noon, (3, false));

        var problem = Assert.Throws<Problem>(() => Log.Verify(First));

        Assert.Contains($"'{First.Name}'", problem.Message);
    }

    [Fact]
    public void A_damaged_part_does_no_harm_where_another_follows()
    {
        Save(null, (2, false));
        var damaged = Assert.Single(Log.Files());
        var bytes = File.ReadAllBytes(damaged);
        bytes[^1] ^= 1;
        File.WriteAllBytes(damaged, bytes);

        Assert.Throws<Problem>(() => Log.Verify(First));
        Save(Noon, (2, true), (3, false));

        Log.Open(First, null, Target);
        Assert.Equal(2, Log.Files().Count(file => file.Contains(First.Name, StringComparison.Ordinal)));
        Assert.Equal(FileBytes, new FileInfo(Path.Combine(Target, First.Name)).Length);
    }

    [Fact]
    public void Places_count_on_over_the_end_of_a_high_half()
    {
        var last = new LogPlace("0000000100000000" + $"{(1L << 32) / FileBytes - 1:X8}", FileBytes);

        Assert.Equal("000000010000000100000000", last.NameAt(last.Number + 1));
        Assert.Equal(last.Number + 1, last.NumberOf("000000020000000100000000"));
        Assert.Null(last.NumberOf("00000002.history"));
    }

    [Fact]
    public void What_comes_before_the_first_that_is_needed_goes()
    {
        Save(Noon, (1, true), (2, true), (3, false));

        Log.Prune(First);

        Assert.DoesNotContain(Log.Files(), file => file.Contains(First.NameAt(1), StringComparison.Ordinal));
        Assert.True(Log.Verify(First) > 0);
    }

    /// <summary>The part after it would come before it, and be written over by what is older.</summary>
    [Fact]
    public void A_part_comes_behind_those_that_are_there_though_the_first_is_gone()
    {
        Save(null, (2, false));
        Save(null, (2, false));
        File.Delete(Log.PathOf(First.Name, 1));

        Save(Noon, (2, true), (3, false));

        Assert.True(File.Exists(Log.PathOf(First.Name, 3)));
        Assert.False(File.Exists(Log.PathOf(First.Name, 1)));
    }

    /// <summary>Under the key before nothing is begun; what was ends under it, or begins anew if it is gone.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_key_comes_with_the_next_file(bool staysBeside)
    {
        var next = SecretKey.Make();
        using var spool = new LogSpool(Path.Combine(_folder.FullName, "spool"), Log);
        Fill((2, false));
        spool.Save(Home, null);
        var keys = Home with { Keys = staysBeside ? [next, _key] : [next] };

        spool.Save(keys, null);
        Fill((2, true), (3, false));
        spool.Save(keys, Noon);

        string[] under = staysBeside ? [_key.Id, next.Id] : [_key.Id, next.Id, next.Id];
        Assert.Equal(under, Log.Files().Select(SealedFile.KeyIdAt));
        Assert.True((Log with { Keys = keys.Keys }).Verify(First) > 0);
        Assert.Equal(Noon, (Log with { Keys = [next] }).Through(First with { Name = First.NameAt(3) }));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>As a process finds it that begins anew: files by their number, and whether they are whole.</summary>
    private void Save(DateTimeOffset? through, params (int Number, bool IsWhole)[] files)
    {
        Fill(files);
        using var spool = new LogSpool(Path.Combine(_folder.FullName, "spool"), Log);
        spool.Save(Home, through);
    }

    private void Fill(params (int Number, bool IsWhole)[] files)
    {
        Directory.CreateDirectory(Spool);
        foreach (var old in Directory.GetFiles(Spool))
        {
            File.Delete(old);
        }

        foreach (var (number, isWhole) in files)
        {
            var name = First.NameAt(number) + (isWhole ? "" : LogSpool.Partial);
            File.WriteAllBytes(Path.Combine(Spool, name), [.. Enumerable.Repeat((byte)number, FileBytes)]);
        }
    }

    private static List<string> Names(string folder) =>
        [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
}
