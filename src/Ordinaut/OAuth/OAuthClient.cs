using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.OAuth;

/// <summary>A program that asks people for tokens: registered here, or known by a document of its own.</summary>
/// <param name="Id">What it calls itself by: a UUID of ours, or the https URL of the document.</param>
/// <param name="Name">As it says itself; who vouches for it is told by <see cref="Host"/>.</param>
internal sealed record OAuthClient(string Id, string Name, IReadOnlyList<string> RedirectUris)
{
    /// <summary>Whose word the name is; null: that of an agent here, who registered it.</summary>
    public string? Host => Uri.TryCreate(Id, UriKind.Absolute, out var url) ? url.IdnHost : null;

    /// <summary>What that agent is called; null where there is none, or it is gone.</summary>
    public string? Registrant { get; init; }
}

/// <summary>The row of a registered client.</summary>
internal sealed record RegisteredClient(
    Guid Id,
    string Name,
    IReadOnlyList<string> RedirectUris,
    Guid CreatedBy,
    DateTimeOffset CreatedAt
)
{
    public static RegisteredClient Read(Row row) =>
        new(row.Id(0), row.Text(1), Json.Read<IReadOnlyList<string>>(row.Text(2)), row.Id(3), row.Instant(4));

    public OAuthClient Client() => new(Id.ToString(), Name, RedirectUris);

    public OAuthClientView View() => new(Id, Name, RedirectUris, CreatedBy, CreatedAt);

    public AuditEntry Entry(string action) =>
        new(action, "oauth_client", Id.ToString(), CreatedBy, Json.ToElement(View()));
}
