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

    // A task that is being canceled at this moment is let go first, or canceled after it has heard.
    private const string LockRows = "select 1 from task where topic_head in (@head, '*', '#') for share";

    private const string SelectRows = $"""
        select {TaskStore.Columns} {TaskStore.From}
        where t.topic_head in (@head, '*', '#') and t.status in ('active', 'paused')
          and (t.owner_id = @owner_id
            or exists (select 1 from agent a where a.id = t.owner_id and ' ' || a.scopes || ' ' like '% admin %'))
        order by t.id
        limit @limit
        """;

    /// <summary>
    /// Event tasks that may hear what <paramref name="publisherId"/> publishes: its own, and admins'.
    /// </summary>
    public static async ValueTask<List<TaskDefinition>> Of(
        Session session,
        string topicHead,
        Guid publisherId,
        int limit
    )
    {
        if (!await Any(session, topicHead))
        {
            return [];
        }

        await session.Lock(LockRows, ("head", topicHead));
        return await session.Query(
            SelectRows,
            TaskStore.Read,
            ("head", topicHead),
            ("owner_id", publisherId),
            ("limit", limit)
        );
    }

    /// <summary>Whether any task, of whomever, listens to topics that begin so.</summary>
    public static ValueTask<bool> Any(Session session, string topicHead) =>
        session.First(SelectAny, row => row.Bool(0), ("head", topicHead));
}
