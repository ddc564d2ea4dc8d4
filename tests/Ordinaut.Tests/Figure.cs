using System.Runtime.InteropServices;

namespace Ordinaut.Tests;

/// <summary>A figure is worth something only beside how much was tried, on what.</summary>
internal static class Figure
{
    /// <summary>Whether tests with a long form are to run it.</summary>
    public static bool IsCampaign => Environment.GetEnvironmentVariable("ORDINAUT_CAMPAIGN") == "1";

    public static string Machine =>
        $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.OSDescription}, "
        + $".NET {Environment.Version}";
}
