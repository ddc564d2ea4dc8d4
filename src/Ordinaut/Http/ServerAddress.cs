using Ordinaut.Agents;
using Ordinaut.OAuth;

namespace Ordinaut.Http;

/// <summary>How this server is called from outside.</summary>
internal sealed class ServerAddress(TokenSettings settings)
{
    private readonly Uri? _issuer =
        Uri.TryCreate(settings.Issuer, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    /// <summary>The <c>iss</c> of tokens and answers.</summary>
    public string Issuer(HttpContext http) => settings.Issuer.Length > 0 ? settings.Issuer : Root(http);

    /// <summary>A login as it came in.</summary>
    public LoginCall Login(HttpContext http) => new(http.TraceIdentifier, Issuer(http));

    public ServerName Name(HttpContext http) => new(Issuer(http), Resources(http));

    /// <summary>
    /// The issuer where it is a URL, as it should be in earnest; else the address the client itself used. No answer
    /// is cached, so a made-up Host header misleads only who sent it.
    /// </summary>
    public string Root(HttpContext http) =>
        _issuer is not null ? settings.Issuer.TrimEnd('/') : $"{http.Request.Scheme}://{http.Request.Host}";

    /// <summary>
    /// Whether clients reach it by https, so that cookies and browsers can be tied to that: this connection says so, or
    /// the operator, whose proxy has the certificate. What a header says of it (X-Forwarded-Proto) is not asked:
    /// anybody can send one.
    /// </summary>
    public bool IsHttps(HttpContext http) => http.Request.IsHttps || _issuer?.Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether a resource is this server: the API, the MCP endpoint, or the audience of tokens.</summary>
    private Func<string, bool> Resources(HttpContext http)
    {
        var root = Root(http);
        return resource =>
            resource == settings.Audience
            || resource.TrimEnd('/') == root
            || resource.TrimEnd('/') == root + MetadataEndpoints.McpPath;
    }
}
