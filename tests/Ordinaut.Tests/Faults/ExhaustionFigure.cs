using System.Net;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 8, exhaustion: with its disk full a server refuses in words, keeps what it acknowledged, and serves again
/// within ten seconds of room, without anybody's help.
/// </summary>
public sealed class ExhaustionFigure(ITestOutputHelper output)
{
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task The_disk_of_a_SQLite_server_is_full()
    {
        using var turn = await Campaign.Turn();
        using var disk = SmallDisk.TryMount();
        await using var fleet = new Fleet();
        var node = fleet.Make("all");
        // The stand-in sends a signal with each refused write; a signal that is ignored stays so in the program.
        string[] deaf = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];
        node.Setup = disk is null
            ? node.Setup with
            {
                Under = deaf,
            }
            : node.Setup with
            {
                Data = Path.Combine(disk.Path, "node0"),
            };
        await node.Start();

        var result = await Exhaust(
            fleet,
            () => SetFull(true),
            () => SetFull(false),
            disk is null ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.InsufficientStorage
        );

        var how = disk is null ? "files that may not grow (no right to mount)" : "a full tmpfs";
        Campaign.Print(output, "Figure 8, disk full, SQLite", $"{how}: {result}");

        Task SetFull(bool isFull)
        {
            if (disk is null)
            {
                SmallDisk.Limit(node, isFull);
            }
            else
            {
                disk.Set(isFull);
            }

            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData(true, "data")]
    [InlineData(false, "data and log")]
    public async Task The_disk_of_a_PostgreSQL_server_is_full(bool logApart, string full)
    {
        using var turn = await Campaign.Turn();
        using var disk = SmallDisk.TryMount();
        if (disk is null || !logApart && !Campaign.IsLong)
        {
            var why = disk is null ? "it takes the right to mount" : "only in the long form";
            Campaign.Print(output, $"Figure 8, disk full, PostgreSQL, {full}", $"not run: {why}");
            return;
        }

        await using var server = await OwnPostgres.Start(Path.Combine(disk.Path, "data"), logApart);
        await using var fleet = new Fleet(server.Address(await server.NewDatabase()));
        await fleet.Add("all");

        var result = await Exhaust(
            fleet,
            () => Fill(disk, server, logApart),
            async () =>
            {
                disk.Set(isFull: false);
                // A server whose log cannot be written ends itself.
                await server.Revive();
            },
            logApart ? HttpStatusCode.InsufficientStorage : HttpStatusCode.ServiceUnavailable
        );

        Campaign.Print(output, $"Figure 8, disk full, PostgreSQL, {full}", result);
    }

    private static async Task Fill(SmallDisk disk, OwnPostgres server, bool logApart)
    {
        disk.Set(isFull: true);
        if (!logApart)
        {
            // The log's file has room left; the next one does not.
            await server.SwitchLog();
        }
    }

    private static async Task<string> Exhaust(Fleet fleet, Func<Task> fill, Func<Task> free, HttpStatusCode refused)
    {
        await using var outage = await Outage.Begin(fleet);
        var node = fleet.Nodes[0];
        var rounds = Campaign.Rounds(1, 10);
        for (var round = 0; round < rounds; round++)
        {
            await Task.Delay(500);
            await fill();
            await Campaign.Until(
                $"a write is answered {(int)refused}",
                TimeSpan.FromSeconds(30),
                async () => await outage.Status(node) == refused
            );
            await Task.Delay(500);
            await free();
            await Campaign.Until("a write is taken", BackWithin, async () => (int)await outage.Status(node) == 201);
            await outage.FiresAgain(BackWithin);
        }

        await outage.End();
        var back = BackWithin.TotalSeconds;
        return $"{rounds} times, answered {(int)refused}, served again within {back} s; {outage.Result}";
    }
}
