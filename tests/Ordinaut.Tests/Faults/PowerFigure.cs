using System.Text.Json.Nodes;
using Ordinaut.Store;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 8, power: a SQLite server is written to, and every write and sync of its files is noted. Whenever the power
/// had been cut, the files open, are whole, and hold all that was acknowledged before.
/// </summary>
public sealed class PowerFigure(ITestOutputHelper output)
{
    private const string SelectTasks = "select id from task";

    /// <summary>So much in each task that the log is moved into the database now and then.</summary>
    private const int TaskBytes = 60_000;

    private static int Points => Campaign.Rounds(40, 400);

    private static int Tasks => Campaign.IsLong ? 400 : 60;

    [Fact]
    public async Task Whenever_the_power_is_cut_what_was_acknowledged_is_there()
    {
        using var turn = await Campaign.Turn();
        if (await Record() is not { } noted)
        {
            Campaign.Print(output, "Figure 8, power", "not run: strace is not to be had");
            return;
        }

        var result = await Replay(noted, honoursSync: true);

        Campaign.Print(
            output,
            "Figure 8, power",
            $"{Points} cuts at {noted.Power.Calls} calls, {noted.Power.Checkpointed} of them of checkpoints; "
                + $"{noted.Acknowledged.Count} acknowledged: {result.Lost} lost, {result.Damaged} damaged"
        );
        Assert.Equal((0, 0), result);
        Assert.True(!Campaign.IsLong || noted.Power.Checkpointed > 0, "The log was never moved into the database.");
    }

    /// <summary>What turns the figure red: a disk that says it has synced and has not.</summary>
    [Fact]
    public async Task A_disk_that_lies_is_noticed()
    {
        if (await Record() is { } noted)
        {
            var (lost, damaged) = await Replay(noted, honoursSync: false);
            Assert.True(lost + damaged > 0, "Nothing rests on the syncs.");
        }
    }

    private static async Task<(int Lost, int Damaged)> Replay(Noted noted, bool honoursSync)
    {
        var random = new Random(Campaign.Seed);
        var cuts = Enumerable.Range(1, Points).Select(i => (int)((long)noted.Power.Calls * i / Points)).Distinct();
        var (lost, damaged) = (0, 0);
        var folder = Directory.CreateTempSubdirectory("ordinaut-power-");
        try
        {
            var file = Path.Combine(folder.FullName, "ordinaut.db");
            foreach (var (cut, database, log) in noted.Power.Cuts(noted.Before, cuts, random, honoursSync))
            {
                Array.ForEach(folder.GetFiles(), one => one.Delete());
                await File.WriteAllBytesAsync(file, database);
                await File.WriteAllBytesAsync(file + "-wal", log);
                var at = cut < noted.Power.Calls ? noted.Power.At(cut) : DateTimeOffset.MaxValue;
                var wanted = noted.Acknowledged.Where(one => one.At < at).Select(one => one.Id);
                if (await Held(file) is { } held)
                {
                    lost += wanted.Count(id => !held.Contains(id));
                }
                else
                {
                    damaged++;
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return (lost, damaged);
    }

    /// <summary>The tasks in it; null when the database is not whole.</summary>
    private static async Task<HashSet<Guid>?> Held(string file)
    {
        try
        {
            using var db = await Db.Open(file, TimeProvider.System);
            var verdict = await db.Read(session => session.First("pragma integrity_check", row => row.Text(0)));
            return verdict == "ok" ? [.. await db.Read(session => session.Query(SelectTasks, row => row.Id(0)))] : null;
        }
        catch (Exception failure) when (failure is Problem or SqliteFault)
        {
            return null;
        }
    }

    /// <summary>A server from its start to its sudden end; null where nobody can look at what it writes.</summary>
    private static async Task<Noted?> Record()
    {
        if (Debian.Find("strace") is not { } strace)
        {
            return null;
        }

        await using var fleet = new Fleet();
        var node = await fleet.Add("all");
        await node.Kill();
        var file = Path.Combine(node.Setup.Data, "ordinaut.db");
        var before = (await File.ReadAllBytesAsync(file), await LogOf(file));
        var log = Path.Combine(node.Setup.Data, "calls");
        node.Setup = node.Setup with { Under = LostPower.Tracing(strace, file, log) };
        await node.Start();
        var acknowledged = new List<(Guid, DateTimeOffset)>();
        for (var i = 0; i < Tasks; i++)
        {
            var body = Load.Idle();
            body["payload"]!["params"] = new JsonObject { ["ballast"] = new string('x', TaskBytes) };
            var made = await fleet.Traffic.Post("/tasks", body, CancellationToken.None);
            acknowledged.Add((made!["id"]!.GetValue<Guid>(), DateTimeOffset.UtcNow));
        }

        await node.Kill();
        var seen = -1L;
        await Campaign.Until(
            "the tracer has written all",
            TimeSpan.FromSeconds(10),
            () => seen == (seen = new FileInfo(log).Length)
        );
        return new Noted(LostPower.Read(log), before, acknowledged);
    }

    private static async Task<byte[]> LogOf(string file) =>
        File.Exists(file + "-wal") ? await File.ReadAllBytesAsync(file + "-wal") : [];

    private sealed record Noted(
        LostPower Power,
        (byte[] Database, byte[] Log) Before,
        IReadOnlyList<(Guid Id, DateTimeOffset At)> Acknowledged
    );
}
