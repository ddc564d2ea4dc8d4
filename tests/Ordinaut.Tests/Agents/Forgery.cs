using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.Agents;

namespace Ordinaut.Tests.Agents;

/// <summary>Tokens put together by hand, from a real one and a key.</summary>
internal static class Forgery
{
    public static ECDsa CurveOf(SigningKeys keys) => ((ECDsaSecurityKey)keys.Signer.Key).ECDsa;

    public static (JsonObject Header, JsonObject Payload) Parts(string token)
    {
        var parts = token.Split('.').Take(2).Select(part => Base64Url.DecodeFromChars(part)).ToArray();
        return (JsonNode.Parse(parts[0])!.AsObject(), JsonNode.Parse(parts[1])!.AsObject());
    }

    /// <summary>The token as it would be if this key had signed it a moment ago.</summary>
    public static string By(string token, SigningKey key, TimeProvider clock)
    {
        var (header, payload) = Parts(token);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        header["kid"] = key.Id;
        (payload["iat"], payload["nbf"], payload["exp"]) = (now, now, now + 600);
        payload["jti"] = Guid.NewGuid().ToString();
        return Sign(header.ToJsonString(), payload.ToJsonString(), ((ECDsaSecurityKey)key.Credentials.Key).ECDsa);
    }

    /// <summary>The token as somebody signs it who has no key of ours.</summary>
    public static string ByAnotherKey(string token)
    {
        var (header, payload) = Parts(token);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Sign(header.ToJsonString(), payload.ToJsonString(), key);
    }

    public static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    public static string Sign(string header, string payload, ECDsa key)
    {
        var text = $"{Encode(header)}.{Encode(payload)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    public static string With(JsonObject source, string name, JsonNode? value)
    {
        var copy = source.DeepClone().AsObject();
        copy[name] = value;
        return copy.ToJsonString();
    }

    public static string Without(JsonObject source, string name)
    {
        var copy = source.DeepClone().AsObject();
        copy.Remove(name);
        return copy.ToJsonString();
    }
}
