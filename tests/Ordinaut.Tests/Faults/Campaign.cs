using System.Globalization;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// How long a figure of the fault campaign is: its short form runs with every check, its long form before a release
/// (<c>./check --campaign</c>). What a figure prints is made here, so that no number comes without its circumstances.
/// </summary>
internal static class Campaign
{
    private static readonly SemaphoreSlim Turns = new(IsLong ? 1 : 2);

    public static bool IsLong => Environment.GetEnvironmentVariable("ORDINAUT_CAMPAIGN") == "1";

    /// <summary>The seed of every random choice; another one by <c>ORDINAUT_SEED</c>.</summary>
    public static int Seed => Number("ORDINAUT_SEED", 20270104);

    /// <summary>How often the fault strikes.</summary>
    public static int Rounds(int inShort, int inLong) => Number("ORDINAUT_ROUNDS", IsLong ? inLong : inShort);

    public static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;

    /// <summary>
    /// Held by a figure while it runs. Short forms mostly wait, so two run at once; a long form has the machine to
    /// itself, for it tells of times.
    /// </summary>
    public static async Task<IDisposable> Turn()
    {
        await Turns.WaitAsync();
        return new Held();
    }

    /// <summary>A figure with its N, its machine and its seed.</summary>
    public static void Print(ITestOutputHelper output, string figure, string result)
    {
        var form = IsLong ? "long form" : "short form";
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        var machine = $"{Environment.ProcessorCount} cores, {memory} GiB, {Environment.OSVersion.VersionString}";
        output.WriteLine($"{figure} ({form}; {machine}; seed {Seed}): {result}");
    }

    /// <summary>Waits until something is so; fails with what it was about when it does not come.</summary>
    public static async Task Until(string what, TimeSpan patience, Func<Task<bool>> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < patience, $"Not within {patience}: {what}");
            await Task.Delay(50);
        }
    }

    public static Task Until(string what, TimeSpan patience, Func<bool> isSo) =>
        Until(what, patience, () => Task.FromResult(isSo()));

    /// <summary>The value that so many percent of the values do not exceed.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[(int)Math.Ceiling(sorted.Length * percent / 100) - 1];
    }

    public static string Spread(IReadOnlyCollection<double> seconds) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {Percentile(seconds, 50):F3} s, p90 {Percentile(seconds, 90):F3} s, "
                + $"p99 {Percentile(seconds, 99):F3} s, max {Percentile(seconds, 100):F3} s"
        );

    private sealed class Held : IDisposable
    {
        public void Dispose() => Turns.Release();
    }
}
