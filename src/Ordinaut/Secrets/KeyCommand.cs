using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Ordinaut.Secrets;

/// <summary>
/// A program that prints the keys, such as one that has a key management service decrypt them. It is started once,
/// without a shell, and what it says goes nowhere but into memory: no log, no message.
/// </summary>
/// <param name="words">Its absolute path, and its arguments.</param>
/// <param name="isHidden">The variables of this process that are not its business.</param>
internal sealed class KeyCommand(IReadOnlyList<string> words, Func<string, bool> isHidden, TimeProvider clock)
{
    /// <summary>How much it may print; 4 KiB, and all keys that a ring holds are a tenth of that.</summary>
    public const int MaxBytes = 4_096;

    /// <summary>How long it may take; 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The keys as they were printed.</summary>
    /// <exception cref="Problem">It did not end in time, or well, or printed something else.</exception>
    public async Task<string> Ask()
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var process = Start();
        try
        {
            // Read to its end and forgotten: one that complains at length would stand still, and might name the key.
            var complaints = process.StandardError.BaseStream.CopyToAsync(Stream.Null, patience.Token);
            var printed = await Read(process.StandardOutput.BaseStream, patience.Token);
            await process.WaitForExitAsync(patience.Token);
            await complaints;
            return process.ExitCode != 0 ? throw Failed($"ended with code {process.ExitCode}")
                : SecretKey.ParseAll(printed) is { Count: > 0 } ? printed
                : throw Failed($"printed something else than keys, each the base64 of {SecretKey.Length} bytes");
        }
        catch (OperationCanceledException)
        {
            throw Failed($"did not end within {Patience.TotalSeconds:0.###} s");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(isHidden).ToList())
        {
            start.Environment.Remove(name);
        }

        try
        {
            var process = Process.Start(start)!;
            // Nobody answers a question that it asks.
            process.StandardInput.Close();
            return process;
        }
        catch (Exception failure) when (failure is Win32Exception or IOException)
        {
            throw Failed("cannot be started");
        }
    }

    private async Task<string> Read(Stream output, CancellationToken ct)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = await output.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length <= MaxBytes
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw Failed($"printed more than {MaxBytes} bytes");
    }

    private Problem Failed(string how) =>
        new(
            ProblemKind.Unavailable,
            $"The program '{words[0]}' of secrets_key_command {how}; start it by hand to see why. It must print the "
                + "keys and nothing else, and end with code 0."
        );
}
