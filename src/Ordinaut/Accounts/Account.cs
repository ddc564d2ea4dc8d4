using System.Text.Json.Nodes;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Accounts;

/// <summary>How a person signs in as an agent.</summary>
/// <param name="Login">The name to sign in with, in lower case; null: not by password.</param>
/// <param name="Password">The password as <see cref="Passwords.Hash"/> made it; null: not by password.</param>
/// <param name="Issuer">The OpenID provider that vouches for the person; null: none.</param>
/// <param name="Subject">What that provider calls the person.</param>
internal sealed record Account(
    Guid AgentId,
    string? Login,
    string? Password,
    string? Issuer,
    string? Subject,
    DateTimeOffset UpdatedAt
)
{
    public static Account Read(Row row) =>
        new(row.Id(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(4), row.Instant(5));

    public AccountView View() => new(AgentId, Login, Issuer, Subject, UpdatedAt);

    /// <summary>What the audit log keeps of a change: who may sign in as whom, never the password.</summary>
    public AuditEntry Entry(string action, Guid? ownerId)
    {
        var detail = new JsonObject
        {
            ["login"] = Login,
            ["issuer"] = Issuer,
            ["subject"] = Subject,
        };
        return new AuditEntry(action, "account", AgentId.ToString(), ownerId, Json.OfNode(detail));
    }
}
