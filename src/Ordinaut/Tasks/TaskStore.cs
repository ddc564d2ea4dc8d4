using Ordinaut.Agents;
using Ordinaut.Schedules;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>The SQL of tasks and their versions.</summary>
internal static class TaskStore
{
    private const string InsertTask = """
        insert into task (
          id, owner_id, status, kind, version, next_nominal, next_due, topic_head, depth,
          parent_task_id, root_task_id, created_at, updated_at)
        select
          @id, @owner_id, @status, @kind, @version, @next_nominal, @next_due, @topic_head, @depth, @parent_task_id,
          @root_task_id, @now, @now
        /* each: from */
        """;

    private const string InsertVersion = """
        insert into task_version (task_id, version, title, settings, payload, granted, created_by, created_at)
        select @task_id, @version, @title, @settings, @payload, @granted, @created_by, @now /* each: from */
        """;

    private const string InsertTag =
        "insert into task_tag (owner_id, tag, task_id) select @owner_id, @tag, @task_id /* each: from */";

    private const string DeleteTags = "delete from task_tag where task_id = @task_id";

    private const string SelectOwned =
        $"select {TaskRow.Columns} {TaskRow.From} where t.id = @id and (t.owner_id = @owner_id or @all)";

    private const string SelectOwnedEach = $"""
        select {TaskRow.Columns}, @place {TaskRow.From} /* each: , */
        where t.id = @id and (t.owner_id = @owner_id or @all)
        """;

    private const string SelectById = $"select {TaskRow.Columns} {TaskRow.From} where t.id = @id";

    private const string SelectPayload =
        "select payload from task_version where task_id = @task_id and version = @version";

    // From agent to agent along the index, never past more than one task of each. What is due of a stopped agent stays
    // due.
    private const string Owners = """
        with recursive owner(id) as (
          select (select owner_id from task where next_due is not null and owner_id > @after order by owner_id limit 1)
          union all
          select (
            select t.owner_id from task t where t.next_due is not null and t.owner_id > owner.id
            order by t.owner_id limit 1)
          from owner where owner.id is not null)
        """;

    private const string SelectWaiting = $"""
        {Owners}
        select o.id, coalesce(a.weight, 1) from owner o left join agent a on a.id = o.id
        where coalesce(a.status, 'active') = 'active'
          and exists (select 1 from task t where t.owner_id = o.id and t.next_due <= @now)
          and not exists (select 1 from cluster where id = 1 and state <> 'active')
        limit @limit
        """;

    private const string SelectDue = $"""
        select {TaskRow.Columns}
        from /* each: lateral */ (
          select d.* from task d where d.owner_id = @owner_id and d.next_due <= @now order by d.next_due limit @places
          /* pg: for no key update skip locked */) t
        join task_version v on v.task_id = /* pg: any(array[ */ t.id /* pg: ]) */ and v.version = t.version
        """;

    private const string LockRow = "select 1 from task where id = @id for no key update";

    // Any number may ask for runs of a task at once, and none while it is changed.
    private const string ShareRow = "select 1 from task t /* each: , */ where t.id = @id for share of t";

    private const string SelectNextDue = $"""
        {Owners}
        select min((
          select t.next_due from task t where t.owner_id = o.id and t.next_due is not null
          order by t.next_due limit 1))
        from owner o left join agent a on a.id = o.id
        where o.id is not null and coalesce(a.status, 'active') = 'active'
        """;

    // The cursor moves only from where the scheduler saw it: of two schedulers with the same task one moves it.
    private const string UpdateCursor = """
        update task set next_nominal = @next_nominal, next_due = @next_due, status = @status, snoozed_until = null
        /* each: from */ where id = @id and version = @version and next_nominal = @seen_nominal
        returning id
        """;

    private const string UpdateVersion = """
        update task set
          version = @version, status = @status, kind = @kind, next_nominal = @next_nominal, next_due = @next_due,
          topic_head = @topic_head, snoozed_until = @snoozed_until, updated_at = @now
        where id = @id and version = @seen_version
        """;

    private const string UpdateState = """
        update task set
          status = @status, next_nominal = @next_nominal, next_due = @next_due, snoozed_until = @snoozed_until,
          topic_head = case when @status = 'canceled' then null else topic_head end, updated_at = @now
        where id = @id
        """;

    private const string UpdateDue = "update task set next_due = @next_due where id = @id";

    private const string UpdateCheckState = "update task set check_state = @check_state where id = @id";

    private const string Delete = "delete from task where id = @id";

    private const string DeleteVersions = "delete from task_version where task_id = @task_id";

    public static async ValueTask Insert(Session session, IReadOnlyList<(TaskDefinition Task, string Payload)> made)
    {
        await session.LaterEach(
            InsertTask,
            made,
            one =>
                [
                    ("id", one.Task.Id),
                    ("owner_id", one.Task.OwnerId),
                    ("status", Word<TaskStatus>.Of(one.Task.Status)),
                    ("kind", Word<ScheduleKind>.Of(one.Task.Settings.ScheduleKind)),
                    ("version", one.Task.Version),
                    ("next_nominal", one.Task.NextNominal),
                    ("next_due", one.Task.NextDue),
                    ("topic_head", TopicHead(one.Task.Settings)),
                    ("depth", one.Task.Depth),
                    ("parent_task_id", one.Task.ParentTaskId),
                    ("root_task_id", one.Task.RootTaskId),
                ]
        );
        await InsertVersions(session, [.. made.Select(one => (one.Task, one.Payload, one.Task.OwnerId))]);
    }

    /// <summary>Replaces the task by its next version; false when someone else was first.</summary>
    public static async ValueTask<bool> AddVersion(Session session, TaskDefinition task, string payload, Guid editorId)
    {
        var updated = await session.Execute(
            UpdateVersion,
            ("id", task.Id),
            ("version", task.Version),
            ("status", Word<TaskStatus>.Of(task.Status)),
            ("kind", Word<ScheduleKind>.Of(task.Settings.ScheduleKind)),
            ("next_nominal", task.NextNominal),
            ("next_due", task.NextDue),
            ("topic_head", TopicHead(task.Settings)),
            ("snoozed_until", task.SnoozedUntil),
            ("seen_version", task.Version - 1)
        );
        if (updated == 0)
        {
            return false;
        }

        await session.Execute(DeleteTags, ("task_id", task.Id));
        await InsertVersions(session, [(task, payload, editorId)]);
        return true;
    }

    /// <summary>The task if the caller may see it.</summary>
    public static ValueTask<TaskDefinition?> FindOwned(Session session, Caller caller, Guid id) =>
        session.First(SelectOwned, TaskRow.Read, ("id", id), ("owner_id", caller.AgentId), ("all", caller.SeesAll));

    /// <summary>
    /// Each task if its caller may see it, else null, in their places; what is read stays so until this work is done.
    /// </summary>
    public static async ValueTask<TaskDefinition?[]> ShareOwned(
        Session session,
        IReadOnlyList<(Caller Caller, Guid Id)> wanted
    )
    {
        await session.LockEach(ShareRow, wanted, one => [("id", one.Id)]);
        var place = 0;
        var found = await session.QueryEach(
            SelectOwnedEach,
            row => (Task: TaskRow.Read(row), Place: row.Int(TaskRow.Width)),
            wanted,
            one => [("id", one.Id), ("owner_id", one.Caller.AgentId), ("all", one.Caller.SeesAll), ("place", place++)]
        );
        var tasks = new TaskDefinition?[wanted.Count];
        found.ForEach(one => tasks[one.Place] = one.Task);
        return tasks;
    }

    public static ValueTask<TaskDefinition?> Find(Session session, Guid id) =>
        session.First(SelectById, TaskRow.Read, ("id", id));

    /// <summary>Nobody else changes the task until this work is done; what is read of it after this stays so.</summary>
    public static ValueTask Hold(Session session, Guid id) => session.Lock(LockRow, ("id", id));

    public static ValueTask<string?> Payload(Session session, Guid taskId, int version) =>
        session.First(SelectPayload, row => row.Text(0), ("task_id", taskId), ("version", version));

    /// <summary>Agents that have a task due, in the order of their ids.</summary>
    public static ValueTask<List<WaitingAgent>> Waiting(Session session, Guid after, int limit) =>
        session.Query(SelectWaiting, WaitingAgent.Read, ("after", after), ("limit", limit));

    /// <summary>As many due tasks of each agent as it has places, the longest due first.</summary>
    public static ValueTask<List<TaskDefinition>> Due(Session session, IReadOnlyList<Share> shares) =>
        session.QueryEach(
            SelectDue,
            TaskRow.Read,
            shares,
            share => [("owner_id", share.AgentId), ("places", share.Places)]
        );

    public static ValueTask<DateTimeOffset?> NextDue(Session session) =>
        session.First(SelectNextDue, row => row.InstantOrNull(0), ("after", Guid.Empty));

    /// <summary>
    /// Moves cursors past what has been accounted for; returns the tasks whose cursor was where it was seen, neither
    /// moved nor edited meanwhile.
    /// </summary>
    public static async ValueTask<HashSet<Guid>> Advance(
        Session session,
        IReadOnlyList<(TaskDefinition Seen, TaskDefinition Next)> moves
    )
    {
        var moved = await session.QueryEach(
            UpdateCursor,
            row => row.Id(0),
            moves,
            move =>
                [
                    ("id", move.Seen.Id),
                    ("version", move.Seen.Version),
                    ("seen_nominal", move.Seen.NextNominal),
                    ("next_nominal", move.Next.NextNominal),
                    ("next_due", move.Next.NextDue),
                    ("status", Word<TaskStatus>.Of(move.Next.Status)),
                ]
        );
        return [.. moved];
    }

    public static async ValueTask Update(Session session, TaskDefinition task) =>
        await session.Execute(
            UpdateState,
            ("id", task.Id),
            ("status", Word<TaskStatus>.Of(task.Status)),
            ("next_nominal", task.NextNominal),
            ("next_due", task.NextDue),
            ("snoozed_until", task.SnoozedUntil)
        );

    /// <summary>Lets the scheduler look again later; the cursor stays.</summary>
    public static async ValueTask PutOff(Session session, Guid id, DateTimeOffset until) =>
        await session.Execute(UpdateDue, ("id", id), ("next_due", until));

    public static async ValueTask SetCheckState(Session session, Guid id, bool state) =>
        await session.Execute(UpdateCheckState, ("id", id), ("check_state", state ? 1 : 0));

    public static async ValueTask Remove(Session session, Guid id)
    {
        await session.Execute(DeleteTags, ("task_id", id));
        await session.Execute(DeleteVersions, ("task_id", id));
        await ProposalStore.Remove(session, id);
        await session.Execute(Delete, ("id", id));
    }

    private static async ValueTask InsertVersions(
        Session session,
        IReadOnlyList<(TaskDefinition Task, string Payload, Guid By)> versions
    )
    {
        await session.LaterEach(
            InsertVersion,
            versions,
            one =>
                [
                    ("task_id", one.Task.Id),
                    ("version", one.Task.Version),
                    // Only for the search, so in lower case: a database folds the letters of some scripts, not of all.
                    ("title", one.Task.Settings.Title.ToLowerInvariant()),
                    ("settings", Json.Write(one.Task.Settings)),
                    ("payload", one.Payload),
                    ("granted", one.Task.Granted),
                    ("created_by", one.By),
                ]
        );
        await session.LaterEach(
            InsertTag,
            [.. versions.SelectMany(one => one.Task.Settings.Tags.Select(tag => (one.Task, tag)))],
            tagged => [("owner_id", tagged.Task.OwnerId), ("tag", tagged.tag), ("task_id", tagged.Task.Id)]
        );
    }

    private static string? TopicHead(TaskSettings settings) =>
        settings.ScheduleKind == ScheduleKind.Event ? settings.ScheduleExpr!.Split('.', 2)[0] : null;
}
