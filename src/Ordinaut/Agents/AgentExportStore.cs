using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>The SQL of an export: all that is an agent's own, and nothing that opens anything.</summary>
internal static class AgentExportStore
{
    private const string SelectAgent = """
        select id, name, scopes, status, webhook_url, weight, limits, created_by, created_at, updated_at
        from agent where id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectAccount = """
        select account.agent_id, account.login, account.issuer, account.subject, account.updated_at
        from account /* each: , */ where agent_id = @of_id
        """;

    private const string SelectCalendar = """
        select calendar.owner_id, calendar.name, calendar.version, calendar.entries, calendar.updated_at
        from calendar /* each: , */ where owner_id = @of_id
        """;

    private const string SelectSecret = """
        select secret.owner_id, secret.name, secret.version, secret.description, secret.tools, secret.hosts,
          secret.created_at, secret.updated_at, secret.last_used_at
        from secret /* each: , */ where owner_id = @of_id
        """;

    private const string SelectDailyUse = """
        select daily_use.subject_id, daily_use.kind, daily_use.day, daily_use.used
        from daily_use /* each: , */ where subject_id = @of_id
        """;

    private const string SelectWebhook = """
        select id, url, topics, description, status, last_error, last_success_at, failing_since, given_up,
          created_at, updated_at
        from webhook where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectHook = """
        select id, topic, description, created_at
        from hook where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectMonitor = """
        select id, name, task_id, every_seconds, grace_seconds, severity, since, heard_at, due, created_at
        from monitor where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectAlert = """
        select id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
          acknowledged_at, resolved_at
        from alert where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectAlertDelivery = """
        select alert_delivery.alert_id, alert_delivery.event_id, alert_delivery.webhook_id, alert_delivery.topic,
          alert_delivery.state, alert_delivery.attempt, alert_delivery.error, alert_delivery.at
        from alert_delivery /* each: , */ where alert_id = @of_id
        """;

    private const string SelectTask = """
        select id, status, kind, version, next_nominal, next_due, snoozed_until, depth, parent_task_id,
          root_task_id, created_at, updated_at
        from task where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectTaskVersion = """
        select task_version.task_id, task_version.version, task_version.title, task_version.settings,
          task_version.payload, task_version.granted, task_version.created_by, task_version.created_at
        from task_version /* each: , */ where task_id = @of_id
        """;

    private const string SelectProposal = """
        select proposal.task_id, proposal.proposed_by, proposal.settings, proposal.payload,
          proposal.granted, proposal.digest, proposal.created_at
        from proposal /* each: , */ where task_id = @of_id
        """;

    private const string SelectOccurrence = """
        select occurrence.task_id, occurrence.scheduled_for, occurrence.key, occurrence.run_id,
          occurrence.reason, occurrence.through, occurrence.count, occurrence.detail, occurrence.recorded_at
        from occurrence /* each: , */ where task_id = @of_id
        """;

    private const string SelectLiveRun = """
        select run_id, task_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
          attempt, started_at, created_at
        from queue where owner_id = @owner_id and run_id > @after order by run_id limit @limit
        """;

    private const string SelectRun = """
        select id, task_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt,
          error_code, error_message, error_step, started_at, finished_at, created_at
        from run where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectEvent = """
        select id, topic, payload, source, depth, triggered, created_at
        from event where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectApproval = """
        select id, run_id, task_id, step_id, title, message, action, state, decided_by, decided_at, comment,
          created_at
        from approval where owner_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectAudit = """
        select id, action, noun, subject_id, owner_id, request_id, detail, at
        from audit where actor_id = @owner_id and id > @after order by id limit @limit
        """;

    private const string SelectRunInput = """
        select run_input.run_id, run_input.input
        from run_input /* each: , */ where run_id = @of_id
        """;

    private const string SelectStep = """
        select step.run_id, step.place, step.id, step.uses, step.state, step.attempt, step.started_at,
          step.finished_at, step.input, step.output, step.error
        from step /* each: , */ where run_id = @of_id
        """;

    private const string SelectAttempt = """
        select attempt.run_id, attempt.attempt, attempt.started_at, attempt.ended_at, attempt.error_code,
          attempt.error_message, attempt.error_step, attempt.retry_at
        from attempt /* each: , */ where run_id = @of_id
        """;

    // Not its key: whoever has that could answer.
    private const string SelectWait = """
        select wait.run_id, wait.place, wait.answer, wait.expires_at, wait.created_at
        from wait /* each: , */ where run_id = @of_id
        """;

    private const string SelectDelivery = """
        select delivery.webhook_id, delivery.event_id, delivery.attempt, delivery.due
        from delivery /* each: , */ where webhook_id = @of_id
        """;

    private const string SelectToolSource = """
        select tool_source.owner_id, tool_source.kind, tool_source.name, tool_source.settings, tool_source.updated_at
        from tool_source /* each: , */ where owner_id = @of_id
        """;

    private const string SelectClient = """
        select id, name, redirect_uris, created_at
        from oauth_client where created_by = @owner_id and id > @after order by id limit @limit
        """;

    private static readonly ExportKind[] OfRun =
    [
        new("run_input", SelectRunInput, "ij"),
        new("step", SelectStep, "ittttnwwjjj"),
        new("attempt", SelectAttempt, "inwwtttw"),
        new("wait", SelectWait, "itjww"),
    ];

    /// <summary>Each with what lies below it.</summary>
    public static readonly IReadOnlyList<ExportKind> Kinds =
    [
        new("agent", SelectAgent, "ittttnjiww")
        {
            Below =
            [
                new("account", SelectAccount, "itttw"),
                new("daily_use", SelectDailyUse, "itnn"),
                new("calendar", SelectCalendar, "itnjw") { Scope = Scope.TasksRead },
                new("secret", SelectSecret, "itntjjwww") { Scope = Scope.ToolsUse },
                new("tool_source", SelectToolSource, "ittjw") { Scope = Scope.ToolsManage },
            ],
        },
        new("oauth_client", SelectClient, "ittw") { Scope = Scope.AgentsManage },
        new("webhook", SelectWebhook, "itjtttwwnww")
        {
            Scope = Scope.EventsRead,
            Below = [new("delivery", SelectDelivery, "iinw") { Scope = Scope.EventsRead }],
        },
        new("hook", SelectHook, "ittw") { Scope = Scope.EventsPublish },
        new("monitor", SelectMonitor, "itinntwwww") { Scope = Scope.TasksRead },
        new("alert", SelectAlert, "itittttwwiww")
        {
            Scope = Scope.TasksRead,
            Below = [new("alert_delivery", SelectAlertDelivery, "iiittntw")],
        },
        new("task", SelectTask, "ittnwwwniiww")
        {
            Scope = Scope.TasksRead,
            Below =
            [
                new("task_version", SelectTaskVersion, "intjjjiw"),
                new("proposal", SelectProposal, "iijjjtw"),
                new("occurrence", SelectOccurrence, "iwtitwntw"),
            ],
        },
        new("live_run", SelectLiveRun, "iinttwnnwnww") { Scope = Scope.RunsRead, Below = OfRun },
        new("run", SelectRun, "iinttwtntttwww") { Scope = Scope.RunsRead, Below = OfRun },
        new("event", SelectEvent, "itjtnnw") { Scope = Scope.EventsRead },
        new("approval", SelectApproval, "iiitttjtiwtw") { Scope = Scope.RunsRead },
        new("audit", SelectAudit, "itttitjw") { Scope = Scope.AuditRead },
    ];

    /// <summary>Some rows of a kind, in the order of their ids.</summary>
    public static ValueTask<List<(Guid Id, string Line)>> Some(
        Session session,
        ExportKind kind,
        Guid ownerId,
        Guid after,
        int limit
    ) =>
        session.Query(
            kind.Select,
            row => (row.Id(0), AgentExport.Tell(kind, row)),
            ("owner_id", ownerId),
            ("after", after),
            ("limit", limit)
        );

    /// <summary>What lies below those rows.</summary>
    public static ValueTask<List<string>> Below(Session session, ExportKind kind, IReadOnlyList<Guid> ids) =>
        session.QueryEach(kind.Select, row => AgentExport.Tell(kind, row), ids, id => [("of_id", id)]);
}

/// <summary>Rows of one kind.</summary>
internal sealed record ExportKind
{
    /// <param name="types">
    /// What each column of <paramref name="select"/> holds: i an id, t a text, n a number, w an instant, j a document.
    /// </param>
    public ExportKind(string name, string select, string types)
    {
        Name = name;
        Select = select;
        var list = select[select.IndexOf(' ')..select.IndexOf("from ", StringComparison.Ordinal)].Split(',');
        Columns =
            list.Length == types.Length
                ? [.. list.Select(column => column.Trim().Split('.')[^1]).Zip(types)]
                : throw new ArgumentException($"{name} has {list.Length} columns, and {types.Length} types.");
    }

    public string Name { get; }

    public string Select { get; }

    public IReadOnlyList<(string Name, char Type)> Columns { get; }

    /// <summary>Whoever asks for its own needs it; what lies below needs it too.</summary>
    public Scope Scope { get; init; }

    public IReadOnlyList<ExportKind> Below { get; init; } = [];
}
