using System.Text;
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
    [InlineData("GET", "GET", false)]
    [InlineData("HEAD", "HEAD", false)]
    [InlineData("POST", "POST", true)]
    [InlineData("post", "POST", true)]
    [InlineData("PUT", "PUT", true)]
    [InlineData("PATCH", "PATCH", true)]
    [InlineData("DELETE", "DELETE", true)]
    [InlineData("OPTIONS", "OPTIONS", true)]
    [InlineData("PURGE", "PURGE", true)]
    [InlineData("m-search", "m-search", true)]
    public async Task Every_method_goes_out_and_all_but_reads_carry_the_idempotency_key(
        string method,
        string sent,
        bool keyed
    )
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));

        (await Run(server, $""" "method":"{method}" """)).Output();

        Assert.Equal(sent, server.Only.Method);
        Assert.Equal(keyed ? ToolCalls.Key : null, server.Only.Headers.GetValueOrDefault("Idempotency-Key"));
    }

    [Fact]
    public async Task Query_values_are_encoded_and_added_to_those_of_the_url()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        const string Query = """{"q":"a b&c=ü","n":1.50,"yes":true,"list":["x",2,null],"none":null,"empty":""}""";

        (await Run(server, $$""" "query":{{Query}} """, "p?z=0#frag")).Output();
        (await Run(server, """ "query":{} """, "p")).Output();
        (await Run(server, """ "query":{"a":1} """, "p")).Output();

        Assert.Equal(
            ["/p?z=0&q=a%20b%26c%3D%C3%BC&n=1.50&yes=true&list=x&list=2&empty=", "/p", "/p?a=1"],
            server.Requests.Select(r => r.Target)
        );
    }

    [Theory]
    [InlineData(""" "json":{"a": "ü"} """, "application/json", """{"a": "ü"}""")]
    [InlineData(""" "json":null """, "application/json", "null")]
    [InlineData(
        """ "form":{"a":"b c","d":[1,2],"e":"+&="} """,
        "application/x-www-form-urlencoded",
        "a=b+c&d=1&d=2&e=%2B%26%3D"
    )]
    [InlineData(""" "body":"text ü" """, "text/plain; charset=utf-8", "text ü")]
    [InlineData(""" "body":"" """, "text/plain; charset=utf-8", "")]
    [InlineData(""" "body_base64":"aGk=" """, "application/octet-stream", "hi")]
    [InlineData(""" "body":"<a/>","headers":{"content-type":"text/xml"} """, "text/xml", "<a/>")]
    public async Task A_body_goes_out_in_its_form(string input, string contentType, string body)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));

        (await Run(server, input + """ ,"method":"POST" """)).Output();

        Assert.Equal(contentType, server.Only.Headers["Content-Type"]);
        Assert.Equal(body, server.Only.Text);
    }

    [Fact]
    public async Task Headers_go_out_and_the_callers_own_win()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        const string Headers =
            """{"Authorization":"Bearer x","X-N":7,"X-L":["a","b"],"X-0":null,"idempotency-key":"mine","User-Agent":"Me/1"}""";

        (await Run(server, $$""" "method":"POST","headers":{{Headers}} """)).Output();

        var sent = server.Only.Headers;
        Assert.Equal("Bearer x", sent["Authorization"]);
        Assert.Equal("7", sent["X-N"]);
        Assert.Equal("a, b", sent["X-L"]);
        Assert.False(sent.ContainsKey("X-0"));
        Assert.Equal("mine", sent["Idempotency-Key"]);
        Assert.Equal("Me/1", sent["User-Agent"]);
    }

    [Theory]
    [InlineData("Host", "a", "set by HTTP itself")]
    [InlineData("host", "a", "set by HTTP itself")]
    [InlineData("Content-Length", "0", "set by HTTP itself")]
    [InlineData("Transfer-Encoding", "chunked", "set by HTTP itself")]
    [InlineData("Connection", "upgrade", "set by HTTP itself")]
    [InlineData("Keep-Alive", "1", "set by HTTP itself")]
    [InlineData("Upgrade", "h2c", "set by HTTP itself")]
    [InlineData("TE", "trailers", "set by HTTP itself")]
    [InlineData("Trailer", "x", "set by HTTP itself")]
    [InlineData("Expect", "100-continue", "set by HTTP itself")]
    [InlineData("Proxy-Authorization", "x", "set by HTTP itself")]
    [InlineData("Proxy-Connection", "x", "set by HTTP itself")]
    [InlineData("X-A", "a\\r\\nHost: b", "no line breaks")]
    [InlineData("X-A", "a\\nb", "no line breaks")]
    [InlineData("X-A", "a\\rb", "no line breaks")]
    [InlineData("X-A", "a\\u0000", "no line breaks")]
    [InlineData("X-A", "\\u010a\\u010d", "visible ASCII")]
    [InlineData("X-A", "\\u007f", "visible ASCII")]
    [InlineData("X A", "a", "not a header name")]
    [InlineData("", "a", "not a header name")]
    [InlineData("X-A:", "a", "not a header name")]
    [InlineData("X\\r\\nY", "a", "not a header name")]
    [InlineData("Ä", "a", "not a header name")]
    public async Task A_header_that_frames_or_splits_the_message_is_refused(string name, string value, string says)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));

        var failure = (await Run(server, $$""" "headers":{"{{name}}":"{{value}}"} """)).Failure();

        Assert.Equal(("input_invalid", false), (failure.Code, failure.Retryable));
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData(64, 10, true)]
    [InlineData(65, 10, false)]
    [InlineData(1, 16_384, true)]
    [InlineData(1, 16_385, false)]
    public async Task Headers_have_limits(int count, int characters, bool goes)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        var fields = Enumerable.Range(0, count).Select(i => $"\"X{i:00}\":\"{new string('x', characters - 3)}\"");

        var result = await Run(server, $$""" "headers":{{{string.Join(',', fields)}}} """);

        Assert.Equal(goes, result is ToolResult.Ok);
        Assert.Equal(goes ? 1 : 0, server.Requests.Count);
    }

    [Theory]
    [InlineData("body", HttpRequestInput.MaxBodyBytes, true)]
    [InlineData("body", HttpRequestInput.MaxBodyBytes + 1, false)]
    [InlineData("json", HttpRequestInput.MaxBodyBytes, true)]
    [InlineData("json", HttpRequestInput.MaxBodyBytes + 1, false)]
    [InlineData("body_base64", HttpRequestInput.MaxBodyBytes, true)]
    [InlineData("body_base64", HttpRequestInput.MaxBodyBytes + 1, false)]
    public async Task A_request_body_may_have_1_MiB_and_not_one_byte_more(string kind, int bytes, bool goes)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        var text = kind switch
        {
            "json" => new string('x', bytes - 2),
            "body" => new string('x', bytes),
            _ => Convert.ToBase64String(new byte[bytes]),
        };

        var result = await Run(server, $$""" "method":"POST","{{kind}}":"{{text}}" """);

        Assert.Equal(goes ? [bytes] : [], server.Requests.Select(r => r.Body.Length));
        Assert.True(goes || result.Failure() is { Code: "input_invalid" });
    }

    [Theory]
    [InlineData(""" "method":"CONNECT" """, "tunnel")]
    [InlineData(""" "method":"connect" """, "tunnel")]
    [InlineData(""" "body_base64":"no base64!" """, "base64")]
    public async Task Input_that_cannot_be_sent_is_explained(string input, string says)
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));

        var failure = (await Run(server, input)).Failure();

        Assert.Equal(("input_invalid", false), (failure.Code, failure.Retryable));
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
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
        new(EgressAllow.Parse($"127.0.0.1:{server.Port}"), EgressNetwork.Real, TimeProvider.System);

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
