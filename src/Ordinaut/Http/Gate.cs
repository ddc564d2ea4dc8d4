using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Ordinaut.Agents;

namespace Ordinaut.Http;

/// <summary>
/// Decides, after routing and before any endpoint runs, who calls and whether the endpoint's declared rule lets
/// them in. What an endpoint does with the caller it gets from here.
/// </summary>
internal sealed class Gate(
    RequestDelegate next,
    Authenticator authenticator,
    RateLimits limits,
    RequestPlaces places,
    AskedTraces traces,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<Gate> log
)
{
    private const string Bearer = "Bearer ";

    /// <summary>When a client that a stopping server turned away may try again: another may be there then.</summary>
    private static readonly TimeSpan StoppingPause = TimeSpan.FromSeconds(5);

    public Task Invoke(HttpContext http)
    {
        if (http.GetEndpoint() is not { } endpoint)
        {
            return next(http);
        }

        if (endpoint.Metadata.GetMetadata<EndpointRule>() is not { } rule)
        {
            // Routing's own endpoints that answer 405 and 415 are no route endpoints and need no rule.
            return endpoint is RouteEndpoint
                ? throw new UnreachableException($"'{endpoint.DisplayName}' has no rule.")
                : next(http);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested && rule.Rate != RateClass.Open)
        {
            throw new Problem(ProblemKind.Unavailable, "The server is stopping; try again shortly.")
            {
                RetryAfter = StoppingPause,
            };
        }

        CheckOrigin(http.Request, rule);
        LimitBody(http, rule);
        return rule.Scope is { } scope ? Admit(http, rule, scope) : AdmitAnyone(http, rule);
    }

    private async Task Admit(HttpContext http, EndpointRule rule, Scope scope)
    {
        var caller = await authenticator.Admit(Token(http), http.TraceIdentifier);
        await traces.Keep(caller.AgentId);
        caller = caller with { Address = http.Connection.RemoteIpAddress?.ToString(), Trace = Tracing.Current };
        http.Features.Set(caller);
        using var about = log.BeginScope(new LogScope { AgentId = caller.AgentId });
        var isHeld = places.IsOn && rule.Rate != RateClass.Stream;
        using var place = isHeld ? await places.Take(caller.AgentId, http.RequestAborted) : null;
        await CountHeld(http, rule.Rate == RateClass.Write ? limits.Writes : limits.Reads, caller.AgentId);
        if (!rule.OwnIdSuffices || !IsOwn(http, caller))
        {
            caller.Require(scope);
        }

        await next(http);
    }

    /// <summary>
    /// Who is past its limit hears so when the next request would be let through, and keeps its place until then: one
    /// that does not listen and sends on and on is not answered faster than one that does.
    /// </summary>
    private async ValueTask CountHeld(HttpContext http, RateLimit limit, Guid caller)
    {
        try
        {
            await Count(http, limit, caller);
        }
        catch (Problem refusal) when (refusal is { Kind: ProblemKind.TooMany, RetryAfter: { } wait })
        {
            await Task.Delay(wait, clock, http.RequestAborted);
            throw;
        }
    }

    private async Task AdmitAnyone(HttpContext http, EndpointRule rule)
    {
        var address = RateLimit.CallerAt(http.Connection.RemoteIpAddress);
        await traces.Keep(address);
        if (rule.Rate == RateClass.Login)
        {
            await Count(http, limits.Logins, address);
        }

        await next(http);
    }

    /// <summary>Counts the request, and tells in its answer how the caller stands.</summary>
    private static ValueTask Count(HttpContext http, RateLimit limit, Guid caller)
    {
        if (!limit.IsOn)
        {
            return ValueTask.CompletedTask;
        }

        var taking = limit.Take(caller);
        if (!taking.IsCompletedSuccessfully)
        {
            return Wait(http, limit, taking);
        }

        Tell(http, limit, taking.GetAwaiter().GetResult());
        return ValueTask.CompletedTask;
    }

    private static async ValueTask Wait(HttpContext http, RateLimit limit, ValueTask<RateStanding> taking) =>
        Tell(http, limit, await taking);

    private static void Tell(HttpContext http, RateLimit limit, RateStanding standing)
    {
        var headers = http.Response.Headers;
        headers["RateLimit-Limit"] = Text(standing.Limit);
        headers["RateLimit-Remaining"] = Text(standing.Remaining);
        headers["RateLimit-Reset"] = Text((int)Math.Ceiling(standing.UntilFull.TotalSeconds));
        if (!standing.IsLet)
        {
            throw limit.Refusal(standing);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool IsOwn(HttpContext http, Caller caller) =>
        Guid.TryParse(http.GetRouteValue("id") as string, out var id) && id == caller.AgentId;

    /// <summary>The token a request presents.</summary>
    public static string Token(HttpContext http)
    {
        var given = http.Request.Headers.Authorization;
        return given.Count == 1 && given[0] is { } text && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? text[Bearer.Length..].Trim()
            : throw Authenticator.Refusal();
    }

    /// <summary>A page of this machine itself may call; of all others those an operator named.</summary>
    private static void CheckOrigin(HttpRequest request, EndpointRule rule)
    {
        if (rule.Origins is null || request.Headers.Origin.Count == 0)
        {
            return;
        }

        var origin = request.Headers.Origin.ToString();
        var isOwn =
            Uri.TryCreate(origin, UriKind.Absolute, out var page)
            && page.IsLoopback
            && page.Port == (request.Host.Port ?? page.Port);
        if (!isOwn && !rule.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase))
        {
            throw new Problem(
                ProblemKind.Forbidden,
                "Pages of this origin may not call here; an operator allows one with the setting cors_origins."
            );
        }
    }

    private static void LimitBody(HttpContext http, EndpointRule rule)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = rule.BodyLimit;
        }
    }
}
