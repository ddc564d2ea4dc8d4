using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Bench;

/// <summary>The tasks that are measured: made, run and waited for as its agent would.</summary>
internal sealed class BenchTasks(Db db, TaskOperations tasks, TaskControl control, Caller caller)
{
    private const string SelectLive = "select count(*) from (select run_id from queue order by run_id limit 1) x";

    private const string SelectDue =
        "select exists (select 1 from task where owner_id = @owner_id and next_due <= @due)";

    private const int AtOnce = 1_000;

    private static readonly string[] OneStep = ["""{"id":"a","uses":"debug.echo","with":{}}"""];
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(5);

    /// <summary>Looked at more often, a long queue's dead rows would cost more than what is measured.</summary>
    private static readonly TimeSpan Seldom = TimeSpan.FromMilliseconds(100);

    /// <summary>Tasks that nothing but a request fires.</summary>
    public Task<IReadOnlyList<Guid>> Idle(int count, params IReadOnlyList<string> steps) =>
        Create(
            count,
            new TaskInput
            {
                ScheduleKind = "cron",
                ScheduleExpr = "0 0 1 1 *",
                Payload = Pipeline(steps),
            }
        );

    /// <summary>Tasks of one step that are due once, all at the same instant.</summary>
    public Task<IReadOnlyList<Guid>> Due(int count, DateTimeOffset at) =>
        Create(
            count,
            new TaskInput
            {
                ScheduleKind = "once",
                ScheduleExpr = Instants.Format(at),
                Payload = Pipeline([]),
            }
        );

    public Task Run(Guid id) => control.RunNow(caller, id, null);

    /// <summary>Asks for a run of each.</summary>
    public async Task RunAll(IReadOnlyList<Guid> ids)
    {
        foreach (var chunk in ids.Chunk(AtOnce))
        {
            await Task.WhenAll(chunk.Select(Run));
        }
    }

    /// <summary>Until no run is left.</summary>
    /// <param name="isLong">Whether there are many.</param>
    public async Task UntilIdle(bool isLong = false)
    {
        while (await Count(SelectLive) > 0)
        {
            await Task.Delay(isLong ? Seldom : Often, TimeProvider.System);
        }
    }

    /// <summary>Until all that is due by then has come into the queue and left it.</summary>
    public async Task UntilDone(DateTimeOffset due)
    {
        while (await IsAnyDue(due))
        {
            await Task.Delay(Seldom, TimeProvider.System);
        }

        await UntilIdle(isLong: true);
    }

    private Task<bool> IsAnyDue(DateTimeOffset due) =>
        db.Read(session => session.First(SelectDue, row => row.Bool(0), ("owner_id", caller.AgentId), ("due", due)));

    public async Task<long> Count(string sql) => await db.Read(session => session.First(sql, row => row.Long(0)));

    private static JsonElement Pipeline(IReadOnlyList<string> steps) =>
        Json.Parse($$"""{"pipeline":[{{string.Join(',', steps.Count == 0 ? OneStep : steps)}}]}""");

    private async Task<IReadOnlyList<Guid>> Create(int count, TaskInput input)
    {
        input = input with { Title = "bench" };
        var ids = new List<Guid>(count);
        while (ids.Count < count)
        {
            var part = Math.Min(TaskOperations.MaxBulk, count - ids.Count);
            ids.AddRange((await tasks.Bulk(caller, new BulkTasks([.. Enumerable.Repeat(input, part)]))).Ids);
        }

        return ids;
    }
}
