using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Audit;
using Ordinaut.Monitors;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;

namespace Ordinaut.Tests.Monitors;

/// <summary>The program's own task, in virtual time.</summary>
public sealed class CanaryStories
{
    private static readonly CanarySettings On = new(true, "");

    [Fact]
    public void It_arrives_each_minute_and_the_gauges_say_so() =>
        Story.Play(async core =>
        {
            await core.Bird(On).Keep();

            await core.Until("2027-01-04T00:10:30Z");

            Assert.Equal(10, (await core.RunsOf(Canary.TaskId)).Count(run => run.State == "succeeded"));
            Assert.Equal([30.0], await core.Gauge("ordinaut.canary.age"));
            Assert.Equal([0.0], await core.Gauge("ordinaut.canary.lag"));
            Assert.Empty(await core.AlertsOf());
        });

    [Fact]
    public void When_it_does_not_arrive_who_runs_the_server_is_told_and_told_again_when_it_does() =>
        Story.Play(async core =>
        {
            await core.Db.Write(async session =>
                await session.Execute(
                    "update agent set secret_hash = @hash where id = @id",
                    ("hash", new byte[32]),
                    ("id", core.Admin.AgentId)
                )
            );
            await core.Bird(On).Keep();
            await core.Until("2027-01-04T00:05:30Z");
            core.Clockwork.Forget(core.Worker);

            await core.Until("2027-01-04T00:07:59Z");
            Assert.Empty(await core.AlertsOf());
            await core.Until("2027-01-04T00:08:00Z");
            var alert = Assert.Single(await core.AlertsOf());
            Assert.Equal(("critical", core.Admin.AgentId), (alert.Severity, alert.OwnerId));
            Assert.Equal([180.0], await core.Gauge("ordinaut.canary.age"));

            core.Clockwork.Add(core.Worker);
            await core.Advance(TimeSpan.FromSeconds(75));
            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
        });

    [Fact]
    public void Nodes_that_keep_it_make_one_and_a_restart_changes_nothing() =>
        Story.Play(async core =>
        {
            await core.Bird(On).Keep();
            await core.Bird(On).Keep();
            await core.Until("2027-01-04T00:02:30Z");
            await core.Bird(On).Keep();

            Assert.Equal(2, (await core.RunsOf(Canary.TaskId)).Count);
            Assert.Equal(["task.created"], await core.Audit(Canary.TaskId));
            Assert.Single((await core.Monitors.List(core.Admin, 10, null)).Items);
        });

    [Fact]
    public void Switched_off_it_rests_and_is_watched_no_more() =>
        Story.Play(async core =>
        {
            await core.Bird(On).Keep();
            await core.Until("2027-01-04T00:02:30Z");

            await core.Bird(new(false, "")).Keep();
            await core.Until("2027-01-04T01:00:00Z");
            Assert.Equal(2, (await core.RunsOf(Canary.TaskId)).Count);
            Assert.Empty(await core.AlertsOf());
            Assert.Empty(await core.Gauge("ordinaut.canary.age"));

            await core.Bird(On).Keep();
            await core.Until("2027-01-04T01:01:30Z");
            Assert.Equal(3, (await core.RunsOf(Canary.TaskId)).Count);
        });

    [Fact]
    public void Switched_off_from_the_start_there_is_none() =>
        Story.Play(async core =>
        {
            await core.Bird(new(false, "")).Keep();

            await Assert.ThrowsAsync<Problem>(() => core.Tasks.Get(core.Admin, Canary.TaskId));
            Assert.Empty((await core.Monitors.List(core.Admin, 10, null)).Items);
        });

    [Fact]
    public void Who_is_called_outside_may_be_away_and_another_setting_holds_at_the_next_start() =>
        Story.Play(async core =>
        {
            // Nobody listens there.
            await core.Bird(On with { PingUrl = "http://127.0.0.1:9/dead" }).Keep();
            await core.Until("2027-01-04T00:01:30Z");
            var run = await core.OnlyRun(Canary.TaskId);
            Assert.Equal(("succeeded", "failed"), (run.State, run.Steps![1].State));

            await core.Bird(On).Keep();
            await core.Until("2027-01-04T00:02:30Z");

            Assert.Single((await core.RunsOf(Canary.TaskId))[1].Steps!);
        });
}

internal static class CanaryWriting
{
    public static Canary Bird(this CoreBundle core, CanarySettings settings) =>
        new(
            core.Db,
            settings,
            core.Drafts,
            core.Edits,
            core.Journal,
            new AuditLog(core.Ids),
            core.Clock,
            NullLogger<Canary>.Instance
        );

    public static async Task<List<double>> Gauge(this CoreBundle core, string name)
    {
        var gauge = MonitorGauges.All.Single(one => one.Name == name);
        return [.. (await core.Db.Read(gauge.Look)).Select(value => value.Value)];
    }
}
