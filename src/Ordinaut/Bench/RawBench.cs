using Ordinaut.Store;

namespace Ordinaut.Bench;

/// <summary>
/// What the database itself carries, in the same minute on the same machine: rows are inserted, leased and finished
/// with a row of history, in batches, with nothing of ours around it. The limit the other figures are read against.
/// </summary>
internal sealed class RawBench(Db db, Ids ids, int rows)
{
    private const int Inserts = 5_000;
    private const int Batch = 200;
    private const int Loops = 2;

    private const string Create = """
        create table bench_raw (
          id uuid primary key, state smallint not null, due timestamptz not null, leased_until timestamptz,
          payload text not null) with (fillfactor = 70)
        """;

    private const string CreateIndex = "create index bench_raw_ready on bench_raw (due) where state = 0";

    private const string CreateHistory = """
        create table bench_raw_run (id uuid primary key, due timestamptz not null, finished_at timestamptz not null)
        """;

    private const string Insert = """
        insert into bench_raw (id, state, due, payload) select @id, 0, @now, repeat('x', 220) /* each: from */
        """;

    private const string Claim = """
        with ready as materialized (
          select id from bench_raw where state = 0 order by due limit @limit for update skip locked)
        update bench_raw set state = 2, leased_until = @now where id in (select id from ready) returning id, payload
        """;

    private const string Finish = """
        with finished as (
          delete from bench_raw r /* each: using */ where r.id = @id and r.state = 2 returning r.id, r.due)
        insert into bench_raw_run (id, due, finished_at) select id, due, @now from finished
        """;

    private const string Grant = "grant all on bench_raw, bench_raw_run to public";

    private const string Drop = "drop table bench_raw, bench_raw_run";

    public async Task<IReadOnlyList<Measure>> Run()
    {
        string[] grant = db.IsGuarded ? [Grant] : [];
        foreach (var statement in (string[])[Create, CreateIndex, CreateHistory, .. grant])
        {
            await db.Write(async session => await session.Execute(statement), Lane.Upkeep);
        }

        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        foreach (var chunk in Enumerable.Range(0, rows).Select(_ => ids.Next()).Chunk(Inserts))
        {
            await db.Write(async session => await session.ExecuteEach(Insert, chunk, id => [("id", id)]));
        }

        var inserting = clock.GetElapsedTime(began);
        began = clock.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Loops).Select(_ => ClaimAndFinish()));
        var draining = clock.GetElapsedTime(began);
        await db.Write(async session => await session.Execute(Drop), Lane.Upkeep);
        return
        [
            new Measure($"raw insert, {Inserts:N0} a commit", rows / inserting.TotalSeconds, "rows/s"),
            new Measure($"raw claim and finish, batches of {Batch}", rows / draining.TotalSeconds, "rows/s"),
        ];
    }

    private async Task ClaimAndFinish()
    {
        while (
            await db.Write(session => session.Query(Claim, row => row.Id(0), ("limit", Batch))) is { Count: > 0 } taken
        )
        {
            await db.Write(async session => await session.ExecuteEach(Finish, taken, id => [("id", id)]));
        }
    }
}
