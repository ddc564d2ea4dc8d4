using System.Diagnostics;

namespace Ordinaut.Tests;

/// <summary>Programs of Debian's packages, installed when they are not there.</summary>
internal static class Debian
{
    private static readonly Lock Installing = new();

    private static readonly string[] Folders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>The full path of a program.</summary>
    /// <param name="package">The package that it comes with.</param>
    public static string Program(string name, string package)
    {
        lock (Installing)
        {
            if (Find(name) is null)
            {
                Install(package);
            }
        }

        return Find(name) ?? throw new InvalidOperationException($"Debian's package '{package}' is needed.");
    }

    public static void Install(string package)
    {
        // The lists of packages of a fresh machine may be empty.
        if (Apt("install", "-y", "--no-install-recommends", package) != 0)
        {
            Apt("update");
            Apt("install", "-y", "--no-install-recommends", package);
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

    private static int Apt(params string[] arguments)
    {
        // Others of this run install as well; and what is installed is not to be started.
        var start = new ProcessStartInfo("apt-get", ["-o", "DPkg::Lock::Timeout=300", .. arguments])
        {
            RedirectStandardOutput = true,
            Environment = { ["DEBIAN_FRONTEND"] = "noninteractive", ["RUNLEVEL"] = "1" },
        };
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private static string? Find(string name) =>
        Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <param name="Text">What it said on both its outputs.</param>
    public sealed record Ended(int Code, string Text);
}
