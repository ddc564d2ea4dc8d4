using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// The SQL of lists of tasks, newest first. One owner's list goes by that owner's index and everyone's by the
/// primary key, so a page costs what it shows and not what lies before it.
/// </summary>
internal static class TaskListing
{
    private const string Filter = """
          and (@status is null or t.status = @status)
          and (@parent_task_id is null or t.parent_task_id = @parent_task_id)
          and (@kind is null or t.kind = @kind)
          and (@query is null or v.title like @query escape '\')
          and (@tag is null or exists (
            select 1 from task_tag g where g.owner_id = t.owner_id and g.tag = @tag and g.task_id = t.id))
        """;

    private const string Newest = "order by t.id desc limit @limit";

    private const string PageOfAll = $"""
        select {TaskRow.Columns}, v.payload {TaskRow.From} where t.id < @before {Filter} {Newest}
        """;

    private const string PageOfOwner = $"""
        select {TaskRow.Columns}, v.payload {TaskRow.From}
        where t.owner_id = @owner_id and t.id < @before {Filter} {Newest}
        """;

    private const string One = $"""
        select {TaskRow.Columns}, v.payload {TaskRow.From} where t.id = @id and (t.owner_id = @owner_id or @all)
        """;

    private const string CountOfAll = $"select count(*) {TaskRow.From} where t.id < @before {Filter}";

    private const string CountOfOwner =
        $"select count(*) {TaskRow.From} where t.owner_id = @owner_id and t.id < @before {Filter}";

    /// <summary>The task if the caller may see it.</summary>
    public static ValueTask<TaskWithPayload?> Find(Session session, Caller caller, Guid id) =>
        session.First(One, Read, ("id", id), ("owner_id", caller.AgentId), ("all", caller.SeesAll));

    /// <summary>One task more than the limit when there are more.</summary>
    public static ValueTask<List<TaskWithPayload>> Page(Session session, Caller caller, TaskFilter filter)
    {
        Arg[] rest = [.. Arguments(filter, filter.After ?? Guid.AllBitsSet), ("limit", filter.Limit + 1)];
        return caller.OwnerIn(filter.CreatedBy) is { } owner
            ? session.Query(PageOfOwner, Read, [("owner_id", owner), .. rest])
            : session.Query(PageOfAll, Read, rest);
    }

    public static ValueTask<long> Count(Session session, Caller caller, TaskFilter filter)
    {
        var rest = Arguments(filter, Guid.AllBitsSet);
        return caller.OwnerIn(filter.CreatedBy) is { } owner
            ? session.First(CountOfOwner, row => row.Long(0), [("owner_id", owner), .. rest])
            : session.First(CountOfAll, row => row.Long(0), rest);
    }

    private static Arg[] Arguments(TaskFilter filter, Guid before) =>
        [
            ("before", before),
            ("status", filter.Status),
            ("kind", filter.ScheduleKind),
            ("parent_task_id", filter.Parent),
            ("query", filter.Query is { } query ? Like.Contains(query) : null),
            ("tag", filter.Tag),
        ];

    private static TaskWithPayload Read(Row row) => new(TaskRow.Read(row), row.Text(TaskRow.Width));
}
