using System.Diagnostics;

namespace Ordinaut.Backups;

/// <summary>
/// PostgreSQL's own programs, which do what Ordinaut does not do again: copy a server, follow its log, recover.
/// </summary>
/// <param name="Folder">Where they are; null: on the PATH.</param>
/// <param name="Account">
/// The account that a server runs under, where this process is root, which PostgreSQL refuses; null: its own.
/// </param>
internal sealed record PostgresPrograms(string? Folder, string? Account)
{
    /// <summary>How many of a program's last words are kept.</summary>
    private const int LastWords = 2_000;

    // Our end of the pipe is closed with this process, also when it is killed.
    private const string UntilInputEnds =
        """exec 3<&0; "$@" </dev/null & child=$!; (read -r _ <&3; kill $child) >/dev/null 2>&1 & wait $child""";

    /// <summary>For programs that only reach a server.</summary>
    public PostgresPrograms AsUs => this with { Account = null };

    /// <param name="environment">How to reach the server; nothing of it is in arguments, which others can see.</param>
    /// <exception cref="Problem">There is no such program.</exception>
    public Process Start(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var path = Folder is null ? program : Path.Combine(Folder, program);
        var start = Account is null
            ? new ProcessStartInfo(path, arguments)
            : new ProcessStartInfo(
                "setpriv",
                ["--reuid", Account, "--regid", Account, "--init-groups", path, .. arguments]
            );
        var process = Start(start, path, environment);
        process.StandardInput.Close();
        return process;
    }

    private Process Start(ProcessStartInfo start, string path, IReadOnlyDictionary<string, string> environment)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        start.WorkingDirectory = "/";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            var where = Folder is null ? "on the PATH" : $"in '{Folder}'";
            throw new Problem(
                ProblemKind.Unavailable,
                $"PostgreSQL's program '{Path.GetFileName(path)}' is not {where}; install it in the server's "
                    + "version, or name its folder in backup_programs."
            );
        }
    }

    /// <summary>Starts one that goes on for as long as this process does, however that ends.</summary>
    public Process Follow(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var path = Folder is null ? program : Path.Combine(Folder, program);
        return Start(new ProcessStartInfo("sh", ["-c", UntilInputEnds, "sh", path, .. arguments]), path, environment);
    }

    /// <summary>Runs one to its end; what it said on standard error.</summary>
    /// <exception cref="Problem">It failed.</exception>
    public async Task<string> Run(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Func<Stream, Task>? read = null,
        CancellationToken ct = default
    )
    {
        using var process = Start(program, arguments, environment);
        // Its output then ends.
        await using var end = ct.Register(() => process.Kill());
        try
        {
            var words = process.StandardError.ReadToEndAsync(CancellationToken.None);
            await (read ?? (output => output.CopyToAsync(Stream.Null)))(process.StandardOutput.BaseStream);
            var said = await words;
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode == 0 ? said : throw Failed(program, said);
        }
        finally
        {
            // Where nobody reads what it writes any more, it would wait for ever.
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public static Problem Failed(string program, string said) =>
        new(ProblemKind.Unavailable, $"{program} failed: {said[Math.Max(0, said.Length - LastWords)..].Trim()}");
}
