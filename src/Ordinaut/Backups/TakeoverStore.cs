using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Backups;

/// <summary>The SQL of taking over: across all agents, and all that was there before the restore.</summary>
internal static class TakeoverStore
{
    private const string SelectOfEarlierLife = $"""
        select {QueueStore.Columns} from queue where created_at < @before and epoch < @epoch
        order by run_id limit @limit
        """;

    private const string HoldRows = $"{SelectOfEarlierLife} /* pg: for update */";

    // Whoever had it has it no more. Those that hold back for their slot still do.
    private const string UpdateRun = """
        update queue set
          epoch = @epoch, lease_owner = null, leased_until = null, claimed_at = null,
          silent_deaths = 0,
          state = case when state = 2 then 0 else state end
        where run_id = @run_id
        """;

    private const string SelectDue =
        $"select {TaskRow.Columns} {TaskRow.From} where t.next_due <= @now order by t.next_due limit @limit";

    private const string UpdateWebhooks = """
        update webhook set
          given_up = given_up + (
            select count(*) from delivery d where d.webhook_id = webhook.id and d.event_id < @before_id),
          last_error = 'The database was restored from a backup; what was to be sent may have been, and is not sent.'
        where id in (select webhook_id from delivery where event_id < @before_id)
        """;

    private const string DeleteDeliveries = "delete from delivery where event_id < @before_id";

    private const string DeleteTokens = "delete from refresh_token";
    private const string DeleteCodes = "delete from authorization_code";
    private const string DeleteSessions = "delete from web_session";

    private const string EndTokens = "update agent set token_epoch = @epoch where token_epoch < @epoch";

    private const string SelectAnswered = "select 1 from wait where run_id = @run_id and place is not null limit 1";

    /// <summary>Live runs that were in the backup and have not been settled.</summary>
    public static ValueTask<List<QueuedRun>> OfEarlierLife(
        Session session,
        DateTimeOffset before,
        long epoch,
        int limit
    ) => session.Query(SelectOfEarlierLife, QueueStore.Read, ("before", before), ("epoch", epoch), ("limit", limit));

    /// <summary>The same, in the hands of this work.</summary>
    public static ValueTask<List<QueuedRun>> HoldOfEarlierLife(
        Session session,
        DateTimeOffset before,
        long epoch,
        int limit
    ) => session.Query(HoldRows, QueueStore.Read, ("before", before), ("epoch", epoch), ("limit", limit));

    /// <summary>Back into the queue, if a worker had it; with the epoch of this life in any case.</summary>
    public static async ValueTask Requeue(Session session, QueuedRun run, long epoch) =>
        await session.Execute(UpdateRun, ("epoch", epoch), ("run_id", run.Id));

    /// <summary>Whether what a run waits for is an answer, and not a time.</summary>
    public static async ValueTask<bool> AwaitsAnswer(Session session, QueuedRun run) =>
        await session.First(SelectAnswered, row => row.Long(0), ("run_id", run.Id)) == 1;

    /// <summary>Tasks of all agents, also of stopped ones, that are due.</summary>
    public static ValueTask<List<TaskDefinition>> Due(Session session, int limit) =>
        session.Query(SelectDue, TaskRow.Read, ("limit", limit));

    /// <summary>What was to be sent to webhooks of events before an instant; returns how many messages.</summary>
    public static async ValueTask<int> ForgetDeliveries(Session session, DateTimeOffset before)
    {
        var floor = Ids.Floor(before);
        await session.Execute(UpdateWebhooks, ("before_id", floor));
        return await session.Execute(DeleteDeliveries, ("before_id", floor));
    }

    /// <summary>Everybody signs in anew: what was revoked after the backup must not come to life again.</summary>
    public static async ValueTask EndSessions(Session session, long epoch)
    {
        await session.Execute(DeleteTokens);
        await session.Execute(DeleteCodes);
        await session.Execute(DeleteSessions);
        await session.Execute(EndTokens, ("epoch", epoch));
    }
}
