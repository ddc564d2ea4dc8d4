using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;
using TaskStatus = Ordinaut.Tasks.TaskStatus;

namespace Ordinaut.Monitors;

/// <summary>
/// Loop: keeps the program's own task, which goes each minute the way of all tasks (schedule, queue, worker, outcome),
/// and its monitor, which says when it does not arrive. They are an agent, a task and a monitor like others, with ids
/// that every node knows.
/// </summary>
internal sealed class Canary(
    Db db,
    CanarySettings settings,
    TaskDrafts drafts,
    TaskEdits edits,
    TaskJournal journal,
    AuditLog audit,
    TimeProvider clock,
    ILogger<Canary> log
) : BackgroundService
{
    public const string Name = "ordinaut.canary";

    /// <summary>How much later than its minute it may arrive; 2 minutes.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    public static readonly Guid AgentId = Sha256.Id("ordinaut.canary agent");
    public static readonly Guid TaskId = Sha256.Id("ordinaut.canary task");
    public static readonly Guid MonitorId = Sha256.Id("ordinaut.canary monitor");

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    // Of nodes that start at once the second finds what the first has made; the number is only ours.
    private const string TakeTurn = "select pg_advisory_xact_lock(7305804402566070639)";

    // Its alerts are for who runs the server.
    private const string SelectAdmin = """
        select id from agent
        where status = 'active' and secret_hash is not null and ' ' || scopes || ' ' like '% admin %'
        order by id limit 1
        """;

    private readonly Caller _self = new(AgentId, Scope.TasksCreate | Scope.TasksUpdate | Scope.ToolsUse);

    /// <summary>Makes what is missing, and rests it where it is not wanted.</summary>
    public Task Keep() =>
        db.Write(async session =>
        {
            await session.Lock(TakeTurn);
            var task = await TaskStore.Find(session, TaskId);
            if (settings.IsOn)
            {
                await Sing(session, task);
            }
            else if (task?.Status == TaskStatus.Active)
            {
                await journal.SetStatus(session, _self, task, TaskStatus.Paused, "The canary is switched off.");
            }
        });

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(log, "canary"), MonitorWatch.Interval, clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        await Keep();
        await Task.Delay(Interval, clock, ct);
    }

    private async ValueTask Sing(Session session, TaskDefinition? task)
    {
        if (await AgentStore.Get(session, AgentId) is null)
        {
            await AgentStore.Insert(session, Agent.New(AgentId, new(Name, []), Scope.ToolsUse, session.Now));
            await audit.Append(session, _self, new AuditEntry("agent.created", "agent", AgentId.ToString(), AgentId));
        }

        if (task is null)
        {
            await Hatch(session);
        }
        else
        {
            await Mend(session, task);
        }

        if (await MonitorStore.FindOwned(session, new Caller(AgentId, Scope.Admin), MonitorId) is null)
        {
            var admin = await session.First(SelectAdmin, row => row.IdOrNull(0));
            await MonitorStore.Insert(session, Watch(admin ?? AgentId, session.Now), tokenHash: null);
        }
    }

    private async ValueTask Hatch(Session session)
    {
        var grant = Json.Write(await TaskRights.GrantOf(session, _self, AgentId));
        var draft = drafts.Check(_self, Input()) with { Granted = grant };
        var made = await TaskPlacement.FirstVersion(session, draft, TaskId, new Lineage(null, null, 0));
        await TaskStore.Insert(session, [(made, draft.Payload)]);
        await journal.Tell(session, _self, made, "task.created");
    }

    /// <summary>As the settings say now. Who canceled it does not want it, and it stays so.</summary>
    private async ValueTask Mend(Session session, TaskDefinition task)
    {
        var draft = drafts.Check(_self, Input(), task);
        if (
            task.Status != TaskStatus.Canceled
            && await TaskStore.Payload(session, TaskId, task.Version) != draft.Payload
        )
        {
            (task, _) = await edits.Write(session, _self, task, (draft, draft.PayloadJson));
        }

        if (task.Status == TaskStatus.Paused)
        {
            await journal.SetStatus(session, _self, task, TaskStatus.Active, "The canary is switched on.");
        }
    }

    private TaskInput Input() =>
        new()
        {
            Title = "Canary",
            Description = "The program's own task: whether a minute goes from schedule to outcome.",
            ScheduleKind = "cron",
            ScheduleExpr = "* * * * *",
            Timezone = "UTC",
            MaxRetries = 0,
            OverlapPolicy = "skip",
            TimeoutSeconds = 50,
            Payload = Json.OfNode(new JsonObject { ["pipeline"] = new JsonArray([.. Steps()]) }),
        };

    /// <summary>That nobody is there to be told fails nothing here: who hears nothing outside says so.</summary>
    private IEnumerable<JsonNode> Steps()
    {
        yield return new JsonObject
        {
            ["id"] = "beat",
            ["uses"] = "debug.echo",
            ["with"] = new JsonObject { ["at"] = "${now}" },
        };
        if (settings.PingUrl.Length > 0)
        {
            yield return new JsonObject
            {
                ["id"] = "ping",
                ["uses"] = "http.request",
                ["with"] = new JsonObject { ["method"] = "GET", ["url"] = settings.PingUrl },
                ["timeout_seconds"] = 20,
                ["on_error"] = "continue",
            };
        }
    }

    private static MonitorRow Watch(Guid ownerId, DateTimeOffset now) =>
        new()
        {
            Id = MonitorId,
            OwnerId = ownerId,
            Name = "Canary",
            TaskId = TaskId,
            Every = null,
            Grace = Grace,
            Severity = Severity.Critical,
            Since = now,
        };
}

/// <summary>Whether there is a canary, and whom it tells each minute.</summary>
/// <param name="PingUrl">Empty: nobody.</param>
internal sealed record CanarySettings(bool IsOn, string PingUrl);
