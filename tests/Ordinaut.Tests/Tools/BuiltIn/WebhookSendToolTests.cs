using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools.BuiltIn;

public sealed class WebhookSendToolTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly string Secret = "whsec_" + Convert.ToBase64String(Key);
    private static readonly DateTimeOffset Now = new(2027, 3, 28, 8, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_receiver_that_follows_the_standard_verifies_what_was_sent()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(204));

        var output = (await Send(server, """{"order":"ü 1"}""")).Output();

        var sent = server.Only;
        Assert.Equal("POST", sent.Method);
        Assert.Equal("application/json", sent.Headers["Content-Type"]);
        Assert.Equal("""{"order":"ü 1"}""", sent.Text);
        Assert.Equal(Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), sent.Headers["webhook-timestamp"]);
        Assert.Matches("^msg_[A-Za-z0-9_-]{24}$", sent.Headers["webhook-id"]);
        Assert.Equal(sent.Headers["webhook-id"], output.GetProperty("message_id").GetString());
        Assert.Equal(204, output.GetProperty("status").GetInt32());
        Assert.True(Verifies(sent, Key));
    }

    [Fact]
    public async Task Nothing_that_was_tampered_with_verifies()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        await Send(server, """{"amount":100}""");
        var sent = server.Only;
        var signature = sent.Headers["webhook-signature"];
        byte[] longer = [.. sent.Body, (byte)' '];

        Assert.True(Verifies(sent, Key));
        Assert.All(
            Enumerable.Range(0, sent.Body.Length),
            i => Assert.False(Verifies(sent with { Body = Flip(sent.Body, i) }, Key))
        );
        Assert.All(Enumerable.Range(0, Key.Length), i => Assert.False(Verifies(sent, Flip(Key, i))));
        Assert.False(Verifies(sent with { Body = longer }, Key));
        Assert.False(Verifies(sent with { Body = sent.Body[..^1] }, Key));
        Assert.False(Verifies(With(sent, "webhook-id", sent.Headers["webhook-id"] + "x"), Key));
        Assert.False(Verifies(With(sent, "webhook-timestamp", "1806222601"), Key));
        Assert.False(
            Verifies(With(sent, "webhook-signature", signature.Replace("v1,", "v1a,", StringComparison.Ordinal)), Key)
        );
        Assert.False(Verifies(With(sent, "webhook-signature", ""), Key));
        Assert.All(
            Enumerable.Range(3, signature.Length - 4),
            i => Assert.False(Verifies(With(sent, "webhook-signature", Flip(signature, i)), Key))
        );
    }

    [Fact]
    public void The_signature_is_the_one_of_a_vector_computed_elsewhere()
    {
        // printf 'msg_1.1614265330.{"test": 2432232314}' | openssl dgst -sha256 -hmac abcdefghijklmnopqrstuvwx
        var signature = WebhookSignature.TryParse("whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4")!;

        Assert.Equal(
            "v1,Ku8Treos/Q9zwHT1EtWOHC/CE90Q4meURtJ7JE7IGaM=",
            signature.Sign("msg_1", 1614265330, """{"test": 2432232314}"""u8)
        );
    }

    [Fact]
    public async Task The_id_is_the_same_over_attempts_and_differs_between_steps()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        await Send(server, "1");
        await Send(
            server,
            "2",
            call => call with { Attempt = 2, RunId = Guid.Parse("11111111-1111-1111-1111-111111111111") }
        );
        await Send(server, "3", call => call with { IdempotencyKey = "run-1/step-2" });

        var ids = server.Requests.Select(r => r.Headers["webhook-id"]).ToArray();
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);
    }

    [Fact]
    public async Task An_event_type_wraps_the_payload()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));

        await Run(
            server,
            $$"""{"url":"{{server.Url}}","payload":[1],"secret":"{{Secret}}","event_type":"invoice.paid"}"""
        );

        Assert.Equal(
            """{"type":"invoice.paid","timestamp":"2027-03-28T08:30:00.0000000Z","data":[1]}""",
            server.Only.Text
        );
        Assert.True(Verifies(server.Only, Key));
    }

    [Theory]
    [InlineData(200, "", false)]
    [InlineData(299, "", false)]
    [InlineData(301, "http_status", false)]
    [InlineData(307, "http_status", false)]
    [InlineData(400, "http_status", false)]
    [InlineData(404, "http_status", false)]
    [InlineData(410, "endpoint_gone", false)]
    [InlineData(429, "http_status", true)]
    [InlineData(500, "http_status", true)]
    public async Task Only_2xx_is_a_success(int status, string code, bool retryable)
    {
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(status, "Location: http://127.0.0.1/\r\nRetry-After: 9\r\n")
        );

        var result = await Send(server, "1");

        Assert.Single(server.Requests);
        if (code.Length == 0)
        {
            Assert.Equal(status, result.Output().GetProperty("status").GetInt32());
            return;
        }

        var failure = result.Failure();
        Assert.Equal((code, retryable), (failure.Code, failure.Retryable));
        Assert.Equal(retryable ? TimeSpan.FromSeconds(9) : null, failure.RetryAfter);
    }

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_secret_has_24_to_64_bytes(int bytes, bool good) =>
        Assert.Equal(good, WebhookSignature.TryParse("whsec_" + Convert.ToBase64String(new byte[bytes])) is not null);

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("WHSEC_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4")]
    [InlineData("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4")]
    public async Task A_malformed_secret_is_refused_and_not_repeated(string secret)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));

        var failure = (await Run(server, $$"""{"url":"{{server.Url}}","payload":1,"secret":"{{secret}}"}""")).Failure();

        Assert.Equal(("input_invalid", false), (failure.Code, failure.Retryable));
        Assert.True(secret.Length < 7 || !failure.Message.Contains(secret, StringComparison.Ordinal));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(19_999, true)]
    [InlineData(20_000, false)]
    public async Task The_body_is_below_20_kB(int bytes, bool goes)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));

        var result = await Send(server, '"' + new string('x', bytes - 2) + '"');

        Assert.Equal(goes, result is ToolResult.Ok);
        Assert.Equal(goes ? [bytes] : [], server.Requests.Select(r => r.Body.Length));
    }

    [Fact]
    public async Task A_wrong_or_refused_address_is_a_failure()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        var input = """{"url":"URL","payload":1,"secret":"SECRET"}""".Replace(
            "SECRET",
            Secret,
            StringComparison.Ordinal
        );

        Assert.Equal("url_invalid", (await Run(server, input)).Failure().Code);
        var refused = input.Replace("URL", "http://10.0.0.1/", StringComparison.Ordinal);
        Assert.Equal("egress_refused", (await Run(server, refused)).Failure().Code);
    }

    private static Task<ToolResult> Send(FakeServer server, string payload, Func<ToolCall, ToolCall>? change = null) =>
        Run(server, $$"""{"url":"{{server.Url}}","payload":{{payload}},"secret":"{{Secret}}"}""", change);

    private static async Task<ToolResult> Run(FakeServer server, string input, Func<ToolCall, ToolCall>? change = null)
    {
        using var egress = HttpRequestToolTests.Open(server);
        var clock = new FakeTimeProvider(Now);
        var call = ToolCalls.With(input);
        return await new WebhookSendTool(egress, clock).Run(change?.Invoke(call) ?? call, clock);
    }

    // The receiver's side of the standard, written from its text and not from our code.
    private static bool Verifies(Received sent, byte[] key)
    {
        var head = Encoding.UTF8.GetBytes($"{sent.Headers["webhook-id"]}.{sent.Headers["webhook-timestamp"]}.");
        byte[] signed = [.. head, .. sent.Body];
        var expected = HMACSHA256.HashData(key, signed);
        return sent.Headers["webhook-signature"]
            .Split(' ')
            .Where(s => s.StartsWith("v1,", StringComparison.Ordinal))
            .Any(s =>
                CryptographicOperations.FixedTimeEquals(
                    Encoding.ASCII.GetBytes(s[3..]),
                    Encoding.ASCII.GetBytes(Convert.ToBase64String(expected))
                )
            );
    }

    private static Received With(Received sent, string header, string value) =>
        sent with
        {
            Headers = new Dictionary<string, string>(sent.Headers, StringComparer.OrdinalIgnoreCase)
            {
                [header] = value,
            },
        };

    private static byte[] Flip(byte[] bytes, int at)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= 1;
        return flipped;
    }

    private static string Flip(string text, int at) => text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..];
}
