namespace Ordinaut.Sdk.Wire;

/// <summary>A secret to keep. Its value can be replaced and used, and never read back.</summary>
/// <param name="Value">8 to 8,192 characters.</param>
/// <param name="Tools">The tools it is for, such as <c>http.request</c> or <c>crm.*</c>; all when absent.</param>
/// <param name="Hosts">The hosts it is for, such as <c>api.example.com</c>; all when absent.</param>
/// <param name="Description">What it is, for people.</param>
public sealed record SecretInput(
    string? Value,
    IReadOnlyList<string>? Tools = null,
    IReadOnlyList<string>? Hosts = null,
    string? Description = null
)
{
    /// <summary>Nothing of the value.</summary>
    public override string ToString() => nameof(SecretInput);
}

/// <summary>All that is told of a secret.</summary>
/// <param name="Version">Counts its values.</param>
/// <param name="LastUsedAt">When a call last took it, to the minute; null: none did.</param>
public sealed record SecretView(
    string Name,
    string Description,
    IReadOnlyList<string> Tools,
    IReadOnlyList<string> Hosts,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? LastUsedAt
);

/// <summary>What a rotation did.</summary>
/// <param name="KeyId">The key that all secrets are under now.</param>
/// <param name="Resealed">How many were not, before.</param>
public sealed record RotatedSecrets(string KeyId, int Resealed);
