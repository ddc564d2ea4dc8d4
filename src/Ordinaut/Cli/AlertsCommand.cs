using System.CommandLine;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Cli;

/// <summary><c>ordinaut alerts</c>: what is wrong, and whether anybody would hear of it.</summary>
internal static class AlertsCommand
{
    private const string Waiting = "waiting";
    private const string Delivered = "delivered";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var all = new Option<bool>("--all") { Description = "Also those that are resolved" };
        var list = new Command("list", "Show what is wrong, newest first") { all };
        SignedIn.Acts(list, (client, parsed, ct) => List(client, parsed.GetValue(all) ? null : "open", ct));
        var wait = new Option<int>("--wait")
        {
            Description = "How many seconds the webhooks have to take it",
            DefaultValueFactory = _ => 30,
        };
        var test = new Command("test", "Send a test alert the whole way, and say which of your webhooks got it")
        {
            wait,
        };
        SignedIn.Acts(test, (client, parsed, ct) => Test(client, TimeSpan.FromSeconds(parsed.GetValue(wait)), ct));
        return new Command("alerts", "What is wrong, and who hears of it") { list, test };
    }

    private static async Task List(OrdinautClient client, string? state, CancellationToken ct)
    {
        var alerts = await client.ListAlerts(state, ct);
        foreach (var alert in alerts.Items)
        {
            Output.Line($"{alert.Since:u}  {alert.State, -12}  {alert.Severity, -8}  {alert.Title}: {alert.Detail}");
        }

        Output.Progress(
            alerts.Items.Count == 0 ? "no alert"
            : alerts.HasMore ? "these are the newest; GET /alerts shows the others"
            : $"{alerts.Items.Count} alerts"
        );
    }

    private static async Task Test(OrdinautClient client, TimeSpan patience, CancellationToken ct)
    {
        var alert = await client.TestAlert(ct);
        if (alert.Deliveries.Count == 0)
        {
            throw Problem.Conflict(
                "No webhook of yours listens to alert.fired: make one with POST /webhooks and the topic alert.*."
            );
        }

        var clock = TimeProvider.System;
        for (var begun = clock.GetTimestamp(); IsWaiting(alert) && clock.GetElapsedTime(begun) < patience; )
        {
            await Task.Delay(Interval, clock, ct);
            alert = await client.GetAlert(alert.Id, ct);
        }

        foreach (var told in alert.Deliveries)
        {
            var error = told.Error is null ? "" : $"  {told.Error}";
            Output.Line($"{told.WebhookId}  {told.Topic, -14}  {told.State, -9}  attempts {told.Attempts}{error}");
        }

        if (alert.Deliveries.Any(told => told.State != Delivered))
        {
            throw Problem.Conflict("Not every webhook got the test alert.");
        }
    }

    private static bool IsWaiting(AlertView alert) => alert.Deliveries.Any(told => told.State == Waiting);
}
