using System.Diagnostics;

namespace Ordinaut.Tests;

/// <summary>Programs of Debian's packages, installed when they are not there.</summary>
internal static class Debian
{
    private static readonly Lock Installing = new();

    private static readonly string[] Folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];

    /// <summary>The full path of a program.</summary>
    /// <param name="package">The package that it comes with.</param>
    public static string Program(string name, string package) =>
        Find(package, name) ?? throw new InvalidOperationException($"Debian's package '{package}' is needed.");

    /// <summary>The same; null where it is not there and cannot be installed.</summary>
    public static string? Find(string package, string? program = null)
    {
        var name = program ?? package;
        lock (Installing)
        {
            if (There(name) is null && Environment.IsPrivilegedProcess)
            {
                Install(package);
            }
        }

        return There(name);
    }

    public static void Install(string package)
    {
        // The lists of packages of a fresh machine may be empty.
        if (!Apt("install", "-y", "--no-install-recommends", package))
        {
            Apt("update");
            Apt("install", "-y", "--no-install-recommends", package);
        }
    }

    /// <summary>Whether a program is there and does what it is told.</summary>
    public static bool Does(string program, params string[] arguments)
    {
        try
        {
            return Run(program, arguments).Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Runs a program to its end without input.</summary>
    public static Ended Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Ended(process.ExitCode, output + errors.Result);
    }

    // Others of this run install as well; and what is installed is not to be started.
    private static bool Apt(params string[] arguments) =>
        Does(
            "env",
            ["DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "-o", "DPkg::Lock::Timeout=300", .. arguments]
        );

    private static string? There(string name) =>
        Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <param name="Text">What it said on both its outputs.</param>
    public sealed record Ended(int Code, string Text);
}
