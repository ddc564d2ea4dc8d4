using System.Diagnostics;
using Ordinaut.Tests.Redis;

[assembly: AssemblyFixture(typeof(Ordinaut.Tests.Faults.FaultBench))]

namespace Ordinaut.Tests.Faults;

/// <summary>The servers that the fault tests share; each is started by the first who asks.</summary>
public sealed class FaultBench : IAsyncDisposable
{
    private readonly Lazy<Task<OwnPostgres>> _postgres = new(() => OwnPostgres.Start());
    private readonly Lazy<Task<RedisServer>> _redis = new(RedisServer.Start);

    internal Task<OwnPostgres> Postgres => _postgres.Value;

    internal Task<RedisServer> Redis => _redis.Value;

    /// <summary>The address of a new database.</summary>
    internal async Task<string> NewDatabase()
    {
        var server = await Postgres;
        return server.Address(await server.NewDatabase());
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated)
        {
            await (await _postgres.Value).DisposeAsync();
        }

        if (_redis.IsValueCreated)
        {
            await (await _redis.Value).DisposeAsync();
        }
    }
}

/// <summary>Debian's tools that make faults; without them, or the right to them, tests use a stand-in.</summary>
internal static class DebianPackages
{
    private static readonly string[] Folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];

    /// <summary>The program's path; null when it is not there and cannot be installed.</summary>
    public static string? Find(string package, string? program = null) =>
        Path(program ?? package) ?? (Install(package) ? Path(program ?? package) : null);

    /// <summary>Whether a program did what it was told.</summary>
    public static bool Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static bool Install(string package) =>
        Environment.IsPrivilegedProcess && Run("apt-get", "install", "-y", "--no-install-recommends", package);

    private static string? Path(string program) =>
        Folders.Select(folder => System.IO.Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
