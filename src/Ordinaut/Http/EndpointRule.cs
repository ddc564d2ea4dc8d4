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
    /// <summary>An agent needs no scope to see what the path's id names, when that is itself.</summary>
    public bool OwnIdSuffices { get; init; }

    public const int DefaultBodyLimit = 1 << 20;
    public const int BulkBodyLimit = 16 << 20;
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

    /// <summary>For what an agent may always see of itself.</summary>
    public static T NeedsUnlessOwn<T>(this T endpoint, Scope scope)
        where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(
            new EndpointRule(scope, RateClass.Read, EndpointRule.DefaultBodyLimit) { OwnIdSuffices = true }
        );

    public static T Anonymous<T>(this T endpoint, RateClass rate = RateClass.Open)
        where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new EndpointRule(null, rate, EndpointRule.DefaultBodyLimit));

    /// <summary>Refuses to start while an endpoint exists that nobody has decided about.</summary>
    public static void RequireAll(IEnumerable<EndpointDataSource> sources)
    {
        var undeclared = sources
            .SelectMany(source => source.Endpoints)
            .Where(endpoint => endpoint.Metadata.GetMetadata<EndpointRule>() is null or { Scope: Agents.Scope.None })
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
