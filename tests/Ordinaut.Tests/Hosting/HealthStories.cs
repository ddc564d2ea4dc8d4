using System.Net;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Hosting;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tests.Hosting;

/// <summary>What the server says of itself when something is stuck.</summary>
public sealed class HealthStories
{
    [Fact]
    public async Task A_writer_that_is_stuck_is_no_life_and_one_that_is_busy_is()
    {
        var clock = new ForwardClock();
        await using var app = await OrdinautApp.Start(clock);
        using var gate = new ManualResetEventSlim();
        var stuck = app.Get<Db>()
            .Write(_ =>
            {
                gate.Wait();
                return ValueTask.CompletedTask;
            });

        Assert.Equal((HttpStatusCode.OK, "ok"), await Live(app));
        // The watch asks for its turn by and by; from then on its time passes.
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while ((await Live(app)).Code == HttpStatusCode.OK && !patience.IsCancellationRequested)
        {
            clock.Advance(WriterWatch.MaxSilence + TimeSpan.FromSeconds(1));
        }

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "failing"), await Live(app));
        gate.Set();
        await stuck;
        while ((await Live(app)).Code != HttpStatusCode.OK && !patience.IsCancellationRequested) { }

        Assert.Equal((HttpStatusCode.OK, "ok"), await Live(app));
    }

    [Fact]
    public async Task A_check_that_hangs_fails_after_a_while_and_hides_no_other()
    {
        var clock = new FakeTimeProvider();
        await using var app = await OrdinautApp.Start();
        var never = new TaskCompletionSource<HealthCheck>();
        var health = new Health(
            [
                new HealthProbe("hangs", () => new(never.Task)),
                new HealthProbe("fails", () => throw new Problem(ProblemKind.Unavailable, "It is away.")),
                new HealthProbe("fine", () => new(new HealthCheck(HealthProbe.Ok))),
            ],
            app.Get<WriterWatch>(),
            clock
        );

        var look = health.LookAnew().AsTask();
        clock.Advance(Health.Patience - TimeSpan.FromTicks(1));
        Assert.False(look.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        var view = await look;
        Assert.Equal("failing", view.Status);
        Assert.Equal(
            ["hangs failing It has not answered for 5 seconds.", "fails failing It is away.", "fine ok "],
            view.Checks.Select(check => $"{check.Key} {check.Value.Status} {check.Value.Detail}")
        );
    }

    [Fact]
    public async Task A_worker_that_no_longer_looks_is_not_ready()
    {
        await using var app = await OrdinautApp.Start();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var began = clock.GetUtcNow();
        DateTimeOffset? lookedAt = null;
        var probe = HealthProbes.Loop("worker", () => lookedAt, clock);

        clock.Advance(HealthProbes.MaxLoopAge);
        Assert.Equal("ok", (await probe.Look()).Status);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("failing", (await probe.Look()).Status);
        lookedAt = began + TimeSpan.FromTicks(1);
        Assert.Equal("ok", (await probe.Look()).Status);
        // The worker of a server that runs does look.
        Assert.Equal("ok", (await app.Get<Health>().LookAnew()).Checks["worker"].Status);
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while (app.Get<Worker>().LastLookAt is null)
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task What_failures_say_is_for_whoever_may_audit_and_that_there_are_some_for_all()
    {
        const string secret = "login ordinaut at 10.0.0.7 (28P01)";
        await using var app = await OrdinautApp.Start();
        var health = new Health(
            [
                new HealthProbe("database", () => throw new Problem(ProblemKind.Unavailable, secret)),
                new HealthProbe("backup", () => new(new HealthCheck("degraded", secret))) { IsInside = true },
                new HealthProbe("redis", () => new(new HealthCheck("degraded", "It is away."))),
                new HealthProbe("fine", () => new(new HealthCheck("ok"))) { IsInside = true },
            ],
            app.Get<WriterWatch>(),
            new FakeTimeProvider()
        );

        Assert.Equal(
            [
                $"database failing {Health.Withheld}",
                $"backup degraded {Health.Withheld}",
                "redis degraded It is away.",
                "fine ok ",
            ],
            Said(await health.Look())
        );
        Assert.Equal(
            [$"database failing {secret}", $"backup degraded {secret}", "redis degraded It is away.", "fine ok "],
            Said(await health.LookInside())
        );
    }

    [Fact]
    public async Task Details_are_scoped_and_a_server_that_fails_says_so_there_too()
    {
        await using var app = await OrdinautApp.Start();
        var auditor = await app.AsAgent("audit:read");
        var other = await app.AsAgent("tasks:read");

        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Http.GetAsync("/health/detailed")).StatusCode);
        await other.Refused(403, "GET", "/health/detailed");
        var view = await auditor.Get<HealthView>("/health/detailed");

        Assert.Equal(["cluster", "database", "disk", "scheduler", "serving", "worker"], view.Checks.Keys.Order());
    }

    [Fact]
    public async Task A_process_has_started_when_all_its_loops_have_begun_and_from_then_on()
    {
        var clock = new FakeTimeProvider();
        await using var app = await OrdinautApp.Start();
        DateTimeOffset? scheduled = null;
        DateTimeOffset? worked = null;
        var health = new Health(
            [
                HealthProbes.Loop("scheduler", () => scheduled, clock),
                HealthProbes.Loop("worker", () => worked, clock),
                new HealthProbe("redis", () => new(new HealthCheck("degraded"))),
            ],
            app.Get<WriterWatch>(),
            clock
        );

        Assert.Equal("failing: scheduler failing, worker failing", Started());
        scheduled = clock.GetUtcNow();
        Assert.Equal("failing: scheduler ok, worker failing", Started());
        worked = clock.GetUtcNow();
        Assert.Equal("ok: scheduler ok, worker ok", Started());
        worked = null;
        Assert.Equal("ok: scheduler ok, worker ok", Started());

        string Started()
        {
            var view = health.Started();
            return $"{view.Status}: {string.Join(", ", view.Checks.Select(one => $"{one.Key} {one.Value.Status}"))}";
        }
    }

    private static IEnumerable<string> Said(HealthView view) =>
        view.Checks.Select(check => $"{check.Key} {check.Value.Status} {check.Value.Detail}");

    private static async Task<(HttpStatusCode Code, string Writer)> Live(OrdinautApp app)
    {
        var answer = await app.Http.GetAsync("/health/live");
        var view = OrdinautApp.Read<HealthView>(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, view.Checks["writer"].Status);
    }

    /// <summary>The real clock, whose time a test can let pass faster; its timers are the real ones.</summary>
    private sealed class ForwardClock : TimeProvider
    {
        private long _ahead;

        public void Advance(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() =>
            TimeProvider.System.GetElapsedTime(0).Ticks + Interlocked.Read(ref _ahead);
    }
}
