using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

/// <summary>
/// A network in which every address is answered by a server on loopback: whatever the guard lets through
/// arrives, so a refusal is the guard's doing and nobody else's.
/// </summary>
internal sealed class FakeNetwork(Func<string, IPAddress[]> resolve, Func<IPEndPoint, FakeServer> route)
{
    public ConcurrentQueue<string> Resolved { get; } = [];

    public ConcurrentQueue<IPEndPoint> Dialled { get; } = [];

    public static FakeNetwork To(FakeServer server, params string[] addresses) =>
        new(_ => [.. addresses.Select(IPAddress.Parse)], _ => server);

    public EgressNetwork Wire =>
        new(
            (host, _) =>
            {
                Resolved.Enqueue(host);
                return Task.FromResult(resolve(host));
            },
            async (target, ct) =>
            {
                Dialled.Enqueue(target);
                var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, route(target).Port, ct);
                return client.GetStream();
            }
        );

    public Egress Guarded(string allow = "", TimeProvider? clock = null) =>
        new(EgressAllow.Parse(allow), Wire, clock ?? TimeProvider.System, NullLogger<Egress>.Instance);
}
