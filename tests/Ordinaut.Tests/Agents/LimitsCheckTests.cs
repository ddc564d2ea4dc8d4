using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Agents;

public sealed class LimitsCheckTests
{
    [Theory]
    [InlineData("""{"allowed_tools": ["http.request", "weather.*", "*"]}""", "")]
    [InlineData("""{"allowed_tools": []}""", "")]
    [InlineData("""{"allowed_tools": ["http", null]}""", "/allowed_tools/0 /allowed_tools/1")]
    [InlineData("""{"allowed_hosts": ["*.example.com", "https://a.example"]}""", "/allowed_hosts/1")]
    [InlineData("""{"auto_approve": [{"name": "r", "tools": ["a.b"], "max_fires_per_day": 1}]}""", "")]
    [InlineData("""{"auto_approve": [{"name": "r", "tools": ["a.b"], "max_fires_per_day": 1440}]}""", "")]
    [InlineData(
        """{"auto_approve": [{"name": "r", "tools": ["a.b"], "max_fires_per_day": 1441}]}""",
        "/auto_approve/0/max_fires_per_day"
    )]
    [InlineData("""{"auto_approve": [{"name": "r", "tools": ["a.b"]}]}""", "/auto_approve/0/max_fires_per_day")]
    [InlineData("""{"auto_approve": [{"name": "r", "tools": [], "max_fires_per_day": 1}]}""", "/auto_approve/0/tools")]
    [InlineData("""{"auto_approve": [{"tools": ["a.b"], "max_fires_per_day": 1}]}""", "/auto_approve/0/name")]
    [InlineData("""{"auto_approve": [null]}""", "/auto_approve/0/name")]
    public void Limits_are_checked_by_pointer(string json, string pointers)
    {
        var findings = new List<FieldError>();

        LimitsCheck.Check(Json.Read<AgentInput>(json), findings);

        Assert.Equal(pointers, string.Join(' ', findings.Select(finding => finding.Pointer)));
    }

    [Fact]
    public void A_list_and_the_rules_have_so_many_entries()
    {
        Assert.Empty(Findings(Patterns.Max, LimitsCheck.MaxRules));
        Assert.Equal(["/allowed_tools", "/auto_approve"], Findings(Patterns.Max + 1, LimitsCheck.MaxRules + 1));
    }

    [Fact]
    public void Two_rules_of_one_name_are_refused()
    {
        var findings = new List<FieldError>();

        LimitsCheck.Check(new AgentInput(AutoApprove: [Rule("r"), Rule("r")]), findings);

        Assert.Equal("/auto_approve", Assert.Single(findings).Pointer);
    }

    private static IEnumerable<string> Findings(int tools, int rules)
    {
        var findings = new List<FieldError>();
        string[] names = [.. Enumerable.Range(0, tools).Select(i => $"a.b{i}")];
        AutoApproveRule[] all = [.. Enumerable.Range(0, rules).Select(i => Rule($"r{i}"))];
        LimitsCheck.Check(new AgentInput(AllowedTools: names, AutoApprove: all), findings);
        return findings.Select(finding => finding.Pointer);
    }

    private static AutoApproveRule Rule(string name) => new(name, ["a.b"], [], 1);
}
