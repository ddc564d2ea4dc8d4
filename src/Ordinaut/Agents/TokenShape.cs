using System.Buffers.Text;
using System.Text.Json;

namespace Ordinaut.Agents;

/// <summary>What a verified access token says.</summary>
/// <param name="Epoch">The agent's token epoch when the token was made.</param>
internal sealed record TokenClaims(Guid AgentId, Scope Scopes, long Epoch, DateTimeOffset ExpiresAt)
{
    /// <summary>Whom it was issued to: an OAuth client, or the agent itself.</summary>
    public required string ClientId { get; init; }

    /// <summary>The key that signed it.</summary>
    public required string KeyId { get; init; }

    public const string EpochName = "ord_epoch";
}

/// <summary>
/// Reads a token before its signature is looked at, and more strictly than JOSE libraries do: exactly the header
/// members we write (so no <c>jku</c>, <c>jwk</c>, <c>x5u</c> or <c>crit</c>), no member twice, canonical base64url.
/// A text that only resembles a token of ours ends here.
/// </summary>
internal static class TokenShape
{
    /// <summary>Characters of a token; ours have about 600.</summary>
    public const int MaxLength = 8 * 1_024;

    private const int MaxClaims = 16;

    /// <summary>The end of the year 9999.</summary>
    private const long MaxUnixSeconds = 253_402_300_800;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 2 };

    public static TokenClaims? Read(string token)
    {
        var parts = token.Length <= MaxLength ? token.Split('.') : [];
        if (parts.Length != 3 || Decode(parts[2]) is not { Length: 64 })
        {
            return null;
        }

        return Decode(parts[0]) is { } header && Decode(parts[1]) is { } payload && KeyOf(header) is { } keyId
            ? ReadClaims(payload, keyId)
            : null;
    }

    /// <summary>The key that a header of ours names; null for any other header.</summary>
    private static string? KeyOf(byte[] json)
    {
        using var document = Parse(json);
        return
            document is not null
            && document.RootElement.EnumerateObject().Count() == 3
            && Text(document.RootElement, "alg") == "ES256"
            && Text(document.RootElement, "typ") == AccessTokens.Type
            && Text(document.RootElement, "kid") is { Length: > 0 } keyId
            ? keyId
            : null;
    }

    private static TokenClaims? ReadClaims(byte[] json, string keyId)
    {
        using var document = Parse(json);
        if (document is null || document.RootElement.EnumerateObject().Count() > MaxClaims)
        {
            return null;
        }

        var root = document.RootElement;
        var known =
            Text(root, "iss") is not null
            && Text(root, "aud") is not null
            && Text(root, "jti") is not null
            && Number(root, "iat") is not null
            && Number(root, "nbf") is not null;
        return
            known
            && Guid.TryParseExact(Text(root, "sub"), "D", out var agentId)
            && Text(root, "scope") is { } scope
            && Text(root, "client_id") is { } clientId
            && Number(root, TokenClaims.EpochName) is { } epoch
            && Number(root, "exp") is { } expires and > 0 and < MaxUnixSeconds
            ? new TokenClaims(agentId, Scopes.Parse(scope), epoch, DateTimeOffset.FromUnixTimeSeconds(expires))
            {
                ClientId = clientId,
                KeyId = keyId,
            }
            : null;
    }

    private static JsonDocument? Parse(byte[] json)
    {
        try
        {
            var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Decodes only the one canonical spelling, so that a token has one text and one cache entry.</summary>
    private static byte[]? Decode(string part)
    {
        if (!Base64Url.IsValid(part))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(part);
        return Base64Url.EncodeToString(bytes) == part ? bytes : null;
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
            ? number
            : null;
}
