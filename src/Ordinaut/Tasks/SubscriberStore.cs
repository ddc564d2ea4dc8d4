using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>The SQL of tasks that listen to events.</summary>
internal static class SubscriberStore
{
    // Nearly every event has no listener: three index probes say so. An IN list with an order would build two
    // temporary tables each time.
    private const string SelectAny = """
        select exists (select 1 from task where topic_head = @head)
          or exists (select 1 from task where topic_head = '*')
          or exists (select 1 from task where topic_head = '#')
        """;

    // In the order of index task_topic, so that a page begins where the one before it ended.
    private const string Page = """
        where t.topic_head = @head and (t.owner_id, t.id) > (@after_owner, @after_id)
          and t.status in ('active', 'paused')
          and (t.owner_id = @owner_id
            or exists (select 1 from agent a where a.id = t.owner_id and ' ' || a.scopes || ' ' like '% admin %'))
        order by t.owner_id, t.id
        limit @limit
        """;

    // A task that is being canceled at this moment is let go first, or canceled after it has heard.
    private const string LockPage = $"select 1 from task t {Page} for share of t";

    private const string SelectPage = $"select {TaskRow.Columns} {TaskRow.From} {Page}";

    /// <summary>Whether any event task at all listens to topics with this first word.</summary>
    public static ValueTask<bool> Any(Session session, string head) =>
        session.First(SelectAny, row => row.Bool(0), ("head", head));

    /// <summary>
    /// Event tasks that may hear what <paramref name="publisherId"/> publishes, its own and admins', a page at a time.
    /// </summary>
    /// <param name="head">The first word of their pattern, which may be a wildcard.</param>
    /// <param name="after">The last task of the page before; null for the first page.</param>
    public static async ValueTask<List<TaskDefinition>> Of(
        Session session,
        string head,
        Guid publisherId,
        TaskDefinition? after,
        int limit
    )
    {
        Arg[] page =
        [
            ("head", head),
            ("after_owner", after?.OwnerId ?? Guid.Empty),
            ("after_id", after?.Id ?? Guid.Empty),
            ("owner_id", publisherId),
            ("limit", limit),
        ];
        await session.Lock(LockPage, page);
        return await session.Query(SelectPage, TaskRow.Read, page);
    }
}
