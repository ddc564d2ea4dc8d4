using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 8, bodies: whoever sends more than is taken is told so at once, and costs no memory: it is not read.
/// </summary>
public sealed class BodyFigure(ITestOutputHelper output)
{
    private const long Mebibyte = 1 << 20;
    private const double MostMilliseconds = 100;
    private const long MostGrowth = 8 * Mebibyte;

    private const int First = 20;

    private static int Rounds => Campaign.Rounds(20, 200);

    [Theory]
    [InlineData(10 * Mebibyte, true)]
    [InlineData(10 * Mebibyte, false)]
    [InlineData(1024 * Mebibyte, true)]
    [InlineData(1024 * Mebibyte, false)]
    public async Task A_body_that_is_too_large_is_refused_at_once(long bytes, bool saysLength)
    {
        using var turn = await Campaign.Turn();
        await using var fleet = new Fleet();
        var node = await fleet.Add("all");
        var (growth, times) = await Send(node, fleet, "/tasks", bytes, saysLength, 413);

        var kind = saysLength ? "announced" : "in chunks";
        Campaign.Print(
            output,
            $"Figure 8, {bytes / Mebibyte} MiB {kind}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Rounds} times 413 after p50 {Campaign.Percentile(times, 50):F1} ms, max {times.Max():F1} ms, "
                    + $"resident memory at most +{growth / (double)Mebibyte:F1} MiB"
            )
        );
        // A machine that is busy with other tests may look away for a moment.
        var slow = Campaign.IsLong ? times.Max() : Campaign.Percentile(times, 50);
        Assert.InRange(slow, 0, MostMilliseconds);
        Assert.InRange(growth, long.MinValue, MostGrowth);
    }

    /// <summary>What turns the figure red: an endpoint that reads as much.</summary>
    [Fact]
    public async Task A_body_that_is_read_would_be_noticed()
    {
        await using var fleet = new Fleet();
        var node = await fleet.Add("all");

        var (growth, _) = await Send(node, fleet, "/tasks:bulk", 15 * Mebibyte, true, 400, first: 0);

        Assert.True(growth > MostGrowth, $"Only {growth} bytes more.");
    }

    /// <summary>The most by which one request makes the process larger, and how long each takes.</summary>
    private static async Task<(long Growth, List<double> Milliseconds)> Send(
        NodeProcess node,
        Fleet fleet,
        string path,
        long bytes,
        bool saysLength,
        int status,
        int first = First
    )
    {
        // Some before, for what every process comes to need of itself.
        var head = await Head(fleet, node, path, saysLength ? bytes : null);
        for (var i = 0; i < first; i++)
        {
            await Once(node.Address!, head, bytes, saysLength, status);
        }

        var (growth, times) = (0L, new List<double>());
        for (var i = 0; i < Rounds; i++)
        {
            await File.WriteAllTextAsync($"/proc/{node.Id}/clear_refs", "5");
            var before = Resident(node, "VmRSS");
            times.Add(await Once(node.Address!, head, bytes, saysLength, status));
            growth = Math.Max(growth, Resident(node, "VmHWM") - before);
        }

        return (growth, times);
    }

    /// <summary>Sends until there is an answer, and no further.</summary>
    private static async Task<double> Once(Uri address, byte[] head, long bytes, bool saysLength, int status)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        var began = TimeProvider.System.GetTimestamp();
        await stream.WriteAsync(head);
        var answer = Answer(stream);
        await Fill(stream, bytes, saysLength, answer);
        Assert.Equal(status, await answer.WaitAsync(OrdinautApp.Patience));
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }

    private static async Task Fill(NetworkStream stream, long bytes, bool saysLength, Task answer)
    {
        var piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)' ');
        var chunk = saysLength ? piece : (byte[])[.. "10000\r\n"u8, .. piece, .. "\r\n"u8];
        try
        {
            for (var sent = 0L; sent < bytes && !answer.IsCompleted; sent += piece.Length)
            {
                await stream.WriteAsync(chunk);
            }
        }
        catch (IOException)
        {
            // It has hung up; what it said before is still to be read.
        }
    }

    private static async Task<int> Answer(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var line = await reader.ReadLineAsync();
        return int.Parse(line!.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static async Task<byte[]> Head(Fleet fleet, NodeProcess node, string path, long? length)
    {
        var token = await fleet.Traffic.SignIn(node.Address!);
        var size = length is null ? "Transfer-Encoding: chunked" : $"Content-Length: {length}";
        return Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {node.Address!.Authority}\r\nAuthorization: Bearer {token}\r\n"
                + $"Content-Type: application/json\r\n{size}\r\n\r\n"
        );
    }

    private static long Resident(NodeProcess node, string field)
    {
        var line = File.ReadLines($"/proc/{node.Id}/status").Single(one => one.StartsWith(field + ":"));
        return long.Parse(line.Split(':')[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
    }
}
