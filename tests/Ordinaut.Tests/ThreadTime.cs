using System.Globalization;

namespace Ordinaut.Tests;

/// <summary>
/// The time this thread has spent on a processor: what a bound on an input's cost is about. On a busy machine the
/// clock on the wall measures the neighbours too; it is the fallback where the system does not tell.
/// </summary>
internal static class ThreadTime
{
    /// <summary>Linux: nanoseconds on a processor first.</summary>
    private const string ThreadTimes = "/proc/thread-self/schedstat";

    public static double Milliseconds() =>
        File.Exists(ThreadTimes)
            ? double.Parse(File.ReadAllText(ThreadTimes).Split(' ')[0], CultureInfo.InvariantCulture) / 1e6
            : TimeProvider.System.GetElapsedTime(0).TotalMilliseconds;
}

/// <summary>For tests that look at time: they do not run beside others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
