#pragma warning disable RS0030 // No outbound traffic: loopback only.

using System.Net.Sockets;
using System.Text;

namespace Ordinaut.Bench;

/// <summary>
/// Sends prepared requests over kept-alive connections and reads the answers: a load generator cheap enough to
/// share two cores with the server it measures. Talks to loopback only.
/// </summary>
internal sealed class HttpLoad(Uri server, string token)
{
    private const int ReadBuffer = 64 * 1024;

    /// <summary>Sends <paramref name="count"/> requests over some connections; returns the seconds it took.</summary>
    /// <param name="request">What each asks.</param>
    /// <exception cref="InvalidOperationException">An answer was not a 2xx.</exception>
    public async Task<double> Run(int connections, int count, LoadRequest request)
    {
        var clock = TimeProvider.System;
        var message = Message(request);
        var next = -1;
        var began = clock.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(async _ =>
                {
                    using var client = new TcpClient { NoDelay = true };
                    await client.ConnectAsync(server.Host, server.Port);
                    await using var stream = client.GetStream();
                    var buffer = new byte[ReadBuffer];
                    for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                    {
                        await stream.WriteAsync(message);
                        await ReadAnswer(stream, buffer);
                    }
                })
        );
        return clock.GetElapsedTime(began).TotalSeconds;
    }

    private byte[] Message(LoadRequest request)
    {
        var body = request.Body ?? "";
        var head = new StringBuilder(
            $"{request.Line} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\n"
        ).Append(request.Headers);
        if (request.Body is not null)
        {
            head.Append($"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        }

        return Encoding.UTF8.GetBytes(head.Append("\r\n").Append(body).ToString());
    }

    private static async Task ReadAnswer(NetworkStream stream, byte[] buffer)
    {
        var filled = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                throw new InvalidOperationException("The server closed the connection.");
            }

            filled += read;
            if (IsWhole(buffer.AsSpan(0, filled)))
            {
                return;
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        if (answer[9] != (byte)'2')
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(answer));
        }

        var head = Encoding.ASCII.GetString(answer[..end]);
        const string LengthHeader = "Content-Length: ";
        var at = head.IndexOf(LengthHeader, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return answer.EndsWith("0\r\n\r\n"u8);
        }

        var digits = head[(at + LengthHeader.Length)..].Split('\r', 2)[0];
        return answer.Length >= end + 4 + int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <param name="Line">Method and path.</param>
/// <param name="Body">JSON.</param>
/// <param name="Headers">More header lines, each with its line end.</param>
internal sealed record LoadRequest(string Line, string? Body = null, string Headers = "");
