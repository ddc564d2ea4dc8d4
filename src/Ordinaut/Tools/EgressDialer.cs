using System.Net;
using System.Net.Sockets;

namespace Ordinaut.Tools;

/// <summary>
/// Connects, and checks what it connects to: a name is resolved once, every address it has is checked, and the
/// connection goes to a checked address, so neither odd spellings of an address nor a name that changes between two
/// look-ups (DNS rebinding) get past it.
/// </summary>
internal sealed partial class EgressDialer(
    EgressAllow allow,
    EgressNetwork network,
    TimeProvider clock,
    ILogger<Egress> logger
)
{
    /// <summary>How many of a name's addresses are tried, one after the other; 8.</summary>
    public const int MaxAddressesTried = 8;

    /// <summary>How long resolving and connecting may take together; 10 s.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="ConnectFault">There is no way, or none that is allowed.</exception>
    public async ValueTask<Stream> Dial(string host, int port, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(ConnectTimeout, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            var addresses = await AddressesOf(host, deadline.Token);
            foreach (var address in addresses)
            {
                RequirePublicOrAllowed(host, address, port);
            }

            return await DialFirst(host, addresses.Select(a => new IPEndPoint(a, port)), deadline.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            throw new ConnectFault(
                "connect_failed",
                $"No connection to '{host}' within {ConnectTimeout.TotalSeconds} s."
            );
        }
    }

    private async Task<IPAddress[]> AddressesOf(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [SpecialAddresses.Unwrap(literal)];
        }

        try
        {
            var found = await network.Resolve(host, ct);
            return found.Length > 0
                ? [.. found.Select(SpecialAddresses.Unwrap)]
                : throw new ConnectFault("dns_failed", $"The host '{host}' has no address.");
        }
        catch (SocketException)
        {
            throw new ConnectFault("dns_failed", $"The host '{host}' could not be resolved.");
        }
    }

    // One bad address refuses the whole name: which of them a client picks is not ours to bet on.
    private void RequirePublicOrAllowed(string host, IPAddress address, int port)
    {
        if (allow.Permits(host, address, port))
        {
            return;
        }

        var name = SpecialAddresses.NameOf(address);
        if (name is null && port is (80 or 443))
        {
            return;
        }

        Log.Refused(logger, host, port, address);
        // The address behind a name is for the operator only: internal DNS is not for agents to map.
        var subject = IPAddress.TryParse(host, out _) ? $"{address} is" : $"The host '{host}' resolves to";
        throw ConnectFault.Refused(
            name is null ? $"Port {port} of '{host}' is neither 80 nor 443" : $"{subject} {name}"
        );
    }

    private async ValueTask<Stream> DialFirst(string host, IEnumerable<IPEndPoint> targets, CancellationToken ct)
    {
        foreach (var target in targets.Take(MaxAddressesTried))
        {
            try
            {
                return await network.Dial(target, ct);
            }
            catch (SocketException)
            {
                // The next address may answer: a name often has IPv6 addresses that this machine cannot reach.
            }
        }

        throw new ConnectFault("connect_failed", $"The host '{host}' does not accept connections.");
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventName = "egress.refused",
            Level = LogLevel.Warning,
            Message = "A connection to {Host} port {Port} at {Address} was refused"
        )]
        public static partial void Refused(ILogger logger, string host, int port, IPAddress address);
    }
}

/// <summary>Carries a failure to connect through the HTTP stack, which only knows exceptions.</summary>
internal sealed class ConnectFault(string code, string message, bool retryable = true) : Exception(message)
{
    public ToolResult.Failed Reason { get; } = new(code, message, retryable);

    public static ConnectFault Refused(string why) =>
        new("egress_refused", $"{why}; the operator can allow hosts with {EgressAllow.Setting}.", retryable: false);
}
