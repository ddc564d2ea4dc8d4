using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;
using Ordinaut.ToolSources;

namespace Ordinaut.Tests.ToolSources;

/// <summary>What registrations are refused for, by pointer.</summary>
public sealed class SourceCheckTests
{
    private const string Command = "/usr/local/bin/weather";

    [Theory]
    [InlineData("""{"url": "https://tools.example/mcp", "token_from": "env:ORDINAUT_SECRET_A"}""", "")]
    [InlineData("""{"url": "http://127.0.0.1/mcp", "token_from": "file:weather.token"}""", "")]
    [InlineData("""{"command": "/usr/local/bin/weather", "args": ["-v"], "env": {"A_1": "b"}}""", "")]
    [InlineData("""{"command": "/usr/local/bin/weather", "env_from": {"KEY": "file:key"}}""", "")]
    [InlineData(
        """{"url": "https://a.example/", "timeout_seconds": 3600, "concurrency": 256, "effect": "unsafe"}""",
        ""
    )]
    [InlineData("{}", "")]
    [InlineData("""{"url": "ftp://a.example"}""", "/url")]
    [InlineData("""{"url": "https://me:pw@a.example"}""", "/url")]
    [InlineData("""{"url": "https://a.example", "command": "/usr/local/bin/weather"}""", "/command")]
    [InlineData("""{"url": "https://a.example", "args": []}""", "/args")]
    [InlineData("""{"url": "https://a.example", "env": {}}""", "/env")]
    [InlineData("""{"url": "http://a.example", "token_from": "env:ORDINAUT_SECRET_A"}""", "/url")]
    [InlineData("""{"url": "https://a.example", "token_from": "sk-12345"}""", "/token_from")]
    [InlineData("""{"url": "https://a.example", "token_from": "env:JWT_SECRET_KEY"}""", "/token_from")]
    [InlineData("""{"url": "https://a.example", "token_from": "file:../admin.json"}""", "/token_from")]
    [InlineData("""{"url": "https://a.example", "token_from": "file:/etc/passwd"}""", "/token_from")]
    [InlineData("""{"url": "https://a.example", "token_from": "file:.hidden"}""", "/token_from")]
    [InlineData("""{"command": "/bin/sh"}""", "/command")]
    [InlineData("""{"command": "weather"}""", "/command")]
    [InlineData("""{"command": "/usr/local/bin/weather", "token_from": "file:a"}""", "/token_from")]
    [InlineData("""{"command": "/usr/local/bin/weather", "args": ["a\u0000b"]}""", "/args")]
    [InlineData("""{"command": "/usr/local/bin/weather", "args": [null]}""", "/args")]
    [InlineData("""{"command": "/usr/local/bin/weather", "env": {"A=B": "c"}}""", "/env")]
    [InlineData("""{"command": "/usr/local/bin/weather", "env": {"1A": "c"}}""", "/env")]
    [InlineData("""{"command": "/usr/local/bin/weather", "env_from": {"A": "secret"}}""", "/env_from/A")]
    [InlineData("""{"url": "https://a.example", "timeout_seconds": 0}""", "/timeout_seconds")]
    [InlineData("""{"url": "https://a.example", "timeout_seconds": 3601}""", "/timeout_seconds")]
    [InlineData("""{"url": "https://a.example", "concurrency": 257}""", "/concurrency")]
    [InlineData("""{"url": "https://a.example", "effect": "harmless"}""", "/effect")]
    [InlineData("""{"url": "https://a.example", "effects": {"pay": "harmless"}}""", "/effects/pay")]
    public void A_server_is_refused_for(string server, string pointer)
    {
        var findings = ServerCheck.Findings("weather", Json.Read<ToolServerInput>(server), [Command]);

        Assert.Equal(
            server == "{}" ? [""]
                : pointer.Length == 0 ? []
                : [pointer],
            findings.Select(finding => finding.Pointer)
        );
    }

    [Theory]
    [InlineData("weather", true)]
    [InlineData("weather-mcp_2", true)]
    [InlineData("Weather", false)]
    [InlineData("weather.mcp", false)]
    [InlineData("2weather", false)]
    [InlineData("", false)]
    public void A_servers_name_begins_its_tools_names(string name, bool fine) =>
        Assert.Equal(fine, ServerCheck.Findings(name, new(Url: "https://a.example"), []).Count == 0);

    [Theory]
    [InlineData(ServerCheck.MaxNameLength, ServerCheck.MaxItems, ServerCheck.MaxTextLength, 0)]
    [InlineData(ServerCheck.MaxNameLength + 1, ServerCheck.MaxItems + 1, ServerCheck.MaxTextLength, 3)]
    [InlineData(1, 1, ServerCheck.MaxTextLength + 1, 2)]
    public void A_server_may_be_as_large_as_its_limits(int name, int items, int text, int findings)
    {
        var env = Enumerable.Range(0, items).ToDictionary(i => $"A{i}", _ => new string('x', text));
        var input = new ToolServerInput(Command: Command, Args: [.. env.Values], Env: env);

        Assert.Equal(findings, ServerCheck.Findings(new string('a', name), input, [Command]).Count);
    }

    [Theory]
    [InlineData(
        """{"url": "https://a.example/{id}", "headers": {"X-Key": "{key}"}, "query": {"q": "{q}", "n": 1}}""",
        ""
    )]
    [InlineData("""{"url": "https://a.example", "method": "PUT", "body": {"a": "{a}"}, "cost": 0.002}""", "")]
    [InlineData("""{"url": "https://a.example/{id}", "input_schema": {"properties": {"id": {}}}}""", "")]
    [InlineData("""{"url": "https://a.example", "token_from": "file:crm", "token_header": "X-Api-Key"}""", "")]
    [InlineData("{}", "/url")]
    [InlineData("""{"url": "a.example"}""", "/url")]
    [InlineData("""{"url": "https://{host}/a"}""", "/url")]
    [InlineData("""{"url": "https://a.example{tail}/b"}""", "/url")]
    [InlineData("""{"url": "{scheme}://a.example/b"}""", "/url")]
    [InlineData("""{"url": "https://a.example/{id"}""", "/url")]
    [InlineData("""{"url": "https://a.example", "query": {"q": "{"}}""", "/query")]
    [InlineData("""{"url": "https://a.example", "body": ["}"]}""", "/body")]
    [InlineData("""{"url": "https://a.example", "headers": {"Host": "b.example"}}""", "/headers/Host")]
    [InlineData("""{"url": "https://a.example", "token_from": "file:a", "token_header": "Host"}""", "/headers/Host")]
    [InlineData("""{"url": "https://a.example", "method": "CONNECT"}""", "/method")]
    [InlineData("""{"url": "http://a.example/{id}", "token_from": "file:a"}""", "/url")]
    [InlineData("""{"url": "https://a.example", "token_from": "secret:crm"}""", "")]
    [InlineData("""{"url": "https://a.example", "token_from": "secret:"}""", "/token_from")]
    [InlineData("""{"url": "https://a.example", "token_from": "Bearer abc"}""", "/token_from")]
    [InlineData("""{"url": "https://a.example", "input_schema": {"type": "nonsense"}}""", "/input_schema")]
    [InlineData("""{"url": "https://a.example/{id}", "input_schema": {"type": "object"}}""", "/input_schema")]
    [InlineData("""{"url": "https://a.example", "effect": "none"}""", "/effect")]
    [InlineData("""{"url": "https://a.example", "timeout_seconds": 301}""", "/timeout_seconds")]
    [InlineData("""{"url": "https://a.example", "cost": -1}""", "/cost")]
    public void An_HTTP_tool_is_refused_for(string tool, string pointer)
    {
        var findings = HttpToolCheck.Findings("crm.find", Json.Read<HttpToolInput>(tool));

        Assert.Equal(pointer.Length == 0 ? [] : [pointer], findings.Select(finding => finding.Pointer));
    }

    [Fact]
    public void An_HTTP_tool_has_a_name_of_two_parts_and_a_limit_of_size()
    {
        var fine = new HttpToolInput(Url: "https://a.example", Description: "");
        var rest = Json.Write(fine).Length;
        var largest = fine with { Description = new string('x', HttpToolCheck.MaxBytes - rest) };

        Assert.Equal("/name", Assert.Single(HttpToolCheck.Findings("crm", fine)).Pointer);
        Assert.Empty(HttpToolCheck.Findings("crm.find", largest));
        Assert.Single(HttpToolCheck.Findings("crm.find", largest with { Description = largest.Description + "x" }));
    }

    [Theory]
    [InlineData("key\n", "key")]
    [InlineData("key\r\n", "key")]
    [InlineData("two words", "two words")]
    [InlineData("", null)]
    [InlineData("a\nb", null)]
    [InlineData("clé", null)]
    public async Task A_secret_is_read_where_it_lies_and_must_fit_into_a_header(string kept, string? expected)
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-test-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "crm"), kept);
        var secrets = References(folder, name => name == "ORDINAUT_SECRET_CRM" ? kept : null);

        Assert.Equal(expected, await Read(secrets, "file:crm"));
        Assert.Equal(expected, await Read(secrets, "env:ORDINAUT_SECRET_CRM"));
        Assert.Null(await Read(secrets, "file:other"));
        Assert.Null(await Read(secrets, "env:ORDINAUT_SECRET_OTHER"));
        Assert.Equal("stored for crm.find at crm.example", await Read(secrets, "secret:crm"));
        Assert.Null(await Read(secrets, "secret:other"));
        Assert.Null(await Read(secrets, "file:../crm"));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(SecretReferences.MaxLength, true)]
    [InlineData(SecretReferences.MaxLength + 1, false)]
    public async Task A_secret_has_a_longest(int length, bool fits)
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-test-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "long"), new string('x', length));

        Assert.Equal(fits, await Read(References(folder, _ => null), "file:long") is not null);
        Directory.Delete(folder, recursive: true);
    }

    private static SecretReferences References(string folder, Func<string, string?> variable) =>
        new(
            folder,
            variable,
            (holder, name) => new(name == "crm" ? $"stored for {holder.Tool} at {holder.Host}" : null),
            new Redactor()
        );

    private static async Task<string?> Read(SecretReferences secrets, string reference)
    {
        try
        {
            return await secrets.Read(reference, new SecretHolder(Guid.Empty, "crm.find", "crm.example"), default);
        }
        catch (Problem problem)
        {
            Assert.Contains(reference, problem.Message);
            return null;
        }
    }
}
