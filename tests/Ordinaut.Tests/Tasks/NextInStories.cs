using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>A run that says when its task is next worth running.</summary>
public sealed class NextInStories
{
    [Fact]
    public void It_comes_sooner_and_the_schedule_goes_on() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 12 * * *", WhenAsked("""{"in": "10m"}""")));
            await core.RunAtOnce(task.Id);

            Assert.Equal("2027-01-04T00:10:00Z", await Next(core, task.Id));
            await core.Until("2027-01-04T00:11:00Z");
            Assert.Equal("2027-01-04T12:00:00Z", await Next(core, task.Id));
            await core.Until("2027-01-04T12:01:00Z");
            Assert.Equal(["00:00 succeeded", "00:10 succeeded", "12:00 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void It_comes_later_and_what_is_passed_over_is_accounted_for() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *", WhenAsked("""{"in": "150m"}""")));
            await core.RunAtOnce(task.Id);

            Assert.Equal("2027-01-04T02:30:00Z", await Next(core, task.Id));
            await core.Until("2027-01-04T03:01:00Z");
            Assert.Equal(
                ["00:00 succeeded", "01:00 superseded", "02:00 succeeded", "03:00 succeeded"],
                await core.ShortLedger(task.Id)
            );
        });

    [Fact]
    public void The_last_word_counts() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 12 * * *"));
            foreach (var hours in new[] { 3, 5, 13, 2 })
            {
                await core.Control.MoveNext(core.Ann, task.Id, TimeSpan.FromHours(hours));
            }

            Assert.Equal("2027-01-04T02:00:00Z", await Next(core, task.Id));
        });

    [Theory]
    [InlineData("""{"in": "10s"}""", "00:01:00", true)]
    [InlineData("""{"in": 60}""", "00:01:00", false)]
    [InlineData("""{"in": "PT10S", "min": "10s"}""", "00:00:10", false)]
    [InlineData("""{"in": -5, "min": 1}""", "00:00:01", true)]
    [InlineData("""{"in": "2h", "max": "1h"}""", "01:00:00", true)]
    [InlineData("""{"in": "7d"}""", "7.00:00:00", false)]
    [InlineData("""{"in": "8d"}""", "7.00:00:00", true)]
    public void It_stays_within_its_bounds(string input, string time, bool clamped) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 12 31 12 *", WhenAsked(input)));
            var run = await core.RunAtOnce(task.Id);

            var output = run.Output!.Value;
            var next = Instants.Format(core.Now + TimeSpan.Parse(time));
            Assert.Equal((next, clamped), (output.GetProperty("next_run_at").GetString(), Flag(output, "clamped")));
        });

    [Theory]
    [InlineData("""{"in": "soon"}""")]
    [InlineData("""{"in": "1y"}""")]
    [InlineData("""{"in": 1e300}""")]
    [InlineData("""{"in": "1h", "min": 0.9}""")]
    [InlineData("""{"in": "1h", "max": "8d"}""")]
    [InlineData("""{"in": "1h", "min": "2h", "max": "1h"}""")]
    public void What_is_no_time_is_refused(string input) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 12 * * *", WhenAsked(input)));
            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(("failed", "invalid_time"), (run.State, run.Error!.Code));
            Assert.Equal("2027-01-04T12:00:00Z", await Next(core, task.Id));
        });

    [Fact]
    public void A_task_with_nothing_to_come_before_its_end_has_nothing_to_move() =>
        Story.Play(async core =>
        {
            var step = WhenAsked("""{"in": "1h"}""");
            var heard = await core.Tasks.Create(core.Ann, OnEvent("a.b", step));
            var ending = Cron("30 0 * * *", step) with { EndsAt = core.Now.AddMinutes(59) };
            var over = await core.Tasks.Create(core.Ann, ending);

            Assert.Equal("conflict", (await core.RunAtOnce(heard.Id)).Error!.Code);
            Assert.Equal("conflict", (await core.RunAtOnce(over.Id)).Error!.Code);
        });

    private static string WhenAsked(string input) =>
        $$"""
            {"id": "next", "uses": "task.next_in", "with": {{input}}, "if": "run.trigger == 'manual'", "max_retries": 0}
            """;

    private static async Task<string> Next(CoreBundle core, Guid taskId) =>
        Instants.Format((await core.Tasks.Get(core.Ann, taskId)).NextRunAt!.Value);

    private static bool Flag(System.Text.Json.JsonElement output, string name) => output.GetProperty(name).GetBoolean();
}
