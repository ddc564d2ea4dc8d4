using Ordinaut.Cli;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Cli;

/// <summary>The verbs of alerts, against a running server.</summary>
public sealed class AlertsCommandStories
{
    [Theory]
    [InlineData(200, Output.Success)]
    [InlineData(410, Output.Failure)]
    public async Task A_test_succeeds_where_every_webhook_takes_it(int status, int expected)
    {
        await using var endpoint = new FakeServer(_ => FakeServer.Answer(status));
        await using var app = await OrdinautApp.Start(configure: o => o with { EgressAllow = "127.0.0.1" });
        var admin = await app.AsAdmin();
        var webhook = $$"""{"url": "{{endpoint.Url}}in", "topics": ["alert.*"]}""";
        await OrdinautApp.Expect(await admin.Send("POST", "/webhooks", webhook), 201);

        Assert.Equal(expected, await Run(app, "test", "--wait", "30"));
    }

    [Fact]
    public async Task A_test_that_nobody_listens_to_is_a_failure()
    {
        await using var app = await OrdinautApp.Start();

        Assert.Equal(Output.Failure, await Run(app, "test"));
        Assert.Equal(Output.Success, await Run(app, "list", "--all"));
    }

    private static Task<int> Run(OrdinautApp app, params string[] words) =>
        CommandLine.Run(["alerts", .. words, "--url", app.Http.BaseAddress!.ToString(), "--data", app.Options.Data]);
}
