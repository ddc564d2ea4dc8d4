using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools.BuiltIn;

public sealed class HttpRequestToolTests
{
    private static readonly DateTimeOffset Now = new(2027, 3, 28, 8, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_plain_get_returns_status_headers_and_the_parsed_body()
    {
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(
                200,
                "Content-Type: application/json\r\nX-A: 1\r\nX-A: 2\r\n",
                """{"t": [1, "ü", null]}"""
            )
        );

        var output = (await Run(server, "")).Output();

        Assert.Equal(200, output.GetProperty("status").GetInt32());
        Assert.Equal("""{"t":[1,"ü",null]}""", output.GetProperty("body").GetRawText());
        Assert.Equal("1, 2", output.GetProperty("headers").GetProperty("x-a").GetString());
        Assert.False(output.TryGetProperty("body_encoding", out _));
        var sent = server.Only;
        Assert.Equal(("GET", "/"), (sent.Method, sent.Target));
        Assert.Equal(Egress.UserAgent, sent.Headers["User-Agent"]);
        Assert.False(sent.Headers.ContainsKey("Idempotency-Key"));
        Assert.False(sent.Headers.ContainsKey("Content-Type"));
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(404, false)]
    [InlineData(408, true)]
    [InlineData(410, false)]
    [InlineData(422, false)]
    [InlineData(425, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(599, true)]
    public async Task A_status_of_400_or_more_fails_and_says_whether_another_attempt_may_help(
        int status,
        bool retryable
    )
    {
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(status, "Content-Type: text/plain\r\n", "why\r\nnot")
        );

        var failure = (await Run(server, """ "query":{"token":"hidden"} """)).Failure();

        Assert.Equal(("http_status", retryable, null), (failure.Code, failure.Retryable, failure.RetryAfter));
        Assert.Equal($"127.0.0.1 answered with status {status}. It said: why  not", failure.Message);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(HttpFailures.MaxQuotedCharacters, "")]
    [InlineData(HttpFailures.MaxQuotedCharacters, "x")]
    public async Task An_error_quotes_300_characters_of_the_answer_and_not_one_more(int quoted, string more)
    {
        var said = new string('y', quoted);
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(400, "Content-Type: text/plain\r\n", said + more)
        );

        var message = (await Run(server, "")).Failure().Message;

        Assert.EndsWith(quoted == 0 ? "status 400." : "It said: " + said, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "[]", true)]
    [InlineData(302, "[]", true)]
    [InlineData(404, "[404]", true)]
    [InlineData(404, "[\"404\"]", true)]
    [InlineData(404, "[\"4xx\"]", true)]
    [InlineData(404, "[403, \"5xx\"]", false)]
    [InlineData(404, "[]", false)]
    [InlineData(503, "[404, \"5xx\"]", true)]
    [InlineData(200, "[404]", true)]
    public async Task Accept_status_lets_listed_statuses_pass(int status, string accepted, bool passes)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(status));

        var result = await Run(server, $$""" "accept_status":{{accepted}} """);

        Assert.Equal(passes, result is ToolResult.Ok);
        Assert.True(!passes || result.Output().GetProperty("status").GetInt32() == status);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("120", 120)]
    [InlineData("86400", 86400)]
    [InlineData("86401", 86400)]
    [InlineData("99999999999", null)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("soon", null)]
    [InlineData("Sun, 28 Mar 2027 08:31:30 GMT", 90)]
    [InlineData("Sunday, 28-Mar-27 08:31:30 GMT", 90)]
    [InlineData("Sun Mar 28 08:31:30 2027", 90)]
    [InlineData("Sun Apr  4 08:30:00 2027", 86400)]
    [InlineData("Sun, 28 Mar 2027 08:29:00 GMT", 0)]
    [InlineData("Wed, 28 Mar 2029 08:30:00 GMT", 86400)]
    public async Task Retry_after_is_read_in_seconds_and_in_the_three_date_forms(string value, int? seconds)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(429, $"Retry-After: {value}\r\n"));

        var failure = (await Run(server, "")).Failure();

        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, failure.RetryAfter);
    }

    [Theory]
    [InlineData(""" "max_response_bytes":10 """, 10, true)]
    [InlineData(""" "max_response_bytes":10 """, 11, false)]
    [InlineData(""" "max_response_bytes":1048576 """, 262_145, true)]
    [InlineData(""" "max_response_bytes":10485760 """, 10_485_760, true)]
    [InlineData("", 262_145, false)]
    public async Task A_response_has_a_limit(string input, int bytes, bool fits)
    {
        // Blanks around a JSON value shrink to nothing, so that only this limit is at work.
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(200, "Content-Type: application/json\r\n", "1".PadRight(bytes))
        );

        var result = await Run(server, input);

        Assert.Equal(fits ? null : "response_too_large", (result as ToolResult.Failed)?.Code);
    }

    [Fact]
    public async Task Set_cookie_is_a_list_and_other_repeated_headers_are_joined()
    {
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(200, "Set-Cookie: a=1, x\r\nSet-Cookie: b=2\r\nVary: a\r\nVary: b\r\n")
        );

        var headers = (await Run(server, "")).Output().GetProperty("headers");

        Assert.Equal("""["a=1, x","b=2"]""", headers.GetProperty("set-cookie").GetRawText());
        Assert.Equal("a, b", headers.GetProperty("vary").GetString());
    }

    [Fact]
    public async Task A_call_ends_after_its_own_time()
    {
        var clock = new FakeTimeProvider(Now);
        var asked = new TaskCompletionSource();
        await using var server = new FakeServer(_ =>
        {
            asked.SetResult();
            return Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
        });

        var pending = Run(server, """ "timeout_seconds":2.5 """, clock: clock);
        await asked.Task;
        clock.Advance(TimeSpan.FromSeconds(2.499));
        Assert.False(pending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.001));

        var failure = (await pending).Failure();
        Assert.Equal(("timeout", true), (failure.Code, failure.Retryable));
        Assert.Equal("127.0.0.1 did not answer within 2.5 s.", failure.Message);
    }

    [Fact]
    public async Task The_callers_cancellation_passes_through()
    {
        using var cancel = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        await using var server = new FakeServer(_ =>
        {
            asked.SetResult();
            return [];
        });
        using var egress = Open(server);

        var pending = new HttpRequestTool(egress, TimeProvider.System).Call(
            ToolCalls.With($$"""{"url":"{{server.Url}}"}"""),
            cancel.Token
        );
        await asked.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);
    }

    [Fact]
    public async Task A_refused_or_malformed_address_is_a_failure()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));

        Assert.Equal("egress_refused", (await RunRaw(server, """{"url":"http://10.0.0.1/"}""")).Failure().Code);
        Assert.Equal("url_invalid", (await RunRaw(server, """{"url":"nonsense"}""")).Failure().Code);
        var longQuery = new string('x', EgressUrl.MaxLength);
        Assert.Equal("url_invalid", (await Run(server, $$""" "query":{"q":"{{longQuery}}"} """)).Failure().Code);
    }

    internal static Egress Open(FakeServer server) =>
        new(
            EgressAllow.Parse($"127.0.0.1:{server.Port}"),
            EgressNetwork.Real,
            TimeProvider.System,
            NullLogger<Egress>.Instance
        );

    internal static Task<ToolResult> Run(FakeServer server, string input, string path = "", TimeProvider? clock = null)
    {
        var rest = input.Length == 0 ? "" : "," + input;
        return RunRaw(server, $$"""{"url":"{{server.Url}}{{path}}"{{rest}}}""", clock);
    }

    private static async Task<ToolResult> RunRaw(FakeServer server, string input, TimeProvider? clock = null)
    {
        using var egress = Open(server);
        var time = clock ?? new FakeTimeProvider(Now);
        return await new HttpRequestTool(egress, time).Run(ToolCalls.With(input), time);
    }
}
