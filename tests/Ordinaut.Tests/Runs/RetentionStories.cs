using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>What has passed its time goes, a few rows at a time, and nothing else goes with it.</summary>
public sealed class RetentionStories
{
    private static readonly string[] Tables = ["run", "step", "occurrence", "event"];

    [Fact]
    public void Old_history_goes_and_young_history_stays() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 6 * * *"));
            await core.Until("2027-01-14T00:00:00Z");
            Assert.Equal(10, await Count(core, "run"));

            await Sweep(core, TimeSpan.FromDays(3));

            Assert.Equal([11, 12, 13], (await core.RunsOf(task.Id)).Select(run => run.ScheduledFor.Day));
            Assert.Equal(
                (3, 3, 3),
                (await Count(core, "run"), await Count(core, "step"), await Count(core, "occurrence"))
            );
            Assert.Equal("active", (await core.Tasks.Get(core.Ann, task.Id)).Status);
        });

    [Fact]
    public void A_run_that_lives_keeps_what_it_has_however_old_it_is() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            var task = await core.Tasks.Create(
                core.Ann,
                Idle("""{"id": "a", "uses": "test.other"}""", WorkStep) with
                {
                    TimeoutSeconds = 7 * 24 * 3600,
                }
            );
            var run = await core.RunAtOnce(task.Id, """{"a": 1}""");
            await core.Advance(TimeSpan.FromHours(2));

            await Sweep(core, TimeSpan.FromHours(1));
            gate.SetResult();
            await core.Settle();

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("succeeded", 2), (ended.State, ended.Steps!.Count));
        });

    [Fact]
    public void One_batch_takes_at_most_five_hundred_rows_of_a_kind() =>
        Story.Play(async core =>
        {
            for (var i = 0; i <= Retention.BatchSize; i++)
            {
                await core.Events.Publish(core.Ann, new PublishEvent("a"));
            }

            await core.Advance(TimeSpan.FromDays(2));
            var retention = Keeping(core, TimeSpan.FromDays(1));

            await retention.DoBatch();
            Assert.Equal(1, await Count(core, "event"));
            await retention.DoBatch();
            Assert.Equal(0, await Count(core, "event"));
            Assert.Equal(0, await retention.DoBatch());
        });

    [Fact]
    public void A_run_that_is_gone_leaves_nothing_behind() =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(1);
            var task = await core.Tasks.Create(core.Ann, Idle());
            await core.RunAtOnce(task.Id, """{"a": 1}""");
            await core.Advance(TimeSpan.FromDays(2));
            Assert.Equal((1, 1), (await Count(core, "attempt"), await Count(core, "run_input")));

            await Sweep(core, TimeSpan.FromDays(1));

            foreach (var table in Tables.Append("attempt").Append("run_input"))
            {
                Assert.Equal(0, await Count(core, table));
            }
        });

    [Fact]
    public void A_dedupe_key_stays_for_the_longest_window_and_then_goes() =>
        Story.Play(async core =>
        {
            var longest = TimeSpan.FromSeconds(TaskCheck.MaxWindowSeconds);
            var input = Once("2027-01-04T01:00:00Z") with { DedupeKey = "k", DedupeWindowSeconds = 60 };
            await core.Tasks.Create(core.Ann, input);
            await core.Until("2027-01-04T01:00:00Z");

            await core.Advance(longest - TimeSpan.FromSeconds(1));
            await Sweep(core, longest);
            Assert.Equal(1, await Count(core, "dedupe"));

            await core.Advance(TimeSpan.FromSeconds(1));
            await Sweep(core, longest);
            Assert.Equal(0, await Count(core, "dedupe"));
        });

    [Fact]
    public void Expired_refresh_tokens_go_five_hundred_at_a_time() =>
        Story.Play(async core =>
        {
            var life = TimeSpan.FromDays(1);
            var tokens = new RefreshTokens(core.Ids, new TokenSettings("", "", life, life));
            await core.Db.Write(async session =>
            {
                for (var i = 0; i <= Retention.BatchSize; i++)
                {
                    await tokens.Issue(session, core.Ann.AgentId, core.Ann.Scopes);
                }
            });
            await core.Advance(life + TimeSpan.FromSeconds(1));
            await core.Db.Write(session => tokens.Issue(session, core.Ann.AgentId, core.Ann.Scopes));
            var retention = Keeping(core, life);

            await retention.DoBatch();
            Assert.Equal(2, await Count(core, "refresh_token"));
            await retention.DoBatch();
            Assert.Equal(1, await Count(core, "refresh_token"));
        });

    private static async Task Sweep(CoreBundle core, TimeSpan keep)
    {
        var retention = Keeping(core, keep);
        while (await retention.DoBatch() > 0) { }
    }

    private static Retention Keeping(CoreBundle core, TimeSpan keep) =>
        new(core.Db, new RetentionSettings(keep, keep, keep, keep), core.Clock, NullLogger<Retention>.Instance);

    private static Task<long> Count(CoreBundle core, string table) =>
        core.Db.Read(session => session.First($"select count(*) from {table}", row => row.Long(0)));
}
