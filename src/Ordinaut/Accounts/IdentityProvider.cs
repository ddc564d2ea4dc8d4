namespace Ordinaut.Accounts;

/// <summary>The OpenID provider that people can sign in with.</summary>
/// <param name="Issuer">Its name: https, or http on this machine.</param>
/// <param name="ClientId">What it calls this server.</param>
internal sealed record IdentityProvider(string Issuer, string ClientId)
{
    /// <summary>What this server shows it, read when it is needed; empty: nothing.</summary>
    public Func<string> Secret { get; init; } = () => "";
}

/// <summary>What a sign-in at the provider must come back with; kept by the browser that began it.</summary>
/// <param name="State">Comes back in the address (RFC 6749 §10.12).</param>
/// <param name="Nonce">Comes back in the token (OpenID Connect Core §3.1.2.1).</param>
/// <param name="Verifier">Of the proof key (RFC 7636).</param>
/// <param name="Query">What a client asked here, to go on with; empty: the person's own account.</param>
internal sealed record OidcAttempt(string State, string Nonce, string Verifier, string Query)
{
    /// <summary>Characters of the query; a browser keeps 4,096 of a cookie.</summary>
    public const int MaxQuery = 2_800;

    /// <summary>How long a person has at the provider.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
}
