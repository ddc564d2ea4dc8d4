using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using Ordinaut.Agents;
using Ordinaut.Bench;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Hosting;

/// <summary>
/// What telemetry costs: metrics that are scraped and sent, traces sampled as by default, JSON logs, against none of
/// it, by turns in one run. Each pair is compared with itself, so that a machine that slows down slows both.
/// </summary>
[Collection(nameof(Alone))]
public sealed class TelemetryFigure(FaultBench bench, ITestOutputHelper output)
{
    private static readonly int Pairs = Figure.IsCampaign ? 9 : 3;

    /// <summary>On PostgreSQL a drain takes three times as long.</summary>
    private static int Runs(bool isShared) => (Figure.IsCampaign ? 42_000 : 9_000) / (isShared ? 3 : 1);

    /// <summary>By how much more a run may cost; a short measurement says it less exactly.</summary>
    private static readonly double Most = Figure.IsCampaign ? 1.05 : 1.5;

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Telemetry_costs_a_twentieth_of_what_is_drained_at_most(string database)
    {
        var isShared = database == "PostgreSQL";
        await Drain(isOn: true, isShared);
        await Drain(isOn: false, isShared);
        var pairs = new List<(double Time, double Cpu)>();
        for (var i = 0; i < Pairs; i++)
        {
            // Whoever comes second has it neither better nor worse over all.
            var first = await Drain(isOn: i % 2 == 0, isShared);
            var second = await Drain(isOn: i % 2 == 1, isShared);
            var (on, off) = i % 2 == 0 ? (first, second) : (second, first);
            pairs.Add((off.Throughput / on.Throughput, on.Cpu / off.Cpu));
            Tell($"with {on.Throughput:N0} runs/s, {on.Cpu:N1} µs; without {off.Throughput:N0}, {off.Cpu:N1}");
        }

        var time = Measure.Percentile([.. pairs.Select(pair => pair.Time)], 0.5);
        var cpu = Measure.Percentile([.. pairs.Select(pair => pair.Cpu)], 0.5);
        Tell(
            $"telemetry, {database}: {Pairs} pairs of {Runs(isShared):N0} runs: time x {time:N3}, processor x {cpu:N3}"
        );
        Tell($"{Figure.Machine}");
        Assert.InRange(Figure.IsCampaign ? time : cpu, 0, Most);
    }

    private async Task<(double Throughput, double Cpu)> Drain(bool isOn, bool isShared)
    {
        var address = isShared ? await bench.NewDatabase() : "";
        await using var collector = new FakeServer(_ => FakeServer.Answer(200));
        await using var app = await OrdinautApp.Start(configure: o =>
        {
            o = o with { PostgresUrl = address };
            return isOn ? o with { OtlpEndpoint = collector.Url, OtlpIntervalSeconds = 1, LogFormat = "json" } : o;
        });
        if (!isOn)
        {
            // Even what nobody reads is counted otherwise.
            app.Get<MeterProvider>().Dispose();
        }

        using var done = new CancellationTokenSource();
        var scraping = isOn ? Scrape(app, done.Token) : Task.CompletedTask;
        var caller = new Caller(Guid.Parse(app.Admin.AgentId), Scope.Admin);
        var tasks = new BenchTasks(app.Get<Db>(), app.Get<TaskOperations>(), app.Get<TaskControl>(), caller);
        var size = BenchSize.Quick with { Runs = Runs(isShared) };
        var runs = new RunBench(app.Get<Db>(), tasks, app.Get<Worker>(), () => NewWorker(app), size);
        await runs.WarmUp();
        var measures = await runs.Drain();
        await runs.StopWorkers();
        await done.CancelAsync();
        await scraping;
        return (measures[0].Value, measures[1].Value);
    }

    private void Tell(FormattableString text) => output.WriteLine(FormattableString.Invariant(text));

    private static Worker NewWorker(OrdinautApp app) => ActivatorUtilities.CreateInstance<Worker>(app.Services);

    /// <summary>Fifteen times as often as Prometheus does.</summary>
    private static async Task Scrape(OrdinautApp app, CancellationToken ct)
    {
        var admin = await app.AsAdmin();
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            do
            {
                using var answer = await admin.Send("GET", "/metrics");
                Assert.True(answer.IsSuccessStatusCode);
            } while (await tick.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException)
        {
            // It is drained.
        }
    }
}
