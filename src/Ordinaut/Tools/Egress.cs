using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Reflection;

#pragma warning disable RS0030 // The only HTTP client of the program; everything it connects to was checked here.

namespace Ordinaut.Tools;

/// <summary>
/// The one way out. Every outbound request of a tool goes through here, and the check is made where it cannot
/// be talked around: at the moment of connecting, on the address that is connected to. The name is resolved
/// once, every address it has is checked, and the connection goes to a checked address, so neither odd
/// spellings of an address nor a name that changes between two look-ups (DNS rebinding) get past it.
/// Nothing is followed, no proxy is used, no cookie is kept, every body is bounded.
/// </summary>
internal sealed partial class Egress : IDisposable
{
    /// <summary>The largest response body when the caller does not say; 256 KiB, what a step may keep inline.</summary>
    public const int DefaultMaxResponseBytes = 256 * 1024;

    /// <summary>All response header fields together; 32 KiB.</summary>
    public const int MaxResponseHeadersKib = 32;

    /// <summary>How many of a name's addresses are tried, one after the other; 8.</summary>
    public const int MaxAddressesTried = 8;

    /// <summary>How long resolving and connecting may take together; 10 s.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>What the other side sees: <c>Ordinaut/1.2.3</c>.</summary>
    public static readonly string UserAgent =
        "Ordinaut/"
        + typeof(Egress)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    private readonly EgressAllow _allow;
    private readonly EgressNetwork _network;
    private readonly TimeProvider _clock;
    private readonly ILogger<Egress> _logger;
    private readonly HttpMessageInvoker _http;

    public Egress(EgressAllow allow, EgressNetwork network, TimeProvider clock, ILogger<Egress> logger)
    {
        _allow = allow;
        _network = network;
        _clock = clock;
        _logger = logger;
        _http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                ConnectCallback = Connect,
                UseProxy = false,
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                MaxResponseHeadersLength = MaxResponseHeadersKib,
                MaxResponseDrainSize = 0,
                MaxConnectionsPerServer = 256,
                // No connection serves twice. A server may close a kept one at the moment a POST goes out on it (one of
                // HTTP/1.0 does after each answer), and nobody knows then whether it was done. And so each request
                // goes to an address that was checked for it.
                PooledConnectionLifetime = TimeSpan.Zero,
                // Trace ids are ours; strangers do not get them.
                ActivityHeadersPropagator = null,
            }
        );
    }

    public void Dispose() => _http.Dispose();

    /// <summary>
    /// A client on the same way out for a library that speaks HTTP by itself; an answer longer than this breaks off.
    /// </summary>
    public HttpClient Client(int maxResponseBytes) =>
        new(new EgressHandler(_http, maxResponseBytes)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Why a request of such a client failed, if that was in its failure; safe to show.</summary>
    public static ToolResult.Failed? ReasonOf(Exception failure)
    {
        for (var at = failure; at is not null; at = at.InnerException)
        {
            if (at is ConnectFault fault)
            {
                return fault.Reason;
            }
        }

        return null;
    }

    /// <summary>
    /// Sends one request and reads the whole answer. Failures are values: <c>url_invalid</c>, <c>host_not_allowed</c>,
    /// <c>egress_refused</c>, <c>dns_failed</c>, <c>connect_failed</c>, <c>tls_failed</c>,
    /// <c>headers_too_large</c>, <c>response_too_large</c>, <c>response_broken</c>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public async Task<EgressResult> Send(EgressRequest request, CancellationToken ct)
    {
        if (EgressUrl.Check(request.Url) is { } failure)
        {
            return new EgressResult.Failed(failure);
        }

        if (!Patterns.AllowsHost(request.Hosts, request.Url.IdnHost))
        {
            return Failed(
                "host_not_allowed",
                $"{request.Url.IdnHost} is not among the hosts the task may call.",
                false
            );
        }

        try
        {
            using var message = request.Message();
            Finish(message);
            using var response = await _http.SendAsync(message, ct);
            var body = await ReadBody(response.Content, request.MaxResponseBytes, ct);
            return body is null
                ? Failed("response_too_large", $"The response is larger than {request.MaxResponseBytes} bytes.", false)
                : new EgressResult.Answered((int)response.StatusCode, HeadersOf(response), body);
        }
        catch (HttpRequestException e) when (e.InnerException is ConnectFault fault)
        {
            return new EgressResult.Failed(fault.Reason);
        }
        catch (HttpRequestException e)
        {
            return Explain(e.HttpRequestError);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return Explain(HttpRequestError.ResponseEnded);
        }
    }

    /// <summary>What every request that leaves has in common.</summary>
    public static void Finish(HttpRequestMessage message)
    {
        // Never HTTP/3: QUIC does not pass through ConnectCallback.
        message.Version = HttpVersion.Version20;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        message.Headers.ConnectionClose = true;
        if (!message.Headers.NonValidated.Contains("User-Agent"))
        {
            message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        }
    }

    private static async Task<byte[]?> ReadBody(HttpContent content, int maxBytes, CancellationToken ct)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        await using var stream = await content.ReadAsStreamAsync(ct);
        while (await stream.ReadAsync(buffer, ct) is var read and > 0)
        {
            // Counted after decompression, so a small body that unpacks to gigabytes stops here.
            if (body.Length + read > maxBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static List<KeyValuePair<string, string>> HeadersOf(HttpResponseMessage response) =>
        [.. Flatten(response.Headers), .. Flatten(response.Content.Headers)];

    private static IEnumerable<KeyValuePair<string, string>> Flatten(HttpHeaders headers) =>
        from field in headers.NonValidated
        from value in field.Value
        select KeyValuePair.Create(field.Key.ToLowerInvariant(), value);

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        using var timer = new CancellationTokenSource(ConnectTimeout, _clock);
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
            var found = await _network.Resolve(host, ct);
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
        if (_allow.Permits(host, address, port))
        {
            return;
        }

        var name = SpecialAddresses.NameOf(address);
        if (name is null && port is (80 or 443))
        {
            return;
        }

        Log.Refused(_logger, host, port, address);
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
                return await _network.Dial(target, ct);
            }
            catch (SocketException)
            {
                // The next address may answer: a name often has IPv6 addresses that this machine cannot reach.
            }
        }

        throw new ConnectFault("connect_failed", $"The host '{host}' does not accept connections.");
    }

    private static EgressResult.Failed Explain(HttpRequestError error) =>
        error switch
        {
            HttpRequestError.SecureConnectionError => Failed("tls_failed", "The TLS handshake failed.", true),
            HttpRequestError.ConfigurationLimitExceeded => Failed(
                "headers_too_large",
                $"The response's header fields are larger than {MaxResponseHeadersKib} KiB.",
                false
            ),
            _ => Failed("response_broken", "The connection broke or the answer is not valid HTTP.", true),
        };

    private static EgressResult.Failed Failed(string code, string message, bool retryable) =>
        new(new ToolResult.Failed(code, message, retryable));

    /// <summary>Carries a failure to connect through the HTTP stack, which only knows exceptions.</summary>
    private sealed class ConnectFault(string code, string message, bool retryable = true) : Exception(message)
    {
        public ToolResult.Failed Reason { get; } = new(code, message, retryable);

        public static ConnectFault Refused(string why) =>
            new("egress_refused", $"{why}; the operator can allow hosts with {EgressAllow.Setting}.", retryable: false);
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
