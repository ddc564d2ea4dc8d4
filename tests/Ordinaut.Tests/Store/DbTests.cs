using System.Diagnostics;
using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

public sealed class DbTests : IDisposable
{
    private const string Insert = "insert into dedupe (owner_id, key, at) values (@owner_id, @key, @now)";
    private const string Count = "select count(*) from dedupe";
    private const string SelectAt = "select at from dedupe where key = @key";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_write_is_seen_by_every_reader_once_it_is_acknowledged()
    {
        using var db = await _folder.Open();

        for (var i = 0; i < 50; i++)
        {
            await Put(db, $"{i}");
            Assert.Equal(i + 1, await db.Read(session => session.First(Count, row => row.Long(0))));
        }
    }

    [Fact]
    public async Task A_write_outlives_the_process_that_made_it()
    {
        using (var db = await _folder.Open())
        {
            await Put(db, "kept");
        }

        using var again = await _folder.Open();
        Assert.Equal(1, await again.Read(session => session.First(Count, row => row.Long(0))));
    }

    [Fact]
    public async Task A_piece_that_fails_fails_alone()
    {
        using var db = await _folder.Open();

        var pieces = Enumerable.Range(0, 600).Select(i => PutOrFail(db, i)).ToList();
        var failures = 0;
        foreach (var piece in pieces)
        {
            failures += await Record.ExceptionAsync(() => piece) is Problem { Kind: ProblemKind.Conflict } ? 1 : 0;
        }

        Assert.Equal(60, failures);
        Assert.Equal(540, await db.Read(session => session.First(Count, row => row.Long(0))));
    }

    [Fact]
    public async Task A_piece_that_breaks_a_constraint_undoes_all_it_did_and_nothing_else()
    {
        using var db = await _folder.Open();
        await Put(db, "taken");

        var doubled = db.Write(async session =>
        {
            await Execute(session, "first");
            await Execute(session, "taken");
        });
        var other = Put(db, "other");

        await Assert.ThrowsAsync<InvalidOperationException>(() => doubled);
        await other;
        Assert.Equal(2, await db.Read(session => session.First(Count, row => row.Long(0))));
    }

    [Fact]
    public async Task The_databases_clock_stands_still_while_the_machines_goes_back()
    {
        using var db = await _folder.Open();
        var before = db.Now();
        _folder.Clock.AdjustTime(_folder.Clock.GetUtcNow() - TimeSpan.FromHours(1));

        Assert.Equal(before, db.Now());
        await Put(db, "meanwhile");
        Assert.Equal(before, await At(db, "meanwhile"));

        _folder.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(5));
        Assert.Equal(before + TimeSpan.FromMilliseconds(5), db.Now());
    }

    [Fact]
    public async Task An_instant_keeps_its_microseconds_and_drops_what_is_finer()
    {
        using var db = await _folder.Open();
        _folder.Clock.Advance(TimeSpan.FromTicks(12_345_678));

        await Put(db, "fine");

        Assert.Equal(TimeSpan.FromTicks(12_345_670), await At(db, "fine") - TestStart);
    }

    [Fact]
    public async Task A_full_disk_is_a_problem_to_wait_out_and_changes_nothing()
    {
        using var db = await _folder.Open();
        await db.Write(async session => await session.Execute("pragma max_page_count = 120"));

        var full = await Record.ExceptionAsync(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                await Put(db, $"{i}{new string('x', 4_000)}");
            }
        });

        var problem = Assert.IsType<Problem>(full);
        Assert.Equal(ProblemKind.OutOfSpace, problem.Kind);
        Assert.NotNull(problem.RetryAfter);
        await db.Write(async session => await session.Execute("pragma max_page_count = 100000"));
        await Put(db, "after");
    }

    [Fact]
    public async Task Values_in_another_order_than_prepared_are_a_broken_invariant()
    {
        using var db = await _folder.Open();
        await Put(db, "first");

        await Assert.ThrowsAsync<UnreachableException>(() =>
            db.Write(async session => await session.Execute(Insert, ("key", "second"), ("owner_id", Guid.Empty)))
        );
    }

    [Fact]
    public async Task Work_that_waits_for_anything_but_the_session_is_a_broken_invariant()
    {
        using var db = await _folder.Open();
        var never = new TaskCompletionSource();

        await Assert.ThrowsAsync<UnreachableException>(() => db.Write(async _ => await never.Task));
        await Put(db, "after");
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        using var db = await _folder.Open();

        await Assert.ThrowsAnyAsync<Exception>(() =>
            db.Read(session => session.Execute(Insert, ("owner_id", Guid.Empty), ("key", "no")))
        );
        Assert.Equal(0, await db.Read(session => session.First(Count, row => row.Long(0))));
    }

    [Fact]
    public async Task What_was_taken_is_finished_at_the_end_and_nothing_new_is_taken()
    {
        var db = await _folder.Open();
        var pending = Enumerable.Range(0, 200).Select(i => Put(db, $"{i}")).ToList();

        db.Dispose();

        await Task.WhenAll(pending);
        var late = await Assert.ThrowsAsync<Problem>(() => Put(db, "late"));
        Assert.Equal(ProblemKind.Unavailable, late.Kind);
    }

    [Fact]
    public async Task An_edge_strikes_before_and_after_each_commit_of_its_own_facade_only()
    {
        using var db = await _folder.Open();
        var struck = new List<CommitEdge>();
        var faulty = db.WithEdge(edge =>
        {
            struck.Add(edge);
            return edge == CommitEdge.After ? throw Problem.Conflict("unknown") : ValueTask.CompletedTask;
        });

        await Assert.ThrowsAsync<Problem>(() => Put(faulty, "durable"));
        await Put(db, "other");

        Assert.Equal([CommitEdge.Before, CommitEdge.After], struck);
        Assert.Equal(2, await db.Read(session => session.First(Count, row => row.Long(0))));
    }

    private static DateTimeOffset TestStart => new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static Task Put(Db db, string key) => db.Write(session => Execute(session, key));

    private static Task PutOrFail(Db db, int i) =>
        db.Write(async session =>
        {
            await Execute(session, $"{i}");
            if (i % 10 == 7)
            {
                throw Problem.Conflict("this one not");
            }
        });

    private static async ValueTask Execute(Session session, string key) =>
        await session.Execute(Insert, ("owner_id", Guid.Empty), ("key", key));

    private static Task<DateTimeOffset> At(Db db, string key) =>
        db.Read(session => session.First(SelectAt, row => row.Instant(0), ("key", key)));
}
