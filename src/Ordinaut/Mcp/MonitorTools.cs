using Ordinaut.Agents;
using Ordinaut.Monitors;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>What should be heard of again and again, and what is told when it is not.</summary>
internal sealed class MonitorTools(MonitorOperations monitors, AlertOperations alerts)
{
    private const string ListName = "monitors";
    private const string AlertListName = "alerts";
    private const string MonitorId = "monitor_id";
    private const string AlertId = "alert_id";

    public IEnumerable<McpTool> All() => [.. Monitors(), .. AlertsOf()];

    private IEnumerable<McpTool> Monitors()
    {
        yield return new McpTool(
            "create_monitor",
            "createMonitor",
            "Watch a task",
            "Raises an alert when a task (task_id) has not succeeded by its next time and grace_seconds. With "
                + "every_seconds and no task_id it makes an address that a job elsewhere must POST to; shown this once."
        )
            .Needs(Scope.TasksUpdate, Hints.None)
            .Does(call => monitors.Create(call.Caller, call.Body<MonitorInput>()));
        yield return new McpTool(
            "list_monitors",
            "listMonitors",
            "List monitors",
            "What is watched and how it is: ok, missed (with its alert) or idle."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(async call =>
                call.Page(await monitors.List(call.Caller, call.Number("limit"), call.After(ListName)), ListName)
            );
        yield return new McpTool(
            "delete_monitor",
            "deleteMonitor",
            "Delete a monitor",
            "Nothing is watched by it from then on; its open alert is resolved."
        )
            .Needs(Scope.TasksUpdate, Hints.Destructive | Hints.Idempotent)
            .DoesQuietly(call => monitors.Delete(call.Caller, call.Id(MonitorId)));
    }

    private IEnumerable<McpTool> AlertsOf()
    {
        yield return new McpTool(
            "list_alerts",
            "listAlerts",
            "List alerts",
            "What is wrong, newest first. state open: what still is, acknowledged or not."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(async call =>
                call.Page(
                    await alerts.List(
                        call.Caller,
                        call.OptionalText("state"),
                        call.After(AlertListName),
                        call.Number("limit")
                    ),
                    AlertListName
                )
            );
        yield return new McpTool(
            "get_alert",
            "getAlert",
            "Show an alert",
            "What was expected, what is known of it, and which webhooks got the news."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => alerts.Get(call.Caller, call.Id(AlertId)));
        yield return new McpTool(
            "acknowledge_alert",
            "acknowledgeAlert",
            "Acknowledge an alert",
            "Says that somebody knows. It resolves by itself when it is no longer so."
        )
            .Needs(Scope.TasksUpdate, Hints.None)
            .Does(call => alerts.Acknowledge(call.Caller, call.Id(AlertId)));
    }
}
