namespace Ordinaut.Tests.Conformance;

/// <summary>Each rule of the tables, and of what may not happen between two looks, finds what breaks it.</summary>
public sealed class CheckTests
{
    private static readonly Guid Run = new("00000000-0000-7000-8000-000000000001");
    private static readonly Guid Task = new("00000000-0000-7000-8000-000000000002");
    private static readonly DateTimeOffset Noon = new(2027, 1, 4, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<int, string, string> Damages =>
        new()
        {
            { 0, "sqlite", "delete from occurrence where run_id in (select run_id from queue)" },
            { 1, "sqlite", "delete from queue" },
            { 2, "sqlite", CopyToHistory },
            { 3, "sqlite", "update queue set slot_limit = 1" },
            { 4, "sqlite", "update queue set state = 1, slot_limit = 9 where state = 0" },
            { 5, "sqlite", "update queue set lease_owner = 'w', leased_until = null where state = 0" },
            { 6, "sqlite", "delete from audit where action = 'task.created'" },
            { 7, "sqlite", "delete from event where topic like 'run.%'" },
            { 0, "postgres", "delete from occurrence where run_id in (select run_id from queue)" },
            { 3, "postgres", "update queue set slot_limit = 1" },
            { 5, "postgres", "update queue set leased_until = now() where state = 0" },
        };

    private const string CopyToHistory = """
        insert into run (id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt,
          epoch, depth, finished_at, created_at)
        select run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, 'failed', 1, 1, 0,
          created_at, created_at
        from queue
        """;

    /// <summary>Two runs with places in a slot for two, one that waits, one that has ended.</summary>
    private static readonly Course Busy = new([
        [new Op(Verb.Create, 0, 3)],
        [new Op(Verb.RunNow, 0, 0)],
        [new Op(Verb.CancelRun, 0, 0)],
        [new Op(Verb.RunNow, 0, 0)],
        [new Op(Verb.RunNow, 0, 0)],
    ]);

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_table_is_found(int rule, string engine, string damage)
    {
        using var cluster = await Cluster.Open(engine);
        Assert.Null(await cluster.Play(Busy, toTheEnd: false));

        var damaged = await cluster.Db.Write(async session => await session.Execute(damage));

        Assert.True(damaged > 0, "Nothing was damaged.");
        var (fault, count) = TableCheck.All[rule];
        Assert.True(await cluster.Db.Read(session => session.First(count, row => row.Long(0))) > 0, fault);
        Assert.NotNull(await TableCheck.Fault(cluster.Db));
    }

    [Fact]
    public void Every_rule_of_the_tables_has_its_damage() =>
        Assert.Equal(
            Enumerable.Range(0, TableCheck.All.Count),
            Damages.Select(row => row.Data.Item1).Distinct().Order()
        );

    [Fact]
    public void An_epoch_or_a_cursor_that_goes_back_and_a_line_that_is_lost_are_found()
    {
        var sound = Look(2, Noon, Run);

        Assert.Null(Second(sound, sound));
        Assert.Null(Second(sound, Look(3, Noon.AddMinutes(1), Run)));
        Assert.Contains("epoch 2", Second(sound, Look(1, Noon, Run)), StringComparison.Ordinal);
        Assert.Contains("went back", Second(sound, Look(2, Noon.AddMinutes(-1), Run)), StringComparison.Ordinal);
        Assert.Contains("lost", Second(sound, Look(2, Noon, Guid.Empty)), StringComparison.Ordinal);
    }

    private static string? Second(Snapshot first, Snapshot second)
    {
        var watch = new Watch();
        Assert.Null(watch.Fault(first));
        return watch.Fault(second);
    }

    private static Snapshot Look(long epoch, DateTimeOffset cursor, Guid run) =>
        new()
        {
            Lines = [],
            Epochs = new Dictionary<Guid, long> { [Run] = epoch },
            Cursors = new Dictionary<(Guid, int), DateTimeOffset> { [(Task, 1)] = cursor },
            Runs = new Dictionary<(Guid, DateTimeOffset, string), Guid> { [(Task, Noon, "")] = run },
        };
}
