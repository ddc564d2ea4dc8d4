using Ordinaut.Runs;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>Workers that vanish, stand still or come back.</summary>
public sealed class LeaseStories
{
    [Fact]
    public void A_long_run_keeps_its_lease() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(
                core.Ann,
                Idle("""{"id": "sleep", "uses": "debug.sleep", "with": {"seconds": 300}}""")
            );
            var run = await core.RunAtOnce(task.Id);

            await core.Advance(TimeSpan.FromSeconds(300));

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("succeeded", 1, "w1"), (ended.State, ended.Attempt, ended.LeaseOwner));
        });

    [Fact]
    public void A_run_whose_worker_vanished_goes_to_another_one_with_the_same_key() =>
        Story.Play(async core =>
        {
            core.Work.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle("""{"id": "first", "uses": "test.other"}""", WorkStep));
            var run = await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(core.Worker);
            core.Work.Answer("{}");
            core.Hire("w2");

            await core.Advance(TimeSpan.FromSeconds(31));

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("succeeded", 2, "w2"), (ended.State, ended.Attempt, ended.LeaseOwner));
            Assert.Equal(
                ["worker_lost of w1 00:00:00 to 00:00:30", " of w2 00:00:30 to 00:00:30"],
                ended.Attempts!.Select(a => $"{a.Error?.Code} of {a.LeaseOwner} {a.StartedAt:T} to {a.EndedAt:T}")
            );
            Assert.Single(core.Other.Calls);
            Assert.Equal(2, core.Work.Calls.Count);
            Assert.Single(core.Work.Calls.Select(call => call.IdempotencyKey).Distinct());
        });

    [Fact]
    public void A_worker_that_lost_its_lease_writes_nothing() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, """{"id": "other", "uses": "test.other"}"""));
            var run = await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(core.Worker);
            core.Work.Hold();
            core.Hire("w2");
            await core.Advance(TimeSpan.FromSeconds(31));

            gate.SetResult();
            await core.Settle();

            var now = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("running", "w2"), (now.State, now.LeaseOwner));
            Assert.Equal(0, core.Worker.Running);
            Assert.Empty(core.Other.Calls);
        });

    [Fact]
    public void A_worker_that_slept_through_its_lease_begins_no_further_step() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, """{"id": "other", "uses": "test.other"}"""));
            await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(core.Worker);
            core.Clock.MoveTo(core.Now + core.Clockwork.Lease - Worker.LeaseMargin);

            gate.SetResult();
            await Story.Idle();

            Assert.Empty(core.Other.Calls);
        });

    [Theory]
    [InlineData(999, 1)]
    [InlineData(1000, 0)]
    public void Of_a_lease_too_short_for_the_margin_half_is_used(int milliseconds, int begun) =>
        Story.Play(async core =>
        {
            var gate = core.Work.Freeze();
            core.Clockwork.Forget(core.Worker);
            var shortly = CoreBundle.Settings("w2") with { Lease = TimeSpan.FromSeconds(2) };
            var worker = core.Hire(shortly, core.Db);
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, """{"id": "other", "uses": "test.other"}"""));
            await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(worker);
            core.Clock.MoveTo(core.Now + TimeSpan.FromMilliseconds(milliseconds));

            gate.SetResult();
            await Story.Idle();

            Assert.Equal(begun, core.Other.Calls.Count);
        });

    [Fact]
    public void A_drain_outlasts_a_store_that_is_away_and_keeps_no_run_past_its_lease() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            core.Clockwork.Forget(core.Worker);
            var away = false;
            var faulty = core.Db.WithEdge(_ =>
                away ? throw new Problem(ProblemKind.Unavailable, "The store is away.") : default
            );
            var patient = CoreBundle.Settings("w2") with { DrainGrace = TimeSpan.FromMinutes(2) };
            var worker = core.Hire(patient, faulty);
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(worker);
            away = true;

            var drain = worker.Drain(CancellationToken.None);
            await core.Advance(TimeSpan.FromSeconds(21));
            Assert.Equal(1, worker.Running);
            await core.Advance(TimeSpan.FromSeconds(9));
            await drain;

            Assert.Equal(0, worker.Running);
            Assert.Equal("queued", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    [Fact]
    public void A_drain_longer_than_a_lease_keeps_the_leases_of_what_it_waits_for() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            core.Clockwork.Forget(core.Worker);
            var patient = CoreBundle.Settings("w2") with { DrainGrace = TimeSpan.FromMinutes(2) };
            var worker = core.Hire(patient, core.Db);
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(worker);

            var drain = worker.Drain(CancellationToken.None);
            await core.Advance(core.Clockwork.Lease + TimeSpan.FromSeconds(10));
            gate.SetResult();
            await drain;

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("succeeded", 1, "w2"), (ended.State, ended.Attempt, ended.LeaseOwner));
        });

    [Fact]
    public void Only_the_epoch_that_holds_a_run_gives_it_back() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            var held = (await core.Db.Write(session => QueueStore.Hold(session, run.Id)))!;
            var earlier = held with { Epoch = held.Epoch - 1 };

            await Assert.ThrowsAsync<LeaseLostException>(() =>
                core.Db.Write(session => LeaseStore.Return(session, earlier))
            );

            Assert.Equal("running", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    [Fact]
    public void A_renewal_tells_a_worker_that_its_run_is_no_longer_its_own() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Idle());
            await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(core.Worker);
            await core.Advance(TimeSpan.FromSeconds(31));

            await core.Worker.Renew();
            await Story.Idle();

            Assert.Equal(0, core.Worker.Running);
            Assert.Equal("queued", (await core.OnlyRun(task.Id)).State);
        });

    [Fact]
    public void A_run_that_took_three_workers_down_is_quarantined_until_a_person_retries_it() =>
        Story.Play(async core =>
        {
            core.Work.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle());
            core.Clockwork.Forget(core.Worker);
            var run = await core.Control.RunNow(core.Ann, task.Id, null);
            for (var i = 1; i <= Reaper.MaxSilentDeaths; i++)
            {
                Assert.Equal("queued", (await core.Runs.Get(core.Ann, run.Id)).State);
                var worker = core.Hire($"victim{i}");
                await core.Settle();
                core.Clockwork.Forget(worker);
                await core.Advance(core.Clockwork.Lease);
            }

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("quarantined", "quarantined", 3), (ended.State, ended.Error!.Code, ended.Attempts!.Count));

            core.Work.Answer("{}");
            core.Hire("w9");
            await core.Runs.Redrive(core.Ann, new(State: "quarantined"));
            await core.Settle();
            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    [Fact]
    public void An_unsafe_step_in_flight_is_not_repeated_and_the_run_asks_a_person() =>
        Story.Play(async core =>
        {
            core.Unsafe.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle("""{"id": "pay", "uses": "test.unsafe"}""", WorkStep));
            var run = await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(core.Worker);
            core.Hire("w2");

            await core.Advance(TimeSpan.FromSeconds(31));

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("uncertain", "uncertain", "pay"), (ended.State, ended.Error!.Code, ended.Error.Step));
            Assert.Single(core.Unsafe.Calls);
            Assert.Empty(core.Work.Calls);
            core.Unsafe.Answer("{}");
            await core.Runs.Retry(core.Ann, run.Id);
            await core.Settle();
            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    [Fact]
    public void An_unsafe_step_in_flight_when_the_third_worker_is_lost_asks_a_person_too() =>
        Story.Play(async core =>
        {
            core.Work.Freeze();
            core.Unsafe.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, """{"id": "pay", "uses": "test.unsafe"}"""));
            core.Clockwork.Forget(core.Worker);
            var run = await core.Control.RunNow(core.Ann, task.Id, null);
            for (var i = 1; i <= Reaper.MaxSilentDeaths; i++)
            {
                if (i == Reaper.MaxSilentDeaths)
                {
                    core.Work.Answer("{}");
                }

                var worker = core.Hire($"victim{i}");
                await core.Settle();
                core.Clockwork.Forget(worker);
                var step = (await core.Runs.Get(core.Ann, run.Id)).Steps![^1];
                Assert.Equal(("running", null), (step.State, step.Error));
                await core.Advance(core.Clockwork.Lease);
            }

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("uncertain", "uncertain", "pay"), (ended.State, ended.Error!.Code, ended.Error.Step));
            Assert.Equal(("uncertain", "uncertain"), (ended.Steps![^1].State, ended.Steps[^1].Error!.Code));
            Assert.Single(core.Unsafe.Calls);
        });

    [Fact]
    public void A_cancel_wish_for_a_vanished_worker_is_fulfilled_when_the_lease_ends() =>
        Story.Play(async core =>
        {
            core.Work.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            core.Clockwork.Forget(core.Worker);
            await core.Runs.Cancel(core.Ann, run.Id);

            await core.Advance(TimeSpan.FromSeconds(31));

            Assert.Equal("canceled", (await core.Runs.Get(core.Ann, run.Id)).State);
        });
}
