using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Monitors;

/// <summary>Short ways to watch, and to read what was found.</summary>
internal static class MonitorWriting
{
    /// <summary>Watches a task, with a grace of five minutes.</summary>
    public static async Task<Guid> Watch(this CoreBundle core, Guid taskId, long? every = null, long grace = 300) =>
        (await core.Monitors.Create(core.Ann, new MonitorInput("The report", taskId, every, grace))).Id;

    /// <summary>Something outside calls; the token of its address.</summary>
    public static async Task<(Guid Id, string Token)> Heartbeat(this CoreBundle core, long every = 3_600)
    {
        var made = await core.Monitors.Create(core.Ann, new MonitorInput("The job", null, every, 300));
        return (made.Id, made.HeartbeatPath!.Split('/')[^1]);
    }

    public static async Task<string> StateOf(this CoreBundle core, Guid monitorId) =>
        (await core.Monitors.Get(core.Ann, monitorId)).State;

    /// <summary>All alerts, oldest first.</summary>
    public static async Task<List<AlertView>> AlertsOf(this CoreBundle core) =>
        [.. (await core.Alerts.List(core.Admin, null, null, 200)).Items.Reverse()];

    /// <summary>What was told, oldest first: <c>06:05 alert.fired</c>.</summary>
    public static async Task<List<string>> News(this CoreBundle core)
    {
        const string news = "select topic, created_at from event where topic like 'alert.%' order by created_at, id";
        return await core.Db.Read(session => session.Query(news, row => $"{row.Instant(1):HH:mm:ss} {row.Text(0)}"));
    }
}
