using System.Diagnostics;
using Npgsql;

[assembly: AssemblyFixture(typeof(Ordinaut.Tests.Store.PostgresServer.End))]

namespace Ordinaut.Tests.Store;

/// <summary>
/// A PostgreSQL server of this test run: made in a temporary folder when the first test asks for it, reached over a
/// socket in that folder, and ended with the run. It runs as <c>postgres</c>, because it refuses to run as root.
/// </summary>
internal sealed class PostgresServer
{
    public const string Account = "postgres";

    // Durability is the business of the fault tests and of the bench; here it would only cost time.
    private const string Settings =
        "-c listen_addresses= -c fsync=off -c max_connections=300 -c shared_buffers=64MB -c jit=off "
        + "-c deadlock_timeout=100ms -c autovacuum_naptime=5s";

    // The server ends when our end of the pipe does, also when this process is killed.
    private const string UntilInputEnds =
        """exec 3<&0; signal=$1; shift; "$@" </dev/null & server=$!; read -r _ <&3; kill -$signal $server; wait""";

    private static readonly Lazy<PostgresServer> TheOne = new(() => new PostgresServer());

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-pg-");
    private readonly Process _server;
    private int _databases;

    private PostgresServer()
    {
        var programs = Programs;
        var data = Path.Combine(_folder.FullName, "data");
        GiveAway(_folder.FullName);
        Run(Path.Combine(programs, "initdb"), ["-D", data, "-U", Account, "-A", "trust", "-E", "UTF8", "--no-sync"]);
        string[] arguments = ["-D", data, "-c", $"unix_socket_directories={_folder.FullName}", .. Settings.Split(' ')];
        string[] server = [Path.Combine(programs, "postgres"), .. arguments];
        _server = Start("QUIT", server);
        UntilReady(Root, _server);
    }

    /// <summary>The folder of the socket, once there is a server.</summary>
    public static string Socket => TheOne.Value._folder.FullName;

    /// <summary>The folder of PostgreSQL's programs; they are installed where they are missing.</summary>
    public static string Programs => FindPrograms() ?? Installed();

    private string Root => Address("postgres");

    /// <summary>Starts a program that ends by a signal when this process does, under the server's account.</summary>
    public static Process Start(string signal, string[] program)
    {
        var process = Process.Start(AsAccount("sh", ["-c", UntilInputEnds, "sh", signal, .. program]))!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    public static void UntilReady(string address, Process server)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var connection = new NpgsqlConnection(address + ";Pooling=false");
                connection.Open();
                return;
            }
            catch (NpgsqlException) when (tries < 200 && !server.HasExited)
            {
                Thread.Sleep(50);
            }
        }
    }

    /// <summary>Gives a folder to the account that the server runs under.</summary>
    public static void GiveAway(string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", ["-R", Account, folder]);
        }
    }

    /// <summary>A new and empty database.</summary>
    public static string NewDatabase()
    {
        var server = TheOne.Value;
        var name = $"test_{Interlocked.Increment(ref server._databases)}";
        using var connection = new NpgsqlConnection(server.Root);
        connection.Open();
        using var command = new NpgsqlCommand($"create database {name}", connection);
        command.ExecuteNonQuery();
        return server.Address(name);
    }

    private string Address(string database) => $"Host={_folder.FullName};Username={Account};Database={database}";

    private static string? FindPrograms() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
                .Max(StringComparer.Ordinal)
            : null;

    private static string Installed()
    {
        Debian.Install("postgresql");
        return FindPrograms() ?? throw new InvalidOperationException("Debian's package 'postgresql' is needed.");
    }

    public static void Run(string program, string[] arguments, bool asAccount = true)
    {
        var isOurs = program is "chown" || !asAccount;
        var start = isOurs ? new ProcessStartInfo(program, arguments) : AsAccount(program, arguments);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}");
    }

    public static ProcessStartInfo AsAccount(string program, string[] arguments)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo(
                "setpriv",
                ["--reuid", Account, "--regid", Account, "--init-groups", program, .. arguments]
            )
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        start.WorkingDirectory = "/";
        return start;
    }

    private void Stop()
    {
        _server.StandardInput.Close();
        _server.WaitForExit();
        _folder.Delete(recursive: true);
    }

    /// <summary>Ends the server with the run, when there is one.</summary>
    public sealed class End : IDisposable
    {
        public void Dispose()
        {
            if (TheOne.IsValueCreated)
            {
                TheOne.Value.Stop();
            }
        }
    }
}
