using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>
/// The SQL of lists of runs, newest first, live and finished together. Each side takes its own page by its own
/// index before the two are merged, so a page costs what it shows and not what history holds.
/// </summary>
internal static class RunListing
{
    private const string Filter = """
          and (@trigger is null or trigger = @trigger)
          and (@since is null or created_at >= @since)
          and (@until is null or created_at < @until)
        """;

    private const string LiveFilter = $"""
        {Filter}
          and (@success is null and (@state is null or @state = {RunStore.LiveState}))
        """;

    private const string FinishedFilter = $"""
        {Filter}
          and (@state is null or state = @state) and (@success is null or (state = 'succeeded') = @success)
        """;

    private const string LivePage = $"""
        {LiveFilter}
          and run_id < @before order by run_id desc limit @limit
        """;

    private const string FinishedPage = $"""
        {FinishedFilter}
          and id < @before order by id desc limit @limit
        """;

    private const string Newest = "order by id desc limit @limit";

    private const string PageOfAll = $"""
        select * from (select * from ({RunStore.Live} {LivePage}) l
          union all select * from ({RunStore.Finished} where true {FinishedPage}) f) x {Newest}
        """;

    private const string PageOfOwner = $"""
        select * from (select * from ({RunStore.Live} and owner_id = @owner_id {LivePage}) l
          union all select * from ({RunStore.Finished} where owner_id = @owner_id {FinishedPage}) f) x {Newest}
        """;

    private const string PageOfTask = $"""
        select * from (
          select * from (
            {RunStore.Live} and run_id in ({QueueStore.IdsOfTask}) and (@all or owner_id = @owner_id) {LivePage}) l
          union all
          select * from (
            {RunStore.Finished} where task_id = @task_id and (@all or owner_id = @owner_id) {FinishedPage}) f) x
        {Newest}
        """;

    private const string CountOfAll = $"""
        select (select count(*) from (select 1 from queue where occurrence_key <> 'check' {LiveFilter} limit @most) l)
          + (select count(*) from (select 1 from run where true {FinishedFilter} limit @most) f)
        """;

    private const string CountOfOwner = $"""
        select (select count(*) from (select 1 from queue where owner_id = @owner_id
            and occurrence_key <> 'check' {LiveFilter} limit @most) l)
          + (select count(*) from (select 1 from run where owner_id = @owner_id {FinishedFilter} limit @most) f)
        """;

    // The index has all of it: what runs were about is not read to count them.
    private const string CountOfOwnerWhole = """
        select (select count(*) from (select 1 from queue where owner_id = @owner_id
            and occurrence_key <> 'check' limit @most) l)
          + (select count(*) from (select 1 from run where owner_id = @owner_id limit @most) f)
        """;

    private const string CountOfTask = $"""
        select (select count(*) from (select 1 from queue where run_id in ({QueueStore.IdsOfTask})
            and (@all or owner_id = @owner_id) and occurrence_key <> 'check' {LiveFilter} limit @most) l)
          + (select count(*) from (select 1 from run where task_id = @task_id and (@all or owner_id = @owner_id)
            {FinishedFilter} limit @most) f)
        """;

    public static async ValueTask<Page<RunView>> Page(Session session, Caller caller, RunFilter filter)
    {
        var page = Pages.Of(
            await Rows(session, caller, filter),
            filter.Limit,
            RunViews.Brief,
            row => row.Id.ToString()
        );
        return filter.Total ? page with { Total = await Count(session, caller, filter) } : page;
    }

    /// <summary>One run more than the limit when there are more.</summary>
    private static ValueTask<List<RunRow>> Rows(Session session, Caller caller, RunFilter filter)
    {
        Arg[] rest = [.. Arguments(filter), ("before", filter.After ?? Guid.AllBitsSet), ("limit", filter.Limit + 1)];
        if (filter.TaskId is not null)
        {
            return session.Query(PageOfTask, RunStore.Read, [.. Scope(caller, filter), .. rest]);
        }

        return caller.OwnerIn(null) is { } owner
            ? session.Query(PageOfOwner, RunStore.Read, [("owner_id", owner), .. rest])
            : session.Query(PageOfAll, RunStore.Read, rest);
    }

    /// <summary>Counts one by one, up to <see cref="Pages.MostCounted"/>: as slow as there are many.</summary>
    private static async ValueTask<long> Count(Session session, Caller caller, RunFilter filter)
    {
        Arg[] rest = [.. Arguments(filter), ("most", Pages.MostCounted)];
        var owner = caller.OwnerIn(null);
        var counted = (filter.TaskId, owner) switch
        {
            (not null, _) => session.First(CountOfTask, row => row.Long(0), [.. Scope(caller, filter), .. rest]),
            (null, null) => session.First(CountOfAll, row => row.Long(0), rest),
            _ when filter.IsWhole => session.First(
                CountOfOwnerWhole,
                row => row.Long(0),
                [("owner_id", owner), ("most", Pages.MostCounted)]
            ),
            _ => session.First(CountOfOwner, row => row.Long(0), [("owner_id", owner), .. rest]),
        };
        return Math.Min(await counted, Pages.MostCounted);
    }

    private static Arg[] Scope(Caller caller, RunFilter filter) =>
        [("task_id", filter.TaskId), ("all", caller.SeesAll), ("owner_id", caller.AgentId)];

    private static Arg[] Arguments(RunFilter filter) =>
        [
            ("trigger", filter.Trigger),
            ("since", filter.Since),
            ("until", filter.Until),
            ("success", filter.Success),
            ("state", filter.State),
        ];
}

/// <summary>Which runs a list shows; absent means any.</summary>
internal sealed record RunFilter(
    Guid? TaskId = null,
    string? State = null,
    bool? Success = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    string? Trigger = null,
    int Limit = Pages.Usual,
    Guid? After = null,
    bool Total = false
)
{
    /// <summary>Whether all runs of whoever asks are meant.</summary>
    public bool IsWhole => (TaskId, State, Success, Since, Until, Trigger) is (null, null, null, null, null, null);
}
