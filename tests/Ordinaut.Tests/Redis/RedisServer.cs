using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Ordinaut.Tests.Redis;

/// <summary>
/// A Redis server of one test: in a temporary folder, on a free port of the loopback address, as <c>redis</c> and not
/// as root. It keeps nothing: what it knew is gone when it is killed.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const string Account = "redis";

    // The server ends when our end of the pipe does, also when this process is killed.
    private const string UntilInputEnds =
        """exec 3<&0; "$@" --save "" </dev/null & server=$!; read -r _ <&3; kill -KILL $server; wait""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-redis-");
    private readonly int _port = FreePort();
    private Process? _process;

    private RedisServer() { }

    public string Url => $"redis://127.0.0.1:{_port}";

    public static async Task<RedisServer> Start()
    {
        var server = new RedisServer();
        if (Environment.IsPrivilegedProcess)
        {
            using var owner = Process.Start("chown", [Account, server._folder.FullName]);
            await owner.WaitForExitAsync();
        }

        await server.Restart();
        return server;
    }

    /// <summary>A server that is not there: an address where nobody answers until <see cref="Restart"/>.</summary>
    public static async Task<RedisServer> Absent()
    {
        var server = await Start();
        server.Kill();
        return server;
    }

    public async Task Restart()
    {
        const string account = $"setpriv --reuid {Account} --regid {Account} --init-groups ";
        var server =
            $"{Debian.Program("redis-server", "redis-server")} "
            + $"--port {_port} --bind 127.0.0.1 --appendonly no --dir {_folder.FullName}";
        var shell = (Environment.IsPrivilegedProcess ? account : "") + "sh -c";
        var whole = shell.Split(' ').Concat([UntilInputEnds, "sh"]).Concat(server.Split(' ')).ToArray();
        var start = new ProcessStartInfo(whole[0], whole[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        while (!await Answers())
        {
            Assert.False(_process.HasExited, "redis-server has ended.");
            await Task.Delay(5);
        }
    }

    public Task<ConnectionMultiplexer> Connect() =>
        ConnectionMultiplexer.ConnectAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"127.0.0.1:{_port},connectTimeout=10000,allowAdmin=true,protocol=resp2"
            )
        );

    public async Task FlushAll()
    {
        await using var connection = await Connect();
        await connection.GetServers()[0].FlushAllDatabasesAsync();
    }

    /// <summary>SIGKILL; a server that keeps nothing forgets everything.</summary>
    public void Kill()
    {
        _process!.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            Kill();
        }

        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<bool> Answers()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port);
            await using var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            return await stream.ReadAsync(new byte[1]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
