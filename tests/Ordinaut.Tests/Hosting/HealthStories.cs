using System.Net;
using Ordinaut.Hosting;
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
