using System.Buffers;
using Microsoft.Extensions.Primitives;
using Ordinaut.Agents;

namespace Ordinaut.Http;

/// <summary>
/// The outermost layer of every request: gives it an id, sets the security headers, and turns whatever failed into
/// a problem.
/// </summary>
internal sealed partial class Rim(
    RequestDelegate next,
    MetadataEndpoints metadata,
    ServerAddress address,
    RefusalLog refusals,
    TimeProvider clock,
    ILogger<Rim> log
)
{
    /// <summary>Characters of an <c>X-Request-ID</c> that is taken over from the client.</summary>
    public const int MaxRequestId = 128;

    private const string RequestIdHeader = "X-Request-ID";

    private static readonly SearchValues<char> RequestIdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:"
    );

    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues NoReferrer = "no-referrer";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues NothingButData = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>For a year, browsers ask for this host and those below it by https alone (RFC 6797).</summary>
    private static readonly StringValues HttpsAlone = "max-age=31536000; includeSubDomains";

    public async Task Invoke(HttpContext http)
    {
        var began = clock.GetTimestamp();
        // Until the gate knows who says that it is traced.
        Tracing.Hold();
        TakeRequestId(http);
        SetHeaders(http);
        if (HttpMethods.IsHead(http.Request.Method))
        {
            // HEAD is GET without the body, which the web server leaves out by itself (RFC 9110 §9.3.2).
            http.Request.Method = HttpMethods.Get;
            http.Features.Set(HeadersOnly.Asked);
        }

        try
        {
            await next(http);
            if (http.Response is { HasStarted: false, StatusCode: 404 or 405 or 415, ContentLength: null })
            {
                await Problems.WriteStatus(http);
            }
        }
        catch (Problem problem)
        {
            refusals.Note(http, problem);
            metadata.Challenge(http, problem);
            await Problems.Write(http, problem);
        }
        catch (BadHttpRequestException refusal)
        {
            await Problems.WriteRefusal(http, refusal.StatusCode);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: there is nobody to answer.
        }
        catch (Exception defect)
        {
            Log.Defect(log, defect, http.Request.Method, http.Request.Path.Value, http.TraceIdentifier);
            await Problems.WriteDefect(http);
        }

        RequestTrace.End(http);
        if (log.IsEnabled(LogLevel.Information))
        {
            var (request, took) = (RequestTrace.NameOf(http), clock.GetElapsedTime(began).TotalMilliseconds);
            Log.Ended(log, request.Method, request.Route ?? "", http.Response.StatusCode, took);
        }
    }

    private static void TakeRequestId(HttpContext http)
    {
        var given = http.Request.Headers[RequestIdHeader];
        if (given.Count == 1 && given[0] is { Length: > 0 and <= MaxRequestId } id)
        {
            if (!id.AsSpan().ContainsAnyExcept(RequestIdCharacters))
            {
                http.TraceIdentifier = id;
            }
        }
    }

    private void SetHeaders(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers[RequestIdHeader] = http.TraceIdentifier;
        headers.XContentTypeOptions = NoSniff;
        headers.ContentSecurityPolicy = NothingButData;
        headers["Referrer-Policy"] = NoReferrer;
        headers.CacheControl = NoStore;
        // By the name localhost a browser would then refuse every other server of the machine.
        if (address.IsHttps(http) && http.Request.Host.Host != "localhost")
        {
            headers.StrictTransportSecurity = HttpsAlone;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Information, "request.ended: {Method} {Route} {Status} after {Milliseconds} ms")]
        public static partial void Ended(ILogger log, string method, string route, int status, double milliseconds);

        [LoggerMessage(1, LogLevel.Error, "request.defect {Method} {Path} {RequestId}")]
        public static partial void Defect(ILogger log, Exception defect, string method, string? path, string requestId);
    }
}

/// <summary>Set on a request that was HEAD: whoever would keep its answer open ends it at once.</summary>
internal sealed class HeadersOnly
{
    public static readonly HeadersOnly Asked = new();
}
