using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Monitors;

/// <summary>Monitors, heartbeats and alerts as they come over the wire.</summary>
public sealed class AlertHttpStories
{
    [Fact]
    public async Task An_address_is_shown_once_and_who_knows_it_may_call()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("tasks:read", "tasks:update");
        const string input = """{"name": "Nightly copy", "every_seconds": 86400, "severity": "critical"}""";

        var made = await agent.Post<NewMonitor>("/monitors", input, 201);
        using var answer = await app.Http.PostAsync(made.HeartbeatPath, null);
        var receipt = OrdinautApp.Read<HeartbeatReceipt>(await OrdinautApp.Expect(answer, 200));
        using var unknown = await app.Http.PostAsync(made.HeartbeatPath + "x", null);

        await OrdinautApp.Expect(unknown, 404);
        var shown = await OrdinautApp.Expect(await agent.Send("GET", $"/monitors/{made.Id}"), 200);
        var view = OrdinautApp.Read<MonitorView>(shown);
        Assert.Equal((receipt.DueAt, "critical", 300), (view.DueAt, view.Severity, view.GraceSeconds));
        Assert.DoesNotContain(made.HeartbeatPath!.Split('/')[^1], shown, StringComparison.Ordinal);
        Assert.Equal("NewMonitor", made.ToString());
    }

    [Fact]
    public async Task A_test_is_made_once_for_a_key_and_is_in_the_list()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("tasks:read", "tasks:update");

        var first = await agent.Send("POST", "/alerts/test", null, ("Idempotency-Key", "k"));
        var second = await agent.Send("POST", "/alerts/test", null, ("Idempotency-Key", "k"));

        var id = OrdinautApp.Read<AlertView>(await OrdinautApp.Expect(first, 200)).Id;
        Assert.Equal(id, OrdinautApp.Read<AlertView>(await OrdinautApp.Expect(second, 200)).Id);
        Assert.Equal(
            [id],
            (await agent.Get<Page<AlertView>>("/alerts?state=resolved")).Items.Select(alert => alert.Id)
        );
        Assert.Empty((await agent.Get<Page<AlertView>>("/alerts?state=open")).Items);
        await agent.Refused(400, "GET", "/alerts?state=wrong");
    }
}
