using System.Diagnostics;
using Ordinaut.Backups;
using Ordinaut.Cli;
using Ordinaut.Hosting;
using Ordinaut.Secrets;
using Ordinaut.Store;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Backups;

/// <summary>The key of backups is changed; whatever breaks it off, something can be restored at every moment.</summary>
public sealed class RekeyingStories : IAsyncLifetime
{
    private readonly Disaster _disaster = new();
    private OrdinautOptions _options = new();
    private string _copy = "";
    private string _first = "";

    /// <summary>A database, and two backups of it that are copied elsewhere; no server.</summary>
    public async ValueTask InitializeAsync()
    {
        await using (var app = await OrdinautApp.Start(folder: _disaster.Data))
        {
            await BackupStories.Write(await app.AsAdmin(), 20);
            _options = _disaster.Options(app.Options);
        }

        await BackupDesk.Make(_options);
        await BackupDesk.Make(_options);
        _copy = _disaster.Folder("elsewhere");
        Disaster.CopyAll(_disaster.Backups, _copy);
        _first = _disaster.Keys()[0].Id;
    }

    public ValueTask DisposeAsync() => _disaster.DisposeAsync();

    [Theory]
    [InlineData(1, 2, 2)]
    [InlineData(2, 2, 3)]
    [InlineData(3, 1, 3)]
    public async Task Broken_off_after_a_step_it_is_whole_and_is_done_again(int steps, int keys, int backups)
    {
        var told = 0;
        void BreakOff(string step)
        {
            if (++told == steps)
            {
                throw new BrokenOff();
            }
        }

        await Assert.ThrowsAsync<BrokenOff>(() => new Rekeying(_options, BreakOff).Run(shreds: true));
        await RequireWhole();
        Assert.Equal((keys, backups), (_disaster.Keys().Count, Directory.GetDirectories(_disaster.Backups).Length));

        var made = await Shred();

        RequireShredded(made);
        Assert.Equal(backups, made.Backups);
    }

    /// <summary>As above, and of one backup only the base was left.</summary>
    [Fact]
    public async Task What_was_half_removed_is_removed()
    {
        await new Rekeying(_options, _ => { }).Run(shreds: false);
        var folder = BackupSettings.FolderOf(_options);
        File.Delete(Path.Combine(folder.Whole()[1].Folder, BackupManifest.FileName));
        new KeyFile(_disaster.KeyFile, isOurs: false).Retire(new HashSet<string>());

        RequireShredded(await Shred());
    }

    /// <summary>With nobody to clean up behind it.</summary>
    [Fact]
    public async Task Killed_it_leaves_what_can_be_restored_from()
    {
        for (var line = 1; line <= 3; line++)
        {
            using var process = Process.Start(Verb("shred", "--yes"))!;
            for (var heard = 0; heard < line; heard++)
            {
                Assert.NotNull(await process.StandardError.ReadLineAsync());
            }

            process.Kill();
            await process.WaitForExitAsync();
            await RequireWhole();
        }

        RequireShredded(await Shred());
    }

    [Fact]
    public async Task A_changed_key_opens_what_is_new_and_the_one_before_what_is_not()
    {
        var made = await new Rekeying(_options, _ => { }).Run(shreds: false);

        Assert.Equal([made.KeyId, _first], _disaster.Keys().Select(key => key.Id));
        Assert.Empty(made.Gone);
        Assert.Equal(3, BackupDesk.List(_options).Count);
        Assert.Equal(made.KeyId, BackupDesk.List(_options)[0].KeyId);
        Assert.Equal(made.Backup, BackupDesk.List(_options)[0].Name);
    }

    [Fact]
    public async Task A_key_that_opens_nothing_any_more_leaves_with_the_next_change()
    {
        var second = await new Rekeying(_options, _ => { }).Run(shreds: false);
        BackupSettings.FolderOf(_options).Whole().Skip(1).ToList().ForEach(set => set.Remove());

        var third = await new Rekeying(_options, _ => { }).Run(shreds: false);

        Assert.Equal([third.KeyId, second.KeyId], _disaster.Keys().Select(key => key.Id));
    }

    /// <summary>The limit of keys at once.</summary>
    [Fact]
    public async Task With_eight_keys_in_use_no_ninth_comes_but_to_shred()
    {
        while (_disaster.Keys().Count < KeyRing.MaxKeys)
        {
            await new Rekeying(_options, _ => { }).Run(shreds: false);
        }

        var problem = await Refused(ProblemKind.Conflict, () => new Rekeying(_options, _ => { }).Run(shreds: false));

        Assert.Contains("8 keys are in use", problem.Message);
        var made = await Shred();
        RequireShredded(made);
        Assert.Equal(9, made.Backups);
    }

    [Fact]
    public async Task It_is_on_record()
    {
        var made = await Shred();

        await using var app = await OrdinautApp.Start(folder: _disaster.Data);
        var page = await (await app.AsAdmin()).Get<Sdk.Wire.Page<Sdk.Wire.AuditView>>("/audit?action=backup.shredded");
        var line = Assert.Single(page.Items);
        Assert.Equal(made.Backup, line.SubjectId);
        Assert.Equal(_first, line.Detail!.Value.GetProperty("keys_gone")[0].GetString());
        Assert.Equal(2, line.Detail.Value.GetProperty("backups_removed").GetInt32());
    }

    [Fact]
    public async Task What_says_that_it_is_of_another_cluster_is_left()
    {
        var other = Directory.CreateDirectory(Path.Combine(_disaster.Backups, "20200101T000000.000Z")).FullName;
        var key = SecretKey.Make();
        using (var writer = new SealedWriter(Path.Combine(other, "base.sealed"), key))
        {
            writer.Finish();
        }

        var manifest = BackupSettings.FolderOf(_options).Whole()[0].Manifest with { ClusterId = Guid.NewGuid() };
        await File.WriteAllTextAsync(Path.Combine(other, BackupManifest.FileName), manifest.Sign(key));

        Assert.Equal(2, (await Shred()).Backups);

        Assert.Equal(2, Directory.GetDirectories(_disaster.Backups).Length);
        Assert.True(Directory.Exists(other));
    }

    [Fact]
    public async Task A_key_that_is_given_in_a_setting_is_the_operators_to_change()
    {
        var given = _options with { BackupKey = _disaster.Keys()[0].Write(), BackupKeyFile = "" };

        var problem = await Refused(ProblemKind.Conflict, () => new Rekeying(given, _ => { }).Run(shreds: true));

        Assert.Contains("backup_key_file", problem.Message);
        await RequireWhole();
    }

    /// <summary>The limit of patience; both keys stay.</summary>
    [Fact]
    public async Task A_server_that_does_not_go_over_is_not_waited_for_for_ever()
    {
        using var server = BackupSettings.FolderOf(_options).TryHold();
        var rekeying = new Rekeying(_options, _ => { }) { Patience = TimeSpan.FromMilliseconds(500) };

        var problem = await Refused(ProblemKind.Unavailable, () => rekeying.Run(shreds: true));

        Assert.Contains("begins no base under the new key", problem.Message);
        Assert.Equal(_first, _disaster.Keys()[1].Id);
        await RequireWhole();
    }

    [Fact]
    public async Task It_wants_a_yes_from_somebody()
    {
        var nobody = Verb("shred");
        nobody.RedirectStandardInput = true;
        using var process = Process.Start(nobody)!;
        process.StandardInput.Close();
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(Output.Misuse, process.ExitCode);
        Assert.Contains("say --yes", said);
        Assert.Equal(Output.Failure, AtTerminal("n"));
        Assert.Single(_disaster.Keys());
        Assert.Equal(_first, _disaster.Keys()[0].Id);
        Assert.Equal(Output.Success, AtTerminal("y"));
        Assert.NotEqual(_first, Assert.Single(_disaster.Keys()).Id);
    }

    private int AtTerminal(string answer)
    {
        var verb = Verb("shred");
        var line = string.Join(' ', verb.ArgumentList.Prepend(verb.FileName).Select(word => $"'{word}'"));
        var terminal = new ProcessStartInfo(Debian.Program("script", "bsdutils"), ["-qec", line, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(terminal)!;
        process.StandardInput.WriteLine(answer);
        var shown = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Contains("Go on? [y/N]", shown);
        return process.ExitCode;
    }

    private ProcessStartInfo Verb(params string[] words)
    {
        string[] where =
        [
            "--data",
            _options.Data,
            "--folder",
            _options.BackupFolder,
            "--key-file",
            _options.BackupKeyFile,
        ];
        var program = Path.Combine(AppContext.BaseDirectory, "ordinaut.dll");
        return new ProcessStartInfo("dotnet", [program, "backup", .. words, .. where])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private Task<Rekeyed> Shred() => new Rekeying(_options, _ => { }).Run(shreds: true);

    /// <summary>Something can be restored by the keys that are in the file.</summary>
    private async Task RequireWhole()
    {
        await BackupDesk.Verify(_options, null);
        var copy = _options with { Data = _disaster.Folder($"restored-{Guid.NewGuid()}") };
        await BackupDesk.Restore(copy, new RestoreWish());
        using var db = await Db.Open(Path.Combine(copy.Data, copy.DatabaseName), TimeProvider.System);
        Assert.Equal(20, (await db.Read(DrillStore.Count))["task"]);
    }

    /// <summary>One key, one backup, which it opens; and the copy of those before opens to nobody.</summary>
    private void RequireShredded(Rekeyed made)
    {
        Assert.Equal(made.KeyId, Assert.Single(_disaster.Keys()).Id);
        Assert.NotEqual(_first, made.KeyId);
        var left = Path.Combine(_disaster.Backups, made.Backup);
        Assert.Equal([left], Directory.GetDirectories(_disaster.Backups));
        Assert.Equal(2, Shards.Opening(left, _disaster.Keys()).Count);
        Assert.Empty(Shards.Opening(_copy, _disaster.Keys()));
        Assert.Empty(made.Faults);
    }

    private sealed class BrokenOff : Exception;
}
