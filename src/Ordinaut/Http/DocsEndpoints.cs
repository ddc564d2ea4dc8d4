using System.Net.Mime;
using Scalar.AspNetCore;

namespace Ordinaut.Http;

/// <summary><c>/openapi.json</c>, and <c>/docs</c> to read it in a browser without any request to elsewhere.</summary>
internal sealed class DocsEndpoints(ApiDocument document)
{
    private const string DocumentPath = "/openapi.json";
    private const string PagePath = "/docs";

    /// <summary>The page's files lie below it, also when its own path has no slash at the end.</summary>
    private const string Base = $"""<base href="{PagePath}/">""";

    /// <summary>The page's own scripts and styles, and data from this server alone.</summary>
    private const string PagePolicy =
        "default-src 'none'; script-src 'self' 'nonce-{0}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'none'";

    /// <summary>The library would redirect to a path with a slash; nothing here redirects.</summary>
    public static void ServeWithoutSlash(IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                http.Request.Path = http.Request.Path == PagePath ? $"{PagePath}/" : http.Request.Path;
                return next(http);
            }
        );

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get(DocumentPath, Document)
            .Named("getOpenApi", "Docs", "This document")
            .Anonymous()
            .ExcludeFromDescription();
        app.MapScalarApiReference(PagePath, ShowPage).Anonymous();
    }

    private static void ShowPage(ScalarOptions options, HttpContext http)
    {
        var nonce = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        http.Response.Headers.ContentSecurityPolicy = PagePolicy.Replace("{0}", nonce, StringComparison.Ordinal);
        options
            .WithNonce(nonce)
            .AddHeadContent(Base)
            .WithTitle("Ordinaut API")
            .WithOpenApiRoutePattern(DocumentPath)
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableMcp()
            .HideClientButton();
    }

    private async Task Document(Call call)
    {
        var json = await document.Json;
        call.Http.Response.ContentType = MediaTypeNames.Application.Json;
        call.Http.Response.ContentLength = json.Length;
        await call.Http.Response.BodyWriter.WriteAsync(json, call.Http.RequestAborted);
    }
}
