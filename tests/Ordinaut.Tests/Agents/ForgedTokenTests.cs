using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ordinaut.Agents;
using static Ordinaut.Tests.Agents.Forgery;

namespace Ordinaut.Tests.Agents;

/// <summary>
/// Figure 11, the part of forgery: texts that resemble a token of ours, made by someone without the key, or with a
/// wrong one. None gets in.
/// </summary>
public sealed class ForgedTokenTests(ITestOutputHelper output)
{
    private const int LeastForgeries = 60;

    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(5);

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
        var slowest = forgeries.Select(forgery => (Took: Judged(app, forgery.Token), forgery.Name)).Max();
        Assert.True(slowest.Took <= Most, $"{slowest.Name} took {slowest.Took}");
        output.WriteLine(
            $"Figure 11, forged tokens ({Figure.Machine}): {forgeries.Count}, 0 accepted, the slowest judged in "
                + $"{slowest.Took.TotalMilliseconds:0.00} ms"
        );
        await OrdinautApp.Expect(await admin.Send("GET", "/agents"), 200);
        // The mutant: a token made with the real key and unchanged claims must pass, or the zero above proves nothing.
        var (header, payload) = Parts(admin.Token);
        var real = Sign(header.ToJsonString(), payload.ToJsonString(), CurveOf(keys));
        await OrdinautApp.Expect(await new OrdinautApp.Client(app, real, Guid.Empty).Send("GET", "/agents"), 200);
    }

    /// <summary>The shortest of some times it takes to be turned away: the rest is the machine's.</summary>
    private static TimeSpan Judged(OrdinautApp app, string token)
    {
        var authenticator = app.Get<Authenticator>();
        return Enumerable
            .Range(0, 5)
            .Min(_ =>
            {
                var began = Stopwatch.GetTimestamp();
                Assert.Throws<Problem>(() => authenticator.Admit(token, "x").AsTask().GetAwaiter().GetResult());
                return Stopwatch.GetElapsedTime(began);
            });
    }

    private static IEnumerable<(string Name, string Token)> Forgeries(string token, SigningKeys keys)
    {
        var key = CurveOf(keys);
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
        yield return ("a megabyte", token + new string('A', 1 << 20));
        yield return ("a megabyte of dots", new string('.', 1 << 20));
        yield return ("a megabyte of claims", $"{parts[0]}.{new string('e', 1 << 20)}.{parts[2]}");
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
        var der = key.ExportSubjectPublicKeyInfo();
        yield return ("HMAC with the public key", HmacWith(publicKey, With(header, "alg", "HS256"), claims));
        yield return ("HMAC with its DER", HmacWith(der, With(header, "alg", "HS256"), claims));
        yield return ("HMAC, named ES256", HmacWith(publicKey, header.ToJsonString(), claims));
        foreach (var type in new[] { "JWT", "at+JWT", "application/at+jwt", "id_token", "" })
        {
            yield return ($"typ {type}", Sign(With(header, "typ", type), claims, key));
        }

        foreach (var name in new[] { "jku", "x5u", "jwk", "x5c", "crit", "zip", "b64" })
        {
            yield return ($"with {name}", Sign(With(header, name, "https://evil.example"), claims, key));
        }

        foreach (var forged in Keys(header, claims, key))
        {
            yield return forged;
        }

        yield return ("zero r and s", $"{Encode(header.ToJsonString())}.{Encode(claims)}.{Zeros(0)}");
        yield return ("r and s of one", $"{Encode(header.ToJsonString())}.{Encode(claims)}.{Zeros(1)}");
        yield return ("no typ", Sign(Without(header, "typ"), claims, key));
        yield return ("no kid", Sign(Without(header, "kid"), claims, key));
        yield return ("alg twice", Sign(header.ToJsonString()[..^1] + ",\"alg\":\"ES256\"}", claims, key));
        yield return ("header is a list", Sign("[]", claims, key));
        yield return ("header is no JSON", Sign("{", claims, key));
    }

    private static IEnumerable<(string, string)> Keys(JsonObject header, string claims, ECDsa key)
    {
        foreach (var id in new[] { "", "other", "../../etc/passwd", "' or 1=1", new string('k', 4_000) })
        {
            yield return ($"kid {id}", Sign(With(header, "kid", id), claims, key));
        }

        foreach (
            var id in new[] { "../../../../dev/null", "/dev/null", "file:///etc/passwd", "key' union select 1 --" }
        )
        {
            yield return ($"kid {id}, an empty secret", HmacWith([], With(header, "kid", id), claims));
        }

        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = own.ExportParameters(false).Q;
        var embedded = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
        yield return ("a jwk of its own", Sign(With(header, "jwk", embedded), claims, own));
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

    private static string HmacWith(byte[] secret, string header, string claims)
    {
        var text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Zeros(byte last)
    {
        var signature = new byte[64];
        (signature[31], signature[63]) = (last, last);
        return Base64Url.EncodeToString(signature);
    }
}
