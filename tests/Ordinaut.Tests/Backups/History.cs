using System.Globalization;
using Ordinaut.Store;

namespace Ordinaut.Tests.Backups;

/// <summary>What a server has behind it: runs that have ended, each with two steps and a line in the ledger.</summary>
internal static class History
{
    private const int AtOnce = 20_000;

    public static async Task Fill(Db db, int runs)
    {
        var first = db.Now() - TimeSpan.FromHours(20);
        for (var from = 0; from < runs; from += AtOnce)
        {
            var sql = db.IsShared ? Postgres : Sqlite;
            var filled = sql.Replace("@from", from.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace(
                    "@until",
                    Math.Min(runs, from + AtOnce).ToString(CultureInfo.InvariantCulture),
                    StringComparison.Ordinal
                )
                .Replace(
                    "@first",
                    Instants.ToMicroseconds(first).ToString(CultureInfo.InvariantCulture),
                    StringComparison.Ordinal
                );
            await db.Write(session => session.Script(filled));
        }
    }

    private const string Rest = """
        'schedule', '', s.at, 'succeeded', 1, 1, 0, 'worker', s.at, s.at, s.at, s.at from batch s;
        """;

    private const string Sqlite = $"""
        create temp table if not exists batch (id blob, task blob, at integer);
        delete from batch;
        insert into batch
        with recursive n(n) as (select @from union all select n + 1 from n where n + 1 < @until)
        select unhex(printf('%012x70008%015x', (@first + n * 1000) / 1000, n)), unhex(printf('%032x', n % 1000)),
          @first + n * 1000 from n;
        insert into run (id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt,
          epoch, depth, lease_owner, started_at, claimed_at, finished_at, created_at)
        select s.id, s.task, zeroblob(16), 1, {Rest}
        insert into occurrence (task_id, scheduled_for, key, run_id, count, recorded_at)
        select task, at, '', id, 1, at from batch;
        insert into step (run_id, place, id, uses, state, attempt, epoch, started_at, finished_at, input, output)
        select id, '000', 'look', 'http.request', 'succeeded', 1, 1, at, at, hex(randomblob(60)), hex(randomblob(60))
        from batch
        union all
        select id, '001', 'tell', 'http.request', 'succeeded', 1, 1, at, at, hex(randomblob(60)), hex(randomblob(60))
        from batch;
        """;

    private const string Postgres = $"""
        drop table if exists batch;
        create temp table batch as
        select (lpad(to_hex((@first + n * 1000) / 1000), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid as id,
          lpad(to_hex(n % 1000), 32, '0')::uuid as task, to_timestamp((@first + n * 1000) / 1000000.0) as at
        from generate_series(@from::bigint, @until::bigint - 1) n;
        insert into run (id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt,
          epoch, depth, lease_owner, started_at, claimed_at, finished_at, created_at)
        select s.id, s.task, '00000000-0000-0000-0000-000000000000', 1, {Rest}
        insert into occurrence (task_id, scheduled_for, key, run_id, count, recorded_at)
        select task, at, '', id, 1, at from batch;
        insert into step (run_id, place, id, uses, state, attempt, epoch, started_at, finished_at, input, output)
        select id, p, p, 'http.request', 'succeeded', 1, 1, at, at, md5(id::text) || md5(p || id),
          md5(p) || md5(id::text || p)
        from batch, (values ('000'), ('001')) places(p);
        """;
}
