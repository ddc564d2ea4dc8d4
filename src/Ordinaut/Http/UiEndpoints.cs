using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Ordinaut.Http;

/// <summary>
/// <c>/</c> and <c>/ui</c>: the files of folder <c>Web</c>. They hold no data and no rule: they are a client of this
/// API that runs in a browser, with the token of the person before it.
/// </summary>
internal static class UiEndpoints
{
    private const string Folder = "ui/";
    private const string Page = "index.html";
    private const string Tag = "Ui";

    /// <summary>
    /// The page's own scripts, styles and requests alone. No text ever becomes markup: a browser that knows trusted
    /// types refuses to parse it.
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly FrozenDictionary<string, UiFile> Files = typeof(UiEndpoints)
        .Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Folder.Length..], UiFile.Read);

    /// <summary>The names below <c>/ui/</c>.</summary>
    public static IEnumerable<string> Names => Files.Keys;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.Get("/", call => Send(call.Http, Files[Page]))
            .Named("getUi", Tag, "The web UI")
            .Anonymous()
            .ExcludeFromDescription();
        app.Get("/ui/{name}", call => Send(call.Http, Find(call.Text("name"))))
            .Named("getUiFile", Tag, "A file of the web UI")
            .Anonymous()
            .ExcludeFromDescription();
    }

    private static UiFile Find(string name) =>
        Files.GetValueOrDefault(name) ?? throw Problem.NotFound("file of the web UI", name);

    private static async Task Send(HttpContext http, UiFile file)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        headers.ETag = file.Tag;
        if (ETags.IsKnown(http.Request.Headers.IfNoneMatch, file.Tag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = file.Type;
        http.Response.ContentLength = file.Content.Length;
        await http.Response.BodyWriter.WriteAsync(file.Content, http.RequestAborted);
    }

    /// <param name="Tag">Changes with the content, so that a browser asks each time and loads only what is new.</param>
    private sealed record UiFile(byte[] Content, string Type, string Tag)
    {
        public static UiFile Read(string resource)
        {
            using var stream = typeof(UiFile).Assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var hash = Convert.ToHexStringLower(SHA256.HashData(content));
            return new UiFile(content, TypeOf(resource), $"\"{hash[..32]}\"");
        }

        private static string TypeOf(string name) =>
            Path.GetExtension(name) switch
            {
                ".html" => "text/html; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".css" => "text/css; charset=utf-8",
                ".svg" => "image/svg+xml",
                var other => throw new InvalidOperationException($"A file of the UI has the unknown type '{other}'."),
            };
    }
}
