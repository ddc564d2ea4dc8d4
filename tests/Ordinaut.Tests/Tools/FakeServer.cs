using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ordinaut.Tests.Tools;

/// <summary>A request as it came over the wire.</summary>
internal sealed record Received(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>An HTTP/1 server on loopback that answers with exactly the bytes it is told to, and counts.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Received, byte[]> _answer;
    private readonly Task _loop;
    private int _connections;

    public FakeServer(Func<Received, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = Accept();
    }

    public FakeServer(string answer)
        : this(_ => Encoding.Latin1.GetBytes(answer)) { }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}/";

    public int Connections => Volatile.Read(ref _connections);

    public ConcurrentQueue<Received> Requests { get; } = [];

    public Received Only => Assert.Single(Requests);

    /// <summary>A well-formed answer with a length.</summary>
    public static byte[] Answer(int status, string headers = "", byte[]? body = null)
    {
        var head = $"HTTP/1.1 {status} Whatever\r\nContent-Length: {body?.Length ?? 0}\r\n{headers}\r\n";
        return [.. Encoding.Latin1.GetBytes(head), .. body ?? []];
    }

    public static byte[] Answer(int status, string headers, string body) =>
        Answer(status, headers, Encoding.UTF8.GetBytes(body));

    /// <summary>Waits until all connections made before this call are counted, this one included.</summary>
    public async Task<int> CountAfterOneMore()
    {
        using var probe = new TcpClient();
        await probe.ConnectAsync(IPAddress.Loopback, Port);
        var stream = probe.GetStream();
        await stream.WriteAsync("GET /probe HTTP/1.1\r\n\r\n"u8.ToArray());
        _ = await stream.ReadAsync(new byte[1]);
        return Connections;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = Serve(client);
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task Serve(TcpClient client)
    {
        using var connection = client;
        try
        {
            var stream = connection.GetStream();
            while (await Read(stream) is { } request)
            {
                Requests.Enqueue(request);
                var answer = _answer(request);
                await stream.WriteAsync(answer, _stop.Token);
                var text = Encoding.Latin1.GetString(answer);
                if (
                    text.StartsWith("HTTP/1.0", StringComparison.Ordinal)
                    || text.Contains("Connection: close", StringComparison.Ordinal)
                )
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException) { }
    }

    private async Task<Received?> Read(NetworkStream stream)
    {
        if (await ReadUntil(stream, "\r\n\r\n"u8.ToArray()) is not { } head)
        {
            return null;
        }

        var lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var headers = lines[1..]
            .Select(l => l.Split(": ", 2))
            .ToDictionary(p => p[0], p => p.ElementAtOrDefault(1) ?? "", StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var l) ? int.Parse(l, CultureInfo.InvariantCulture) : 0;
        var body = headers.ContainsKey("Transfer-Encoding") ? await ReadChunks(stream) : new byte[length];
        await stream.ReadExactlyAsync(body.AsMemory(body.Length - length), _stop.Token);
        return new Received(first[0], first[1], headers, body);
    }

    /// <summary>RFC 9112 §7.1, without extensions and trailers.</summary>
    private async Task<byte[]> ReadChunks(NetworkStream stream)
    {
        var body = new List<byte>();
        while (true)
        {
            var size = Encoding.ASCII.GetString([.. (await ReadUntil(stream, "\r\n"u8.ToArray()))!]).Trim();
            var chunk = new byte[int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(chunk, _stop.Token);
            await ReadUntil(stream, "\r\n"u8.ToArray());
            if (chunk.Length == 0)
            {
                return [.. body];
            }

            body.AddRange(chunk);
        }
    }

    private async Task<List<byte>?> ReadUntil(NetworkStream stream, byte[] end)
    {
        var read = new List<byte>();
        var one = new byte[1];
        while (!(read.Count >= end.Length && read[^end.Length..].SequenceEqual(end)))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            read.Add(one[0]);
            if (read[0] == 0x16)
            {
                throw new IOException("a TLS hello");
            }
        }

        return read;
    }
}
