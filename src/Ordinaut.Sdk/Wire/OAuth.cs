namespace Ordinaut.Sdk.Wire;

/// <summary>A program that asks people for tokens (an OAuth client); it is public: it has no secret.</summary>
/// <param name="Name">1 to 100 characters, as people see it when they are asked.</param>
/// <param name="RedirectUris">
/// 1 to 20 addresses that people are sent back to, matched exactly: https, http on this machine (there with any
/// port), or a scheme of its own with a dot, such as <c>com.example.app:/done</c>.
/// </param>
public sealed record OAuthClientInput(string? Name = null, IReadOnlyList<string>? RedirectUris = null);

/// <summary>A registered OAuth client.</summary>
/// <param name="ClientId">What it calls itself by.</param>
public sealed record OAuthClientView(
    Guid ClientId,
    string Name,
    IReadOnlyList<string> RedirectUris,
    Guid CreatedBy,
    DateTimeOffset CreatedAt
);

/// <summary>How a person signs in as an agent: by login and password, by an OpenID provider, or both.</summary>
/// <param name="Login">1 to 100 visible ASCII characters, unique; letters count as small ones.</param>
/// <param name="Password">
/// 15 to 256 characters of any kind; never shown. The one that is set stays when it is left out beside a login.
/// </param>
/// <param name="Issuer">The provider that vouches for the person: its issuer, a URL.</param>
/// <param name="Subject">What that provider calls the person (<c>sub</c>).</param>
public sealed record AccountInput(
    string? Login = null,
    string? Password = null,
    string? Issuer = null,
    string? Subject = null
);

/// <summary>How a person signs in as an agent.</summary>
public sealed record AccountView(
    Guid AgentId,
    string? Login,
    string? Issuer,
    string? Subject,
    DateTimeOffset UpdatedAt
);

/// <summary>Why no token was given, in OAuth's own words (RFC 6749 §5.2).</summary>
/// <param name="Error">Such as <c>invalid_grant</c>.</param>
public sealed record OAuthError(string Error, string ErrorDescription);
