using System.Diagnostics;

namespace Ordinaut.Mutation;

/// <summary>Runs a program to its end, or ends it with all that it started.</summary>
internal static class Shell
{
    /// <summary>What it printed and its exit code; null when it took longer than the limit.</summary>
    public static async Task<(int Code, string Output)?> Run(ProcessStartInfo program, TimeSpan limit)
    {
        program.RedirectStandardOutput = true;
        program.RedirectStandardError = true;
        using var process = Process.Start(program)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timer = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            return null;
        }

        return (process.ExitCode, await output + await errors);
    }
}
