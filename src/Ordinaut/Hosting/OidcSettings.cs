using Ordinaut.Accounts;
using Ordinaut.Tools;

namespace Ordinaut.Hosting;

/// <summary>People who sign in: the provider's settings, what must be true of them together, and the parts.</summary>
internal static class OidcSettings
{
    public static readonly IReadOnlyList<Setting> All =
    [
        new(
            "oidc_issuer",
            "the issuer of an OpenID provider: an https URL, or http on this machine",
            o => o.OidcIssuer,
            (o, text) => text.Length == 0 || IsIssuer(text) ? o with { OidcIssuer = text } : null
        ),
        Settings.Visible(
            "oidc_client_id",
            (0, 500),
            "at most 500 visible characters",
            o => o.OidcClientId,
            (o, text) => o with { OidcClientId = text }
        ),
        Settings.Text(
            "oidc_client_secret",
            (0, 4_096),
            "at most 4096 characters",
            o => o.OidcClientSecret.Length == 0 ? "" : "***",
            (o, text) => o with { OidcClientSecret = text }
        ) with
        {
            IsSecret = true,
        },
        Settings.File(
            "oidc_client_secret_file",
            "a file with that secret, read at each sign-in",
            o => o.OidcClientSecretFile,
            (o, path) => o with { OidcClientSecretFile = path }
        ),
    ];

    /// <summary>What is wrong although each value is readable.</summary>
    public static IEnumerable<string> Faults(OrdinautOptions options)
    {
        if (options.OidcIssuer.Length == 0)
        {
            yield break;
        }

        if (options.OidcClientId.Length == 0)
        {
            yield return "oidc_issuer is set, but not what it calls this server; set oidc_client_id.";
        }

        if (options.OidcClientSecret.Length > 0 && options.OidcClientSecretFile.Length > 0)
        {
            yield return "oidc_client_secret and oidc_client_secret_file are both set; leave one of them out.";
        }
    }

    public static void Add(IServiceCollection services, OrdinautOptions options)
    {
        services
            .AddSingleton<Passwords>()
            .AddSingleton<AccountOperations>()
            .AddSingleton<SignInOperations>()
            .AddSingleton<OwnAccountOperations>();
        if (options.OidcIssuer.Length == 0)
        {
            return;
        }

        var provider = new IdentityProvider(options.OidcIssuer, options.OidcClientId)
        {
            Secret = () =>
                options.OidcClientSecretFile.Length > 0 ? Read(options.OidcClientSecretFile) : options.OidcClientSecret,
        };
        services.AddSingleton(provider).AddSingleton<OidcSignIn>();
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new Problem(ProblemKind.Unavailable, "The file of oidc_client_secret_file cannot be read.");
        }
    }

    private static bool IsIssuer(string text) =>
        EgressUrl.Parse(text).Url is { } url
        && (url.Scheme == Uri.UriSchemeHttps || url.IsLoopback)
        && text.AsSpan().IndexOfAny('?', '#') < 0;
}
