using System.Net;
using System.Net.Sockets;

#pragma warning disable RS0030 // Names and sockets below the guard: only Egress.cs calls this.

namespace Ordinaut.Tools;

/// <summary>
/// The wire below the guard: a name becomes addresses, a checked address becomes a stream. Tests and the
/// simulator hand in their own; what they can never replace is the check between the two.
/// </summary>
internal sealed record EgressNetwork(
    Func<string, CancellationToken, Task<IPAddress[]>> Resolve,
    Func<IPEndPoint, CancellationToken, ValueTask<Stream>> Dial
)
{
    /// <summary>The machine's own resolver and TCP.</summary>
    public static EgressNetwork Real { get; } = new(Dns.GetHostAddressesAsync, DialTcp);

    private static async ValueTask<Stream> DialTcp(IPEndPoint target, CancellationToken ct)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
