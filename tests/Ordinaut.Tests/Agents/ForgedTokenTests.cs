using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ordinaut.Agents;

namespace Ordinaut.Tests.Agents;

/// <summary>
/// Texts that resemble a token of ours, made by someone without the key, or with a wrong one. None gets in.
/// </summary>
public sealed class ForgedTokenTests
{
    private const int LeastForgeries = 60;

    [Fact]
    public async Task No_forged_token_is_accepted_and_the_real_one_is()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var keys = app.Get<SigningKeys>();
        var forgeries = Forgeries(admin.Token, keys).DistinctBy(forgery => forgery.Token).ToList();
        Assert.True(forgeries.Count >= LeastForgeries, $"only {forgeries.Count} forgeries");

        var accepted = new List<string>();
        foreach (var (name, token) in forgeries)
        {
            var answer = await new OrdinautApp.Client(app, token, Guid.Empty).Send("GET", "/agents");
            if ((int)answer.StatusCode is not (401 or 431 or 400))
            {
                accepted.Add($"{name}: {(int)answer.StatusCode}");
            }
        }

        Assert.Empty(accepted);
        await OrdinautApp.Expect(await admin.Send("GET", "/agents"), 200);
        // The mutant: a token made with the real key and unchanged claims must pass, or the zero above proves nothing.
        var (header, payload) = Parts(admin.Token);
        var real = Sign(header.ToJsonString(), payload.ToJsonString(), RealKey(keys));
        await OrdinautApp.Expect(await new OrdinautApp.Client(app, real, Guid.Empty).Send("GET", "/agents"), 200);
    }

    private static IEnumerable<(string Name, string Token)> Forgeries(string token, SigningKeys keys)
    {
        var key = RealKey(keys);
        var parts = token.Split('.');
        var (header, payload) = Parts(token);
        return Texts(token, parts)
            .Concat(Headers(header, payload, key, keys))
            .Concat(Claims(header, payload, key))
            .Concat(Bytes(token));
    }

    private static IEnumerable<(string, string)> Texts(string token, string[] parts)
    {
        yield return ("empty signature", $"{parts[0]}.{parts[1]}.");
        yield return ("no signature", $"{parts[0]}.{parts[1]}");
        yield return ("four parts", token + ".x");
        yield return ("five parts", token + ".x.y");
        yield return ("only dots", "..");
        yield return ("one word", "x");
        yield return ("swapped parts", $"{parts[1]}.{parts[0]}.{parts[2]}");
        yield return ("padding", token + "=");
        yield return ("doubled signature", token + parts[2]);
        yield return ("zero signature", $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[64])}");
        yield return ("short signature", $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[63])}");
        yield return ("space inside", token.Insert(20, "%20"));
        yield return ("plus for minus", $"{parts[0]}.{parts[1]}.+{parts[2][1..]}");
        yield return ("too long", token + new string('A', TokenShape.MaxLength));
    }

    private static IEnumerable<(string, string)> Headers(
        JsonObject header,
        JsonObject payload,
        ECDsa key,
        SigningKeys keys
    )
    {
        var claims = payload.ToJsonString();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        yield return ("another key, same id", Sign(header.ToJsonString(), claims, other));
        foreach (
            var alg in new[]
            {
                "none",
                "None",
                "NONE",
                "nOnE",
                "HS256",
                "HS512",
                "RS256",
                "PS256",
                "ES384",
                "es256",
                "",
            }
        )
        {
            var changed = With(header, "alg", alg);
            yield return ($"alg {alg}, signed", Sign(changed, claims, key));
            yield return ($"alg {alg}, unsigned", $"{Encode(changed)}.{Encode(claims)}.");
        }

        var publicKey = Encoding.UTF8.GetBytes(Json.Write(keys.PublicKeys.Keys[0]));
        var hmac = $"{Encode(With(header, "alg", "HS256"))}.{Encode(claims)}";
        yield return (
            "HMAC with the public key",
            $"{hmac}.{Base64Url.EncodeToString(HMACSHA256.HashData(publicKey, Encoding.ASCII.GetBytes(hmac)))}"
        );
        foreach (var type in new[] { "JWT", "at+JWT", "application/at+jwt", "id_token", "" })
        {
            yield return ($"typ {type}", Sign(With(header, "typ", type), claims, key));
        }

        foreach (var name in new[] { "jku", "x5u", "jwk", "x5c", "crit", "zip", "b64" })
        {
            yield return ($"with {name}", Sign(With(header, name, "https://evil.example"), claims, key));
        }

        foreach (var id in new[] { "", "other", "../../etc/passwd", "' or 1=1", new string('k', 4_000) })
        {
            yield return ($"kid {id}", Sign(With(header, "kid", id), claims, key));
        }

        yield return ("no typ", Sign(Without(header, "typ"), claims, key));
        yield return ("no kid", Sign(Without(header, "kid"), claims, key));
        var twice = header.ToJsonString()[..^1] + ",\"alg\":\"ES256\"}";
        yield return ("alg twice", Sign(twice, claims, key));
        yield return ("header is a list", Sign("[]", claims, key));
        yield return ("header is no JSON", Sign("{", claims, key));
    }

    private static IEnumerable<(string, string)> Claims(JsonObject header, JsonObject payload, ECDsa key)
    {
        var head = header.ToJsonString();
        foreach (var name in new[] { "iss", "aud", "sub", "exp", "nbf", "iat", "jti", "scope", TokenClaims.EpochName })
        {
            yield return ($"no {name}", Sign(head, Without(payload, name), key));
            yield return ($"{name} null", Sign(head, With(payload, name, null), key));
        }

        foreach (var name in new[] { "iss", "aud", "sub" })
        {
            yield return ($"foreign {name}", Sign(head, With(payload, name, "someone-else"), key));
        }

        yield return ("unknown agent", Sign(head, With(payload, "sub", Guid.Empty.ToString()), key));
        yield return ("expired", Sign(head, With(payload, "exp", 1_000_000_000), key));
        yield return ("not yet valid", Sign(head, With(payload, "nbf", 9_000_000_000), key));
        yield return ("exp as text", Sign(head, With(payload, "exp", "9000000000"), key));
        yield return ("exp absurd", Sign(head, With(payload, "exp", long.MaxValue), key));
        yield return ("exp negative", Sign(head, With(payload, "exp", -1), key));
        yield return ("another epoch", Sign(head, With(payload, TokenClaims.EpochName, 7), key));
        yield return ("audience list", Sign(head, With(payload, "aud", new JsonArray("ordinaut", "other")), key));
        var twice = payload.ToJsonString()[..^1] + ",\"scope\":\"admin\"}";
        yield return ("scope twice", Sign(head, twice, key));
        yield return ("claims are a list", Sign(head, "[]", key));
        yield return ("claims are no JSON", Sign(head, "{", key));
    }

    /// <summary>One bit of the real token changed, at many places.</summary>
    private static IEnumerable<(string, string)> Bytes(string token)
    {
        for (var at = 1; at < token.Length; at += 23)
        {
            var letter = token[at] == 'A' ? 'B' : 'A';
            yield return ($"letter {at}", token[..at] + letter + token[(at + 1)..]);
        }
    }

    private static (JsonObject Header, JsonObject Payload) Parts(string token)
    {
        var parts = token.Split('.').Take(2).Select(part => Base64Url.DecodeFromChars(part)).ToArray();
        return (JsonNode.Parse(parts[0])!.AsObject(), JsonNode.Parse(parts[1])!.AsObject());
    }

    private static ECDsa RealKey(SigningKeys keys) =>
        ((Microsoft.IdentityModel.Tokens.ECDsaSecurityKey)keys.Signer.Key).ECDsa;

    private static string With(JsonObject source, string name, JsonNode? value)
    {
        var copy = source.DeepClone().AsObject();
        copy[name] = value;
        return copy.ToJsonString();
    }

    private static string Without(JsonObject source, string name)
    {
        var copy = source.DeepClone().AsObject();
        copy.Remove(name);
        return copy.ToJsonString();
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Sign(string header, string payload, ECDsa key)
    {
        var text = $"{Encode(header)}.{Encode(payload)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }
}
