using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Tests.Tools;
using Ordinaut.Tools;
using Ordinaut.ToolSources;

namespace Ordinaut.Tests.ToolSources;

/// <summary>What servers say of calls that go on.</summary>
public sealed class ServerProgressTests
{
    [Theory]
    [InlineData(
        """{"progressToken": "a", "progress": 3, "total": 10, "message": "Half\r\nof it"}""",
        "3 of 10: Half  of it"
    )]
    [InlineData("""{"progressToken": "a", "progress": 0.5}""", "0.5 of : ")]
    [InlineData("""{"progressToken": "b", "progress": 3}""", null)]
    [InlineData("""{"progressToken": 1, "progress": 3}""", null)]
    [InlineData("""{"progressToken": "a"}""", null)]
    [InlineData("""{"progressToken": "a", "progress": "much"}""", null)]
    [InlineData("""[1]""", null)]
    [InlineData("""null""", null)]
    public void What_is_of_the_call_is_told_and_what_is_not_is_passed_over(string notification, string? expected)
    {
        var told = new List<ToolProgress>();

        new ServerProgress("a", told.Add, new FakeTimeProvider()).Hear(JsonNode.Parse(notification));

        Assert.Equal(expected, told.Select(p => $"{p.Progress} of {p.Total}: {p.Message}").SingleOrDefault());
    }

    [Fact]
    public void A_server_that_never_stops_talking_is_heard_a_few_times_a_second()
    {
        var told = new List<ToolProgress>();
        var clock = new FakeTimeProvider();
        var progress = new ServerProgress("a", told.Add, clock);

        for (var i = 0; i < 1_000; i++)
        {
            progress.Hear(JsonNode.Parse($$"""{"progressToken": "a", "progress": {{i}}}"""));
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal([0.0, 300, 600, 900], told.Select(p => p.Progress!.Value));
    }

    [Fact]
    public async Task A_call_that_somebody_follows_asks_for_its_progress_and_hears_of_it()
    {
        await using var server = new FakeMcpServer().Offers(FakeMcpServer.Tool("a"));
        await using var live = server.Live();
        await live.LookNow();
        var told = new List<ToolProgress>();
        server.Instead = request =>
            request.Text.Contains("tools/call", StringComparison.Ordinal) ? Slowly(request) : null;
        var pinned = live.Last!.Offers["a"];
        var call = ToolCalls.With("{}") with { StepId = "s[2]", Attempt = 3, Tell = told.Add };

        var result = await live.Call(pinned, Effect.Keyed, call, TestContext.Current.CancellationToken);

        Assert.IsType<ToolResult.Ok>(result);
        var heard = Assert.Single(told);
        Assert.Equal((1.0, 2.0, "Looking"), (heard.Progress, heard.Total, heard.Message));
    }

    private static byte[] Slowly(Received request)
    {
        var asked = Json.Parse(request.Text);
        var token = asked.GetProperty("params").GetProperty("_meta").GetProperty(LiveServer.ProgressToken).GetString();
        Assert.EndsWith("/s[2]/3", token, StringComparison.Ordinal);
        var id = asked.GetProperty("id").GetRawText();
        return FakeServer.Answer(
            200,
            "Content-Type: text/event-stream\r\n",
            $$$"""
            data: {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": "{{{token}}}",
            data:   "progress": 1, "total": 2, "message": "Looking"}}

            data: {"jsonrpc": "2.0", "id": {{{id}}}, "result": {"content": [{"type": "text", "text": "done"}]}}


            """
        );
    }
}
