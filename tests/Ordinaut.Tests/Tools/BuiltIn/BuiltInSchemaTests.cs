using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools.BuiltIn;

/// <summary>What the built-in tools' input schemas let through, at their limits and beyond.</summary>
public sealed class BuiltInSchemaTests
{
    // URL stands for a member that is right.
    private const string Url = "\"url\":\"http://a.example/\"";

    [Theory]
    [InlineData("http.request", "{}", "url")]
    [InlineData("http.request", """{"url":""}""", "/url")]
    [InlineData("http.request", """{"url":1}""", "/url")]
    [InlineData("http.request", """{URL,"method":"GE T"}""", "/method")]
    [InlineData("http.request", """{URL,"method":""}""", "/method")]
    [InlineData("http.request", """{URL,"method":"G\nET"}""", "/method")]
    [InlineData("http.request", """{URL,"method":"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG"}""", "/method")]
    [InlineData("http.request", """{URL,"json":1,"form":{}}""", "/form")]
    [InlineData("http.request", """{URL,"json":1,"body":""}""", "/body")]
    [InlineData("http.request", """{URL,"json":1,"body_base64":""}""", "/body_base64")]
    [InlineData("http.request", """{URL,"form":{},"body":""}""", "/body")]
    [InlineData("http.request", """{URL,"form":{},"body_base64":""}""", "/body_base64")]
    [InlineData("http.request", """{URL,"body":"","body_base64":""}""", "/body_base64")]
    [InlineData("http.request", """{URL,"query":{"a":{}}}""", "/query/a")]
    [InlineData("http.request", """{URL,"query":{"a":[[]]}}""", "/query/a/0")]
    [InlineData("http.request", """{URL,"headers":[]}""", "/headers")]
    [InlineData("http.request", """{URL,"headers":{"a":{}}}""", "/headers/a")]
    [InlineData("http.request", """{URL,"timeout_seconds":0}""", "/timeout_seconds")]
    [InlineData("http.request", """{URL,"timeout_seconds":300.001}""", "/timeout_seconds")]
    [InlineData("http.request", """{URL,"accept_status":404}""", "/accept_status")]
    [InlineData("http.request", """{URL,"accept_status":[99]}""", "/accept_status/0")]
    [InlineData("http.request", """{URL,"accept_status":[600]}""", "/accept_status/0")]
    [InlineData("http.request", """{URL,"accept_status":["4x"]}""", "/accept_status/0")]
    [InlineData("http.request", """{URL,"accept_status":["6xx"]}""", "/accept_status/0")]
    [InlineData("http.request", """{URL,"max_response_bytes":0}""", "/max_response_bytes")]
    [InlineData("http.request", """{URL,"max_response_bytes":10485761}""", "/max_response_bytes")]
    [InlineData("http.request", """{URL,"max_response_bytes":1.5}""", "/max_response_bytes")]
    [InlineData("http.request", """{URL,"follow_redirects":"yes"}""", "/follow_redirects")]
    [InlineData("http.request", """{URL,"verify_tls":false}""", "verify_tls")]
    [InlineData("webhook.send", """{URL,"payload":1}""", "secret")]
    [InlineData("webhook.send", """{URL,"secret":"x"}""", "payload")]
    [InlineData("webhook.send", """{URL,"secret":"x","payload":1,"event_type":"a..b"}""", "/event_type")]
    [InlineData("webhook.send", """{URL,"secret":"x","payload":1,"event_type":"a b"}""", "/event_type")]
    [InlineData("text.template", """{"text":1}""", "/text")]
    [InlineData("text.template", """{"text":"x","data":{}}""", "data")]
    [InlineData("debug.echo", "[]", "object")]
    [InlineData("debug.fail", """{"times":-1}""", "/times")]
    [InlineData("debug.fail", """{"times":101}""", "/times")]
    [InlineData("debug.fail", """{"code":"Not Snake"}""", "/code")]
    [InlineData("debug.sleep", """{"seconds":-0.001}""", "/seconds")]
    [InlineData("debug.sleep", """{"seconds":3600.001}""", "/seconds")]
    [InlineData("debug.sleep", "{}", "seconds")]
    public void A_wrong_input_is_pointed_at(string tool, string input, string pointedAt) =>
        Assert.Contains(pointedAt, Findings(tool, input), StringComparison.Ordinal);

    [Theory]
    [InlineData("http.request", """{URL}""")]
    [InlineData("http.request", """{URL,"method":"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF"}""")]
    [InlineData("http.request", """{URL,"query":{"a":[1,"x",true,null],"b":null},"headers":{"X-A":1}}""")]
    [InlineData("http.request", """{URL,"json":[{"deep":[]}],"timeout_seconds":300}""")]
    [InlineData("http.request", """{URL,"accept_status":[100,599,"404","5xx"],"timeout_seconds":0.001}""")]
    [InlineData("http.request", """{URL,"max_response_bytes":1,"follow_redirects":true}""")]
    [InlineData("http.request", """{URL,"max_response_bytes":10485760.0}""")]
    [InlineData("webhook.send", """{URL,"secret":"x","payload":null,"event_type":"a_1.b.C"}""")]
    [InlineData("text.template", """{"text":""}""")]
    [InlineData("debug.echo", """{"anything":[1]}""")]
    [InlineData("debug.fail", """{"times":0,"code":"a","message":"","retryable":true}""")]
    [InlineData("debug.fail", """{"times":100.0}""")]
    [InlineData("debug.sleep", """{"seconds":0}""")]
    [InlineData("debug.sleep", """{"seconds":3600}""")]
    public void A_right_input_passes(string tool, string input) => Assert.Equal("", Findings(tool, input));

    private static string Findings(string name, string input)
    {
        using var egress = new Egress(
            EgressAllow.Nothing,
            EgressNetwork.Real,
            TimeProvider.System,
            NullLogger<Egress>.Instance
        );
        var catalog = new ToolCatalog(BuiltInTools.All(egress, TimeProvider.System));
        var schemas = catalog.SchemasOf(catalog.Find(name)!);
        return ToolSchemas.Describe(
                schemas.Input,
                ToolCalls.With(input.Replace("URL", Url, StringComparison.Ordinal)).Input
            ) ?? "";
    }
}
