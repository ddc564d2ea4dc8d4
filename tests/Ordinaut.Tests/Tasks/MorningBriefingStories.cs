using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;

namespace Ordinaut.Tests.Tasks;

/// <summary>The briefing of the README over the two days of 2027 on which the clocks of Chisinau change.</summary>
public sealed class MorningBriefingStories
{
    private const string Payload = """
        {
          "params": {"chat": 12345, "city": "Chisinau"},
          "pipeline": [
            {"id": "calendar", "uses": "google-calendar-mcp.list_events", "save_as": "events",
             "with": {"start": "${now}", "end": "${now+24h}"}},
            {"id": "weather", "uses": "weather-mcp.forecast", "save_as": "weather", "with": {"city": "${params.city}"}},
            {"id": "brief", "uses": "llm.plan", "save_as": "summary",
             "with": {"instruction": "Brief me", "events": "${steps.events.items}", "sky": "${steps.weather.sky}"}},
            {"id": "notify", "uses": "telegram-mcp.send_message", "if": "steps.events.items[0]",
             "with": {"chat_id": "${params.chat}", "text": "Good morning! ${steps.summary.text}"}}
          ]
        }
        """;

    [Theory]
    [InlineData("2027-03-22T00:00:00Z", "2027-04-03T00:00:00Z", "22T06:30 23T06:30 24T06:30 25T06:30 26T06:30", 5)]
    [InlineData("2027-10-25T00:00:00Z", "2027-11-06T00:00:00Z", "25T05:30 26T05:30 27T05:30 28T05:30 29T05:30", 6)]
    public void The_briefing_comes_at_half_past_eight_local_time_on_weekdays(
        string from,
        string until,
        string firstWeek,
        int hourAfter
    ) =>
        Story.Play(
            from,
            async core =>
            {
                Script(core);
                var task = await core.Tasks.Create(core.Ann, Briefing);

                await core.Until(until);

                var runs = await core.RunsOf(task.Id);
                Assert.All(runs, run => Assert.Equal("succeeded", run.State));
                var instants = runs.Select(run => $"{run.ScheduledFor:dd'T'HH:mm}").ToList();
                Assert.Equal(firstWeek.Split(' '), instants.Take(5));
                Assert.Equal(10, instants.Count);
                Assert.All(
                    runs.Skip(5),
                    run => Assert.Equal((hourAfter, 30), (run.ScheduledFor.Hour, run.ScheduledFor.Minute))
                );
                Assert.All(runs, run => Assert.Equal(run.ScheduledFor, run.StartedAt));
            }
        );

    [Fact]
    public void The_message_is_rendered_from_the_steps_before_it() =>
        Story.Play(
            "2027-03-28T12:00:00Z",
            async core =>
            {
                Script(core);
                var task = await core.Tasks.Create(core.Ann, Briefing);
                Assert.Equal("weekdays at 08:30, Europe/Chisinau", task.ScheduleDescription);
                Assert.Equal(CoreBundle.At("2027-03-29T05:30:00Z"), task.NextRunAt);

                await core.Until("2027-03-29T05:30:00Z");

                var message = Assert.Single(core.Telegram.Calls).Input;
                Assert.Equal("""{"chat_id":12345,"text":"Good morning! 1 meeting, rain"}""", message.GetRawText());
                var asked = Assert.Single(core.Calendar.Calls).Input;
                Assert.Equal("2027-03-29T05:30:00Z", asked.GetProperty("start").GetString());
                Assert.Equal("2027-03-30T05:30:00Z", asked.GetProperty("end").GetString());
            }
        );

    [Fact]
    public void A_day_without_events_sends_nothing_and_says_so() =>
        Story.Play(
            "2027-03-28T12:00:00Z",
            async core =>
            {
                Script(core);
                core.Calendar.Answer("""{"items": []}""");
                var task = await core.Tasks.Create(core.Ann, Briefing);

                await core.Until("2027-03-29T05:30:00Z");

                Assert.Empty(core.Telegram.Calls);
                var run = await core.OnlyRun(task.Id);
                Assert.Equal("skipped", run.Steps![3].State);
                Assert.Equal("succeeded", run.State);
            }
        );

    private static TaskInput Briefing =>
        new()
        {
            Title = "Weekday Morning Briefing",
            ScheduleKind = "cron",
            ScheduleExpr = "30 8 * * 1-5",
            Timezone = "Europe/Chisinau",
            Payload = Json.Parse(Payload),
        };

    private static void Script(CoreBundle core)
    {
        core.Calendar.Answer("""{"items": [{"title": "Standup"}]}""");
        core.Weather.Answer("""{"sky": "rain"}""");
        core.Llm.Answer(call =>
        {
            var meetings = call.Input.GetProperty("events").GetArrayLength();
            var text = $"{meetings} meeting, {call.Input.GetProperty("sky").GetString()}";
            return new Ordinaut.Tools.ToolResult.Ok(Json.Parse($$"""{"text": "{{text}}"}"""));
        });
    }
}
