using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools.BuiltIn;

public sealed class HttpRequestInputTests
{
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

        (await HttpRequestToolTests.Run(server, $""" "method":"{method}" """)).Output();

        Assert.Equal(sent, server.Only.Method);
        Assert.Equal(keyed ? ToolCalls.Key : null, server.Only.Headers.GetValueOrDefault("Idempotency-Key"));
    }

    [Fact]
    public async Task Query_values_are_encoded_and_added_to_those_of_the_url()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        const string Query = """{"q":"a b&c=ü","n":1.50,"yes":true,"list":["x",2,null],"none":null,"empty":""}""";

        (await HttpRequestToolTests.Run(server, $$""" "query":{{Query}} """, "p?z=0#frag")).Output();
        (await HttpRequestToolTests.Run(server, """ "query":{} """, "p")).Output();
        (await HttpRequestToolTests.Run(server, """ "query":{"a":1} """, "p")).Output();

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

        (await HttpRequestToolTests.Run(server, input + """ ,"method":"POST" """)).Output();

        Assert.Equal(contentType, server.Only.Headers["Content-Type"]);
        Assert.Equal(body, server.Only.Text);
    }

    [Fact]
    public async Task Headers_go_out_and_the_callers_own_win()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        const string Headers =
            """{"Authorization":"B x","X-N":7,"X-L":["a","b"],"X-0":null,"idempotency-key":"k","User-Agent":"M"}""";

        (await HttpRequestToolTests.Run(server, $$""" "method":"POST","headers":{{Headers}} """)).Output();

        var sent = server.Only.Headers;
        Assert.Equal("B x", sent["Authorization"]);
        Assert.Equal("7", sent["X-N"]);
        Assert.Equal("a, b", sent["X-L"]);
        Assert.False(sent.ContainsKey("X-0"));
        Assert.Equal("k", sent["Idempotency-Key"]);
        Assert.Equal("M", sent["User-Agent"]);
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

        var failure = (await HttpRequestToolTests.Run(server, $$""" "headers":{"{{name}}":"{{value}}"} """)).Failure();

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

        var result = await HttpRequestToolTests.Run(server, $$""" "headers":{{{string.Join(',', fields)}}} """);

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

        var result = await HttpRequestToolTests.Run(server, $$""" "method":"POST","{{kind}}":"{{text}}" """);

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

        var failure = (await HttpRequestToolTests.Run(server, input)).Failure();

        Assert.Equal(("input_invalid", false), (failure.Code, failure.Retryable));
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }
}
