using Ordinaut.Agents;

namespace Ordinaut.Http;

/// <summary>How often an endpoint may be called.</summary>
internal enum RateClass
{
    Read,
    Write,

    /// <summary>Anonymous and answered from memory.</summary>
    Open,

    /// <summary>Anonymous, looks at secrets.</summary>
    Login,

    /// <summary>Stays open.</summary>
    Stream,
}

/// <summary>
/// What every endpoint declares, on the endpoint itself and never by its path: a path can be spelled in more ways
/// than a rule foresees.
/// </summary>
/// <param name="Scope">The scope needed; null lets anyone in.</param>
/// <param name="BodyLimit">Bytes of a request's body.</param>
internal sealed record EndpointRule(Scope? Scope, RateClass Rate, int BodyLimit)
{
    public const int DefaultBodyLimit = 1 << 20;
    public const int BulkBodyLimit = 16 << 20;

    /// <summary>Any token will do: what is behind the endpoint asks for scopes itself.</summary>
    public bool AnyToken { get; init; }

    /// <summary>
    /// Origins of web pages that may call it; null when that is no matter. A browser can be made to believe that
    /// another's page and this server are one host (DNS rebinding), but it always says where the page came from.
    /// </summary>
    public IReadOnlyList<string>? Origins { get; init; }

    /// <summary>An agent needs no scope to see what the path's id names, when that is itself.</summary>
    public bool OwnIdSuffices { get; init; }
}

/// <summary>The one way to declare a rule, for our endpoints and for those other libraries map.</summary>
internal static class EndpointRules
{
    public static T Needs<T>(
        this T endpoint,
        Scope scope,
        RateClass rate = RateClass.Read,
        int bodyLimit = EndpointRule.DefaultBodyLimit
    )
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new EndpointRule(scope, rate, bodyLimit));

    /// <summary>Lets in whoever has a token; for endpoints that ask for scopes by what is in the body.</summary>
    public static T NeedsToken<T>(this T endpoint, RateClass rate, IReadOnlyList<string>? origins = null)
        where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(
            new EndpointRule(Agents.Scope.None, rate, EndpointRule.DefaultBodyLimit)
            {
                AnyToken = true,
                Origins = origins,
            }
        );

    /// <summary>For what an agent may always see of itself.</summary>
    public static T NeedsUnlessOwn<T>(this T endpoint, Scope scope)
        where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(
            new EndpointRule(scope, RateClass.Read, EndpointRule.DefaultBodyLimit) { OwnIdSuffices = true }
        );

    public static T Anonymous<T>(
        this T endpoint,
        RateClass rate = RateClass.Open,
        int bodyLimit = EndpointRule.DefaultBodyLimit
    )
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new EndpointRule(null, rate, bodyLimit));

    /// <summary>Refuses to start while an endpoint exists that nobody has decided about.</summary>
    public static void RequireAll(IEnumerable<EndpointDataSource> sources)
    {
        var undeclared = sources
            .SelectMany(source => source.Endpoints)
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<EndpointRule>() is null or { Scope: Agents.Scope.None, AnyToken: false }
            )
            .Select(endpoint => endpoint.DisplayName)
            .ToList();
        if (undeclared.Count > 0)
        {
            throw new InvalidOperationException(
                $"These endpoints declare neither a scope nor that they are anonymous: {string.Join("; ", undeclared)}."
            );
        }
    }
}
