using System.Diagnostics;

namespace Ordinaut.Tests.Web;

/// <summary>The pure parts of the UI, run where the machine has a JavaScript engine (Node.js 20 or later).</summary>
public sealed class EngineTests
{
    [Fact]
    public async Task The_pure_parts_do_what_their_tables_say()
    {
        var engine = Find("node");
        Assert.SkipWhen(engine is null, "There is no 'node' on this machine's PATH.");
        var table = Path.Combine(Tidy.Repository.Root, "tests", "Ordinaut.Tests", "Web", "tables.mjs");
        var start = new ProcessStartInfo(engine, table) { RedirectStandardError = true, RedirectStandardOutput = true };

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var faults = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, faults + await output);
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
