using System.Net;
using System.Net.Http.Headers;
using System.Reflection;

#pragma warning disable RS0030 // The only HTTP client of the program; everything it connects to was checked here.

namespace Ordinaut.Tools;

/// <summary>
/// The one way out. Every outbound request of a tool goes through here, and the check is made where it cannot
/// be talked around: at the moment of connecting, by <see cref="EgressDialer"/>.
/// Nothing is followed, no proxy is used, no cookie is kept, every body is bounded.
/// </summary>
internal sealed class Egress : IDisposable
{
    /// <summary>The largest response body when the caller does not say; 256 KiB.</summary>
    public const int DefaultMaxResponseBytes = 256 * 1024;

    /// <summary>Bodies beyond that which are read at once; 16. More would have all the memory to fill.</summary>
    public const int LargeAtOnce = 16;

    /// <summary>All response header fields together; 32 KiB.</summary>
    public const int MaxResponseHeadersKib = 32;

    /// <summary>Where the other side finds the span that calls it; a step that says its own keeps it.</summary>
    private const string TraceParent = "traceparent";

    /// <summary>What the other side sees: <c>Ordinaut/1.2.3</c>.</summary>
    public static readonly string UserAgent =
        "Ordinaut/"
        + typeof(Egress)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    private readonly HttpMessageInvoker _http;
    private readonly SemaphoreSlim _large = new(LargeAtOnce);

    public Egress(EgressAllow allow, EgressNetwork network, TimeProvider clock, ILogger<Egress> logger)
    {
        var dialer = new EgressDialer(allow, network, clock, logger);
        _http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                ConnectCallback = (context, ct) => dialer.Dial(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct),
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
                // What strangers get of a trace says Finish: baggage is not among it.
                ActivityHeadersPropagator = null,
            }
        );
    }

    public void Dispose()
    {
        _http.Dispose();
        _large.Dispose();
    }

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
            switch (at)
            {
                case ConnectFault fault:
                    return fault.Reason;
                case TooLongException tooLong:
                    return new ToolResult.Failed("response_too_large", tooLong.Message, Retryable: false);
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
            var body = await ReadBody(response.Content, request, ct);
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

        var (parent, state) = Tracing.Outgoing;
        if (parent is not null && !message.Headers.NonValidated.Contains(TraceParent))
        {
            message.Headers.TryAddWithoutValidation(TraceParent, parent);
            if (state is { Length: > 0 })
            {
                message.Headers.TryAddWithoutValidation("tracestate", state);
            }
        }
    }

    private async Task<byte[]?> ReadBody(HttpContent content, EgressRequest request, CancellationToken ct)
    {
        var maxBytes = request.MaxResponseBytes;
        await using var stream = await content.ReadAsStreamAsync(ct);
        if (request.Heard is { } heard)
        {
            return await ReadUpTo(maxBytes, stream, heard, ct) ? [] : null;
        }

        using var body = new MemoryStream();
        void Keep(ReadOnlyMemory<byte> bytes) => body.Write(bytes.Span);
        if (await ReadUpTo(Math.Min(maxBytes, DefaultMaxResponseBytes), stream, Keep, ct))
        {
            return body.ToArray();
        }

        if (maxBytes <= DefaultMaxResponseBytes)
        {
            return null;
        }

        await _large.WaitAsync(ct);
        try
        {
            return await ReadUpTo(maxBytes - body.Length, stream, Keep, ct) ? body.ToArray() : null;
        }
        finally
        {
            _large.Release();
        }
    }

    /// <summary>
    /// Whether the stream has ended, with no more than so many bytes. They are counted after decompression, so a small
    /// body that unpacks to gigabytes stops here.
    /// </summary>
    private static async Task<bool> ReadUpTo(
        long most,
        Stream stream,
        Action<ReadOnlyMemory<byte>> heard,
        CancellationToken ct
    )
    {
        var buffer = new byte[16 * 1024];
        for (var left = most; left >= 0; )
        {
            var read = await stream.ReadAsync(buffer, ct);
            if (read == 0)
            {
                return true;
            }

            left -= read;
            heard(buffer.AsMemory(0, read));
        }

        return false;
    }

    private static List<KeyValuePair<string, string>> HeadersOf(HttpResponseMessage response) =>
        [.. Flatten(response.Headers), .. Flatten(response.Content.Headers)];

    private static IEnumerable<KeyValuePair<string, string>> Flatten(HttpHeaders headers) =>
        from field in headers.NonValidated
        from value in field.Value
        select KeyValuePair.Create(field.Key.ToLowerInvariant(), value);

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
}
