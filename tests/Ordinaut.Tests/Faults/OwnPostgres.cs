using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// A PostgreSQL server of the fault tests: on a port, as durable as it is made to be in production, to be cut off and
/// started again. One that ends by itself is started again, as a service manager does.
/// </summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private const string Settings =
        "-c max_connections=300 -c shared_buffers=64MB -c jit=off -c log_min_messages=panic "
        + "-c unix_socket_directories= -c min_wal_size=32MB -c max_wal_size=64MB -c wal_recycle=off";

    // Nodes in a network of their own come from these addresses.
    private const string Neighbours = "host all all 10.213.0.0/16 trust\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-faults-pg-");
    private readonly string _data;
    private Process? _server;
    private int _databases;

    private OwnPostgres(string? data) => _data = data ?? Path.Combine(_folder.FullName, "data");

    public int Port { get; } = FreePort();

    /// <summary>Where all of it is.</summary>
    public string Data => _data;

    /// <param name="data">A folder to be made, where it is not to be one of the server's own.</param>
    /// <param name="logApart">Whether the log of changes lies on another disk than the data.</param>
    public static async Task<OwnPostgres> Start(string? data = null, bool logApart = false)
    {
        var server = new OwnPostgres(data);
        if (Environment.IsPrivilegedProcess)
        {
            PostgresServer.Run("chown", [PostgresServer.Account, server._folder.FullName]);
        }

        string[] init = ["-D", server._data, "-U", PostgresServer.Account, "-A", "trust", "-E", "UTF8", "--no-sync"];
        string[] log = !logApart ? [] : ["--waldir", Path.Combine(server._folder.FullName, "wal")];
        PostgresServer.Run(Path.Combine(PostgresServer.Programs, "initdb"), [.. init, .. log]);
        await File.AppendAllTextAsync(Path.Combine(server._data, "pg_hba.conf"), Neighbours);
        await server.Begin();
        return server;
    }

    /// <summary>A new and empty database.</summary>
    public async Task<string> NewDatabase()
    {
        var name = $"fault_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(Keywords);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return name;
    }

    public string Address(string database) => Address(database, "127.0.0.1", Port);

    /// <summary>The database by another way, such as a proxy.</summary>
    public static string Address(string database, string host, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"postgres://{PostgresServer.Account}@{host}:{port}/{database}");

    /// <summary>Ends the server as <c>pg_ctl stop -m immediate</c> does: no checkpoint, connections are cut.</summary>
    public async Task End()
    {
        _server!.StandardInput.Close();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    /// <summary>Starts it; returns when it takes connections.</summary>
    public async Task Begin()
    {
        string[] arguments = ["-D", _data, "-c", "listen_addresses=*", "-c", $"port={Port}", .. Settings.Split(' ')];
        string[] server = [Path.Combine(PostgresServer.Programs, "postgres"), .. arguments];
        _server = PostgresServer.Start("QUIT", server);
        await Campaign.Until("PostgreSQL takes connections", TimeSpan.FromSeconds(60), Answers);
    }

    /// <summary>Has it begin the next file of its log; a server that cannot ends itself.</summary>
    public async Task SwitchLog()
    {
        try
        {
            await using var connection = new NpgsqlConnection(Keywords);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("select pg_switch_wal()", connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // It has ended itself.
        }
    }

    /// <summary>Has every commit wait until one who follows the log has it on its disk; returns when it does.</summary>
    public async Task WaitFor(string follower)
    {
        await Tell($"alter system set synchronous_standby_names = '{follower}'");
        await Tell("select pg_reload_conf()");
        await Campaign.Until(
            "a commit waits for who follows",
            TimeSpan.FromSeconds(30),
            async () => await Tell("select count(*) from pg_stat_replication where sync_state = 'sync'") is 1L
        );
    }

    public async Task<object?> Tell(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection($"{Keywords};Database={database}");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Starts it again if it has ended by itself, as a service manager does.</summary>
    public async Task Revive()
    {
        if (!await Answers())
        {
            await End();
            await Begin();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await End();
        }

        _folder.Delete(recursive: true);
    }

    private async Task<bool> Answers()
    {
        try
        {
            await using var connection = new NpgsqlConnection(Keywords);
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private string Keywords =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={Port};Username={PostgresServer.Account};Database=postgres;Pooling=false;Timeout=5"
        );

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
