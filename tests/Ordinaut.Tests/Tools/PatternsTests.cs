using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

public sealed class PatternsTests
{
    [Theory]
    [InlineData("http.request", "http.request", true)]
    [InlineData("http.request", "http.requests", false)]
    [InlineData("weather.*", "weather.forecast", true)]
    [InlineData("weather.*", "weather-b.forecast", false)]
    [InlineData("weather.*", "weather.*", true)]
    [InlineData("weather.forecast", "weather.*", false)]
    [InlineData("*", "any.thing", true)]
    public void A_pattern_stands_for_tools(string pattern, string other, bool covers) =>
        Assert.Equal(covers, Patterns.CoversTool(pattern, other));

    [Theory]
    [InlineData("a.example", "a.example", true)]
    [InlineData("a.example", "b.a.example", false)]
    [InlineData("*.example", "a.example", true)]
    [InlineData("*.example", "b.a.example", true)]
    [InlineData("*.example", "example", false)]
    [InlineData("*.example", "aexample", false)]
    [InlineData("*.example", ".example", false)]
    [InlineData("*.example", "*.a.example", true)]
    [InlineData("*.a.example", "*.example", false)]
    public void A_pattern_stands_for_hosts(string pattern, string other, bool covers) =>
        Assert.Equal(covers, Patterns.CoversHost(pattern, other));

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("a.x,b.*", null, "a.x,b.*")]
    [InlineData(null, "a.x", "a.x")]
    [InlineData("a.*", "a.x,b.y", "a.x")]
    [InlineData("a.x,b.y", "*", "a.x,b.y")]
    [InlineData("a.x", "b.x", "")]
    public void What_two_lists_have_in_common(string? one, string? other, string? both)
    {
        Assert.Equal(List(both), Patterns.Both(List(one), List(other), Patterns.CoversTool));
        Assert.Equal(List(both), Patterns.Both(List(other), List(one), Patterns.CoversTool));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "a.x", true)]
    [InlineData("a.x", null, false)]
    [InlineData("a.*", "a.x,a.y", true)]
    [InlineData("a.*", "a.x,b.y", false)]
    [InlineData("a.*", "", true)]
    public void A_list_covers_another(string? one, string? other, bool covers) =>
        Assert.Equal(covers, Patterns.Covers(List(one), List(other), Patterns.CoversTool));

    [Theory]
    [InlineData("http.request", true)]
    [InlineData("weather.*", true)]
    [InlineData("*", true)]
    [InlineData("weather*", false)]
    [InlineData("*.request", false)]
    [InlineData("http", false)]
    [InlineData("", false)]
    public void A_list_of_tools_takes(string pattern, bool taken) => Assert.Equal(taken, Patterns.IsTool(pattern));

    [Theory]
    [InlineData("api.example.com", true)]
    [InlineData("*.example.com", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("*", false)]
    [InlineData("API.example.com", false)]
    [InlineData("api.*.com", false)]
    [InlineData("https://api.example.com", false)]
    [InlineData("api.example.com:443", false)]
    [InlineData("", false)]
    public void A_list_of_hosts_takes(string pattern, bool taken) => Assert.Equal(taken, Patterns.IsHost(pattern));

    [Fact]
    public void The_case_of_a_host_does_not_matter() => Assert.True(Patterns.AllowsHost(["a.example"], "A.Example"));

    private static string[]? List(string? text) =>
        text is null ? null
        : text.Length == 0 ? []
        : text.Split(',');
}
