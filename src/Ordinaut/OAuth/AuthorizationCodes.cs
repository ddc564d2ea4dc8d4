using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.OAuth;

/// <summary>SQL of table <c>authorization_code</c>: what was consented to, until it is exchanged.</summary>
internal static class AuthorizationCodes
{
    public const string Prefix = "ordc_";

    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    /// <summary>How long a code is remembered, so that its second use is noticed.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private const string SelectOne = """
        select hash, family, client_id, agent_id, scopes, redirect_uri, challenge, resource, used_at, expires_at
        from authorization_code where hash = @hash
        """;

    private const string InsertOne = """
        insert into authorization_code
          (hash, family, client_id, agent_id, scopes, redirect_uri, challenge, resource, used_at, expires_at)
        values (
          @hash, @family, @client_id, @agent_id, @scopes, @redirect_uri, @challenge, @resource, null, @expires_at)
        """;

    private const string UpdateUsed = """
        update authorization_code set used_at = @now where hash = @hash and used_at is null
        """;

    private const string DeleteOfClient = "delete from authorization_code where client_id = @client_id";

    private const string DeleteExpired = """
        delete from authorization_code where hash in
          (select hash from authorization_code where expires_at < @before limit @limit)
        """;

    /// <summary>Keeps a consent and returns the code for it.</summary>
    public static async ValueTask<string> Issue(Session session, Consent consent)
    {
        var code = RandomToken.Create(Prefix);
        await session.Execute(
            InsertOne,
            ("hash", RandomToken.Hash(code)),
            ("family", consent.Family),
            ("client_id", consent.ClientId),
            ("agent_id", consent.AgentId),
            ("scopes", consent.Scopes.Text()),
            ("redirect_uri", consent.RedirectUri),
            ("challenge", consent.Challenge),
            ("resource", consent.Resource),
            ("expires_at", session.Now + Life)
        );
        return code;
    }

    /// <summary>The row of a presented code; null when unknown, or expired unused.</summary>
    public static async ValueTask<AuthorizationCode?> Find(Session session, string code)
    {
        var row = await session.First(SelectOne, AuthorizationCode.Read, ("hash", RandomToken.Hash(code)));
        return row is not null && (row.IsUsed || row.ExpiresAt > session.Now) ? row : null;
    }

    /// <summary>Marks it used; false when it was used before.</summary>
    public static async ValueTask<bool> Use(Session session, AuthorizationCode code) =>
        await session.Execute(UpdateUsed, ("hash", code.Hash)) == 1;

    public static async ValueTask EndAllOfClient(Session session, string clientId) =>
        await session.Execute(DeleteOfClient, ("client_id", clientId));

    /// <summary>Removes up to <paramref name="limit"/> that nobody needs to know any more, and says how many.</summary>
    public static ValueTask<int> Prune(Session session, int limit) =>
        session.Execute(DeleteExpired, ("before", session.Now - Kept), ("limit", limit));
}

/// <summary>What a person allowed a client.</summary>
/// <param name="Family">The family of the refresh tokens that it will give.</param>
/// <param name="Challenge">The proof key's (PKCE).</param>
/// <param name="Resource">Where the token is meant for, if the client said so; always this server.</param>
internal sealed record Consent(
    Guid Family,
    string ClientId,
    Guid AgentId,
    Scope Scopes,
    string RedirectUri,
    string Challenge,
    string? Resource
);

/// <summary>The row of an authorization code.</summary>
internal sealed record AuthorizationCode(byte[] Hash, Consent Consent, bool IsUsed, DateTimeOffset ExpiresAt)
{
    public static AuthorizationCode Read(Row row) =>
        new(
            row.BytesOrNull(0)!,
            new Consent(
                row.Id(1),
                row.Text(2),
                row.Id(3),
                Scopes.Parse(row.Text(4)),
                row.Text(5),
                row.Text(6),
                row.TextOrNull(7)
            ),
            !row.IsNull(8),
            row.Instant(9)
        );
}
