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
    public async Task A_call_that_somebody_follows_hears_of_its_progress_and_can_be_canceled()
    {
        using var egress = new FakeNetwork(_ => [], _ => throw new InvalidOperationException()).Guarded();
        var clock = TimeProvider.System;
        var server = new ToolServer("weather", WeatherServer.Command());
        var log = new RecordedLog<ServerDialer>();
        var dialer = new ServerDialer(egress, FakeMcpServer.Secrets(_ => null), [WeatherServer.Program], log);
        var source = ToolSource.Of(ToolSource.Server, "weather", "{}");
        await using var live = new LiveServer(
            source,
            server,
            new ServerLink(server, dialer, clock),
            new Signal(clock),
            clock
        );
        await live.LookNow();
        var heard = new TaskCompletionSource<ToolProgress>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var call = ToolCalls.With("""{"pictures": 1000000}""") with
        {
            StepId = "s[2]",
            Attempt = 3,
            Tell = progress => heard.TrySetResult(progress),
        };

        var pending = live.Call(live.Last!.Offers["radar"], Effect.Keyed, call, end.Token).AsTask();
        var progress = await heard.Task.WaitAsync(TimeSpan.FromMinutes(1), end.Token);
        await end.CancelAsync();

        Assert.Equal(1_000_000.0, progress.Total);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }
}
