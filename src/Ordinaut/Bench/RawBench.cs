using Ordinaut.Store;

namespace Ordinaut.Bench;

/// <summary>
/// What the database itself carries, in the same minute on the same machine: rows of a narrow table are leased and
/// finished in batches, with nothing of ours around it. The limit the other figures are read against.
/// </summary>
internal sealed class RawBench(Db db, int rows)
{
    private const int Batch = 50;
    private const int Loops = 4;

    private const string Create = """
        create table bench_raw (
          id uuid primary key, state smallint not null, due timestamptz not null, leased_until timestamptz,
          payload text not null) with (fillfactor = 70)
        """;

    private const string CreateIndex = "create index bench_raw_ready on bench_raw (due) where state = 0";

    private const string Fill = """
        insert into bench_raw (id, state, due, payload)
        select gen_random_uuid(), 0, @now, repeat('x', 220) from generate_series(1, @rows)
        """;

    private const string Claim = """
        with ready as materialized (
          select id from bench_raw where state = 0 order by due limit @limit for update skip locked)
        update bench_raw set state = 2, leased_until = @now where id in (select id from ready) returning id, payload
        """;

    private const string Finish = "update bench_raw set state = 3 /* each: from */ where id = @id and state = 2";

    private const string Drop = "drop table bench_raw";

    public async Task<Measure> Run()
    {
        await db.Write(session => Execute(session, Create));
        await db.Write(session => Execute(session, CreateIndex));
        await db.Write(async session => await session.Execute(Fill, ("rows", rows)));
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Loops).Select(_ => ClaimAndFinish()));
        var seconds = clock.GetElapsedTime(began).TotalSeconds;
        await db.Write(session => Execute(session, Drop));
        return new Measure("raw claim and finish, batches of 50", rows / seconds, "rows/s");
    }

    private async Task ClaimAndFinish()
    {
        while (
            await db.Write(session => session.Query(Claim, row => row.Id(0), ("limit", Batch))) is { Count: > 0 } ids
        )
        {
            await db.Write(async session => await session.ExecuteEach(Finish, ids, id => [("id", id)]));
        }
    }

    private static async ValueTask Execute(Session session, string sql) => await session.Execute(sql);
}
