using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>Rows of one kind that belong to an agent.</summary>
/// <param name="Name">As the proof counts them.</param>
/// <param name="Select">The ids of some.</param>
/// <param name="Deletes">What goes with each id, and at last its row.</param>
internal sealed record ErasurePart(string Name, string Select, IReadOnlyList<string> Deletes);

/// <summary>
/// The SQL of erasing an agent: each table that names it, in an order in which nothing is left without its owner. Of
/// the agent itself a row without a name is left for a while, under which nothing fires.
/// </summary>
internal static class AgentErasureStore
{
    private const string SelectLive =
        "select run_id from queue where owner_id = @owner_id order by run_id limit @limit";
    private const string SelectRuns = "select id from run where owner_id = @owner_id order by id limit @limit";
    private const string SelectTasks = "select id from task where owner_id = @owner_id order by id limit @limit";
    private const string SelectEvents = "select id from event where owner_id = @owner_id order by id limit @limit";
    private const string SelectWebhooks = "select id from webhook where owner_id = @owner_id order by id limit @limit";
    private const string SelectHooks = "select id from hook where owner_id = @owner_id order by id limit @limit";
    private const string SelectMonitors = "select id from monitor where owner_id = @owner_id order by id limit @limit";
    private const string SelectAlerts = "select id from alert where owner_id = @owner_id order by id limit @limit";
    private const string SelectClients =
        "select id from oauth_client where created_by = @owner_id order by id limit @limit";

    private const string DeleteSteps = "delete from step /* each: using */ where run_id = @of_id";
    private const string DeleteAttempts = "delete from attempt /* each: using */ where run_id = @of_id";
    private const string DeleteInputs = "delete from run_input /* each: using */ where run_id = @of_id";
    private const string DeleteWaits = "delete from wait /* each: using */ where run_id = @of_id";
    private const string DeleteApprovals = "delete from approval /* each: using */ where run_id = @of_id";
    private const string DeleteUse = "delete from daily_use /* each: using */ where subject_id = @of_id";
    private const string DeleteLive = "delete from queue /* each: using */ where run_id = @of_id";
    private const string DeleteRun = "delete from run /* each: using */ where run.id = @of_id";
    private const string DeleteLedger = "delete from occurrence /* each: using */ where task_id = @of_id";
    private const string DeleteVersions = "delete from task_version /* each: using */ where task_id = @of_id";
    private const string DeleteProposals = "delete from proposal /* each: using */ where task_id = @of_id";
    private const string DeleteTags = "delete from task_tag /* each: using */ where task_id = @of_id";
    private const string DeleteTask = "delete from task /* each: using */ where task.id = @of_id";
    private const string DeleteOutbox = "delete from outbox /* each: using */ where event_id = @of_id";
    private const string DeleteSent = "delete from delivery /* each: using */ where event_id = @of_id";
    private const string DeleteEvent = "delete from event /* each: using */ where event.id = @of_id";
    private const string DeleteToSend = "delete from delivery /* each: using */ where webhook_id = @of_id";
    private const string DeleteTopics = "delete from webhook_topic /* each: using */ where webhook_id = @of_id";
    private const string DeleteSigning =
        "delete from signing_secret /* each: using */ where signing_secret.id = @of_id";
    private const string DeleteWebhook = "delete from webhook /* each: using */ where webhook.id = @of_id";
    private const string DeleteHook = "delete from hook /* each: using */ where hook.id = @of_id";
    private const string DeleteMonitor = "delete from monitor /* each: using */ where monitor.id = @of_id";
    private const string DeleteTold = "delete from alert_delivery /* each: using */ where alert_id = @of_id";
    private const string DeleteAlert = "delete from alert /* each: using */ where alert.id = @of_id";
    private const string DeleteClient = "delete from oauth_client /* each: using */ where oauth_client.id = @of_id";

    private const string DeletePins = """
        delete from tool_pin where server in (
          select name from tool_source where owner_id = @owner_id and kind = 'server')
        """;

    private static readonly string[] OfRun =
    [
        DeleteSteps,
        DeleteAttempts,
        DeleteInputs,
        DeleteWaits,
        DeleteApprovals,
        DeleteUse,
    ];

    /// <summary>Few rows each, which go at once; what the agent is known by at the end.</summary>
    private static readonly string[] Rest =
    [
        "delete from secret where owner_id = @owner_id",
        "delete from calendar where owner_id = @owner_id",
        "delete from dedupe where owner_id = @owner_id",
        "delete from wait where owner_id = @owner_id",
        "delete from approval where owner_id = @owner_id",
        "delete from daily_use where subject_id = @owner_id",
        "delete from idempotency where agent_id = @owner_id",
        "delete from refresh_token where agent_id = @owner_id",
        "delete from authorization_code where agent_id = @owner_id",
        "delete from web_session where agent_id = @owner_id",
        "delete from account where agent_id = @owner_id",
        DeletePins,
        "delete from tool_source where owner_id = @owner_id",
    ];

    private const string UpdateErased = """
        update agent set name = @name, scopes = '', status = 'erased', secret_hash = null, webhook_url = null,
          limits = '{}', created_by = null, token_epoch = token_epoch + 1, updated_at = @now
        where id = @owner_id and status <> 'erased'
        """;

    private const string SelectErased =
        "select id from agent where status = 'erased' and updated_at < @before order by id limit @limit";

    private const string DeleteAgent = "delete from agent where id = @owner_id and status = 'erased'";

    /// <summary>What there may be much of. Live runs first: whoever works on one is fenced off.</summary>
    public static readonly IReadOnlyList<ErasurePart> Parts =
    [
        new("live_runs", SelectLive, [.. OfRun, DeleteLive]),
        new("runs", SelectRuns, [.. OfRun, DeleteRun]),
        new("tasks", SelectTasks, [DeleteLedger, DeleteVersions, DeleteProposals, DeleteTags, DeleteUse, DeleteTask]),
        new("events", SelectEvents, [DeleteOutbox, DeleteSent, DeleteEvent]),
        new("webhooks", SelectWebhooks, [DeleteToSend, DeleteTopics, DeleteSigning, DeleteWebhook]),
        new("hooks", SelectHooks, [DeleteSigning, DeleteHook]),
        new("monitors", SelectMonitors, [DeleteMonitor]),
        new("alerts", SelectAlerts, [DeleteTold, DeleteAlert]),
        new("oauth_clients", SelectClients, [DeleteClient]),
    ];

    /// <summary>Removes some of a part; returns how many.</summary>
    public static async ValueTask<int> RemoveSome(Session session, ErasurePart part, Guid ownerId, int limit)
    {
        var ids = await session.Query(part.Select, row => row.Id(0), ("owner_id", ownerId), ("limit", limit));
        foreach (var delete in ids.Count == 0 ? [] : part.Deletes)
        {
            await session.ExecuteEach(delete, ids, id => [("of_id", id)]);
        }

        return ids.Count;
    }

    public static async ValueTask RemoveAgent(Session session, Guid ownerId)
    {
        foreach (var delete in Rest)
        {
            await session.Execute(delete, ("owner_id", ownerId));
        }

        await session.Execute(UpdateErased, ("name", $"erased-{ownerId:N}"), ("owner_id", ownerId));
    }

    /// <summary>Agents of which nothing can come any more but their own rows.</summary>
    public static ValueTask<List<Guid>> Erased(Session session, DateTimeOffset before, int limit) =>
        session.Query(SelectErased, row => row.Id(0), ("before", before), ("limit", limit));

    public static async ValueTask Forget(Session session, Guid ownerId) =>
        await session.Execute(DeleteAgent, ("owner_id", ownerId));
}
