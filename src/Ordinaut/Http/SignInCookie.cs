namespace Ordinaut.Http;

/// <summary>
/// Cookies of the pages where people sign in. Over https a browser ties them to this host and path by their very name;
/// a server on this machine without it has to do with less.
/// </summary>
internal sealed class SignInCookie(ServerAddress address)
{
    /// <summary>Holds the session of who is signed in.</summary>
    public const string Session = "ordinaut-session";

    /// <summary>Holds what a sign-in at the provider must come back with.</summary>
    public const string External = "ordinaut-external";

    public string? Read(HttpContext http, string name) => http.Request.Cookies[NameOf(http, name)];

    public void Write(HttpContext http, string name, string value, TimeSpan life) =>
        http.Response.Cookies.Append(NameOf(http, name), value, Options(http, life));

    public void Remove(HttpContext http, string name) =>
        http.Response.Cookies.Delete(NameOf(http, name), Options(http, null));

    private string NameOf(HttpContext http, string name) => address.IsHttps(http) ? "__Host-" + name : name;

    /// <summary>Lax, not strict: people arrive here from other sites, and must be known when they do.</summary>
    private CookieOptions Options(HttpContext http, TimeSpan? life) =>
        new()
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = life,
            Path = "/",
            SameSite = SameSiteMode.Lax,
            Secure = address.IsHttps(http),
        };
}
