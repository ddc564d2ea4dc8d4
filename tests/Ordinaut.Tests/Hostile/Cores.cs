using System.Diagnostics;
using System.Globalization;

namespace Ordinaut.Tests.Hostile;

/// <summary>
/// The machine's processors, dealt out: the first is the server's alone, and this process, with all clients in it, has
/// the others. What the attacker's client takes from the other's is then felt by <see cref="Pulse"/>, and what the
/// server works for the attacker is not. On a machine with one processor all share it.
/// </summary>
internal sealed class Cores : IDisposable
{
    private static readonly List<int> All = Allowed();

    public Cores() => Pin(All.Count > 1 ? All[1..] : All);

    /// <summary>What starts the server on its own.</summary>
    public static IReadOnlyList<string> Server => ["taskset", "-c", Text(All[..1])];

    public void Dispose() => Pin(All);

    private static void Pin(List<int> cores)
    {
        var start = new ProcessStartInfo("taskset", $"-a -p -c {Text(cores)} {Environment.ProcessId}")
        {
            RedirectStandardOutput = true,
        };
        using var pinned = Process.Start(start)!;
        pinned.StandardOutput.ReadToEnd();
        pinned.WaitForExit();
        Assert.Equal(0, pinned.ExitCode);
    }

    private static string Text(List<int> cores) => string.Join(',', cores);

    /// <summary>As the kernel lists them: "0-3,6".</summary>
    private static List<int> Allowed()
    {
        const string Name = "Cpus_allowed_list:";
        var line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(Name, StringComparison.Ordinal));
        return [.. line[Name.Length..].Trim().Split(',').SelectMany(Range)];
    }

    private static IEnumerable<int> Range(string range)
    {
        var ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToList();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    }
}
