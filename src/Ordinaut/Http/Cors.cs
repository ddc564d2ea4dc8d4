using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Ordinaut.Http;

/// <summary>
/// Which web pages of other origins may call the API from a browser: those an operator named exactly, and none by
/// default. Tokens travel in a header and never in a cookie, so no credentials are let through.
/// </summary>
internal static class Cors
{
    /// <summary>How long a browser may remember what is allowed.</summary>
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    private static readonly string[] RequestHeaders =
    [
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "Mcp-Method",
        "Mcp-Name",
        "Mcp-Protocol-Version",
        "X-Request-ID",
    ];

    private static readonly string[] AnswerHeaders =
    [
        "ETag",
        "Location",
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "RateLimit-Reset",
        "Retry-After",
        "X-Request-ID",
    ];

    /// <param name="origins">Separated by commas; empty for none.</param>
    public static void Use(IApplicationBuilder app, string origins)
    {
        if (origins.Length > 0)
        {
            app.UseCors(policy => Allow(policy, origins.Split(',')));
        }
    }

    private static void Allow(CorsPolicyBuilder policy, string[] origins) =>
        policy
            .WithOrigins(origins)
            .WithMethods(Methods)
            .WithHeaders(RequestHeaders)
            .WithExposedHeaders(AnswerHeaders)
            .SetPreflightMaxAge(PreflightAge);
}
