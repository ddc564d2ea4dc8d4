namespace Ordinaut.Sdk.Wire;

/// <summary>An agent to create or change.</summary>
/// <param name="Name">1 to 100 characters, unique.</param>
/// <param name="Scopes">Scopes to hold; nobody can grant what they do not hold. Left out where a role is given.</param>
/// <param name="WebhookUrl">Where the agent can be told of things; http or https.</param>
/// <param name="Status"><c>active</c> or <c>disabled</c>; unchanged, or active for a new one, when absent.</param>
/// <param name="Weight">
/// 1 to 100, its share of the free places where several agents wait, beyond the one that each gets; unchanged, or 1 for
/// a new one, when absent. Only an admin can change it.
/// </param>
/// <param name="TasksNeedApproval">
/// Whether each task it creates or edits waits until another agent that holds <c>approvals:decide</c> approves it;
/// unchanged, or false for a new one, when absent.
/// </param>
/// <param name="AllowedTools">
/// The tools its tasks may use, such as <c>http.request</c> or <c>weather.*</c>, at most 100; every one when absent.
/// </param>
/// <param name="AllowedHosts">
/// The hosts its tasks may name to <c>http.request</c> and <c>webhook.send</c>, such as <c>api.example.com</c> or
/// <c>*.example.com</c>, at most 100; every one when absent.
/// </param>
/// <param name="AutoApprove">Rules by which its proposals approve themselves, at most 10; none when absent.</param>
/// <param name="Role">
/// In place of scopes, a name for a set of them: <c>admin</c>, <c>operator</c>, <c>agent</c>, <c>viewer</c> or
/// <c>approver</c>. The agent holds the scopes; a role that comes to mean others later changes nothing for it.
/// </param>
public sealed record AgentInput(
    string? Name = null,
    IReadOnlyList<string>? Scopes = null,
    string? WebhookUrl = null,
    string? Status = null,
    int? Weight = null,
    bool? TasksNeedApproval = null,
    IReadOnlyList<string>? AllowedTools = null,
    IReadOnlyList<string>? AllowedHosts = null,
    IReadOnlyList<AutoApproveRule>? AutoApprove = null,
    string? Role = null
);

/// <summary>A principal with a secret and scopes.</summary>
/// <param name="Role">The role that means exactly its scopes; null when none does.</param>
/// <param name="TasksNeedApproval">Whether each task it creates or edits waits for approval.</param>
/// <param name="AllowedTools">The tools its tasks may use; null: every one.</param>
/// <param name="AllowedHosts">The hosts its tasks may name; null: every one.</param>
/// <param name="AutoApprove">Rules by which its proposals approve themselves.</param>
public sealed record AgentView(
    Guid Id,
    string Name,
    IReadOnlyList<string> Scopes,
    string? Role,
    string Status,
    string? WebhookUrl,
    int Weight,
    bool TasksNeedApproval,
    IReadOnlyList<string>? AllowedTools,
    IReadOnlyList<string>? AllowedHosts,
    IReadOnlyList<AutoApproveRule> AutoApprove,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

/// <summary>Why an agent is stopped or started; optional.</summary>
/// <param name="Reason">At most 200 characters; kept in the audit log.</param>
public sealed record AgentStop(string? Reason = null);

/// <summary>Who a token stands for, and the server's clock.</summary>
/// <param name="Scopes">What the token allows.</param>
/// <param name="ServerTime">Now, in UTC.</param>
/// <param name="Timezone">The time zone (IANA) of tasks that name none.</param>
public sealed record WhoAmI(
    Guid AgentId,
    string Name,
    IReadOnlyList<string> Scopes,
    DateTimeOffset ServerTime,
    string Timezone
);

/// <summary>A new secret; shown this once.</summary>
public sealed record AgentCredentials(string AgentId, string AgentSecret);

/// <summary>Credentials to exchange for a token.</summary>
public sealed record TokenRequest(
    string? AgentId = null,
    string? AgentSecret = null,
    string? GrantType = null,
    string? RefreshToken = null,
    string? Scope = null
);

/// <summary>A token to present as <c>Authorization: Bearer</c>.</summary>
/// <param name="ExpiresIn">Seconds the access token lives.</param>
public sealed record TokenAnswer(
    string AccessToken,
    string RefreshToken,
    string TokenType,
    int ExpiresIn,
    string Scope
);

/// <summary>A session to end, named by its refresh token.</summary>
public sealed record RevokeRequest(string? RefreshToken = null);

/// <summary>A refresh token to exchange for the next pair of tokens.</summary>
/// <param name="Scope">Space-separated; narrows the new token. All of the session's scopes when absent.</param>
public sealed record RefreshRequest(string? RefreshToken = null, string? Scope = null);

/// <summary>How the key that signs tokens is to be changed.</summary>
/// <param name="AtOnce">
/// Whether all keys before are over now, and with them every access token; for a key that somebody else has. Clients
/// get new tokens by their refresh tokens or secrets.
/// </param>
public sealed record RotateKeys(bool? AtOnce = null);

/// <summary>The key that signs tokens from an instant on.</summary>
/// <param name="OthersEndAt">Until when tokens by the keys before are valid.</param>
public sealed record RotatedKeys(string KeyId, DateTimeOffset SignsAt, DateTimeOffset OthersEndAt);

/// <summary>The public keys that tokens are signed with (RFC 7517).</summary>
public sealed record KeySet(IReadOnlyList<PublicKey> Keys);

/// <summary>Where and how to get tokens (RFC 8414).</summary>
/// <param name="Issuer">The <c>iss</c> of tokens.</param>
/// <param name="AuthorizationEndpoint">Where a browser is sent for a person's consent.</param>
/// <param name="CodeChallengeMethodsSupported">PKCE (RFC 7636): <c>S256</c>, which every request must use.</param>
/// <param name="AuthorizationResponseIssParameterSupported">Answers name the issuer (RFC 9207).</param>
/// <param name="ClientIdMetadataDocumentSupported">A client may go by the https URL of a document about it.</param>
public sealed record ServerMetadata(
    string Issuer,
    string AuthorizationEndpoint,
    string TokenEndpoint,
    string RevocationEndpoint,
    string JwksUri,
    IReadOnlyList<string> ScopesSupported,
    IReadOnlyList<string> ResponseTypesSupported,
    IReadOnlyList<string> ResponseModesSupported,
    IReadOnlyList<string> GrantTypesSupported,
    IReadOnlyList<string> TokenEndpointAuthMethodsSupported,
    IReadOnlyList<string> RevocationEndpointAuthMethodsSupported,
    IReadOnlyList<string> CodeChallengeMethodsSupported,
    bool AuthorizationResponseIssParameterSupported,
    bool ClientIdMetadataDocumentSupported
);

/// <summary>Which tokens the API takes, and from whom (RFC 9728).</summary>
public sealed record ResourceMetadata(
    string Resource,
    IReadOnlyList<string> AuthorizationServers,
    IReadOnlyList<string> ScopesSupported,
    IReadOnlyList<string> BearerMethodsSupported
);

/// <summary>One public key: a point on P-256.</summary>
public sealed record PublicKey(string Kid, string Kty, string Crv, string X, string Y, string Use, string Alg);

/// <summary>The proof of an erasure, as the audit log has it.</summary>
/// <param name="Rows">How many things of each kind were removed, with all that lay below them.</param>
/// <param name="InBackupsUntil">
/// When the last backup that may hold them is removed; null when this server makes none: what others made is theirs to
/// remove.
/// </param>
public sealed record ErasureView(
    Guid AgentId,
    DateTimeOffset ErasedAt,
    IReadOnlyDictionary<string, long> Rows,
    DateTimeOffset? InBackupsUntil
);
