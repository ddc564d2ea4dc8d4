using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Tasks;

/// <summary>The briefing of the README, over HTTP to servers that are real, in time that is not.</summary>
public sealed class MorningBriefingStories
{
    [Fact]
    public async Task From_March_to_November_each_weekday_brings_one_message_at_half_past_eight()
    {
        await using var servers = await BriefingServers.Open();
        Story.Play(
            "2027-03-22T00:00:00Z",
            async core =>
            {
                var task = await core.Tasks.Create(core.Ann, Briefing(servers));
                Assert.Equal("weekdays at 08:30, Europe/Chisinau", task.ScheduleDescription);

                await core.Until("2027-11-06T00:00:00Z");

                var runs = await core.RunsOf(task.Id);
                var instants = runs.Select(run => run.ScheduledFor).ToList();
                Assert.Equal(Weekdays("2027-03-22", "2027-11-05").Select(HalfPastEight), instants);
                Assert.Equal(["2027-03-26T06:30Z", "2027-03-29T05:30Z"], Around(instants, "2027-03-28"));
                Assert.Equal(["2027-10-29T05:30Z", "2027-11-01T06:30Z"], Around(instants, "2027-10-31"));
                Assert.All(runs, run => Assert.Equal(("succeeded", run.ScheduledFor), (run.State, run.StartedAt)));
                Assert.Equal(instants.Select(at => $"{at:s}Z"), servers.Questions.Select(question => question.From));
                Assert.Equal(
                    instants.Select(
                        (at, i) => $"Good morning! Review of {at:dd.MM.}; clouds over Chisinau, {i + 1} °C"
                    ),
                    servers.Messages.Select(message => message.Text)
                );
                Assert.Equal(instants.Count, servers.Messages.DistinctBy(message => message.IdempotencyKey).Count());
            }
        );
    }

    [Fact]
    public async Task A_messenger_that_is_busy_gets_the_same_message_again_under_the_same_key()
    {
        await using var servers = await BriefingServers.Open();
        servers.BusyTimes = 2;
        Story.Play(
            "2027-03-28T12:00:00Z",
            async core =>
            {
                var task = await core.Tasks.Create(core.Ann, Briefing(servers));

                await core.Until("2027-03-29T06:00:00Z");

                var message = Assert.Single(servers.Messages);
                Assert.Equal([message, message], servers.Refused);
                Assert.Equal([("2027-03-29T05:30:00Z", "2027-03-29T15:30:00Z")], servers.Questions);
                Assert.Equal(
                    ("succeeded", 3),
                    (await core.OnlyRun(task.Id)) is var run ? (run.State, run.Attempt) : default
                );
            }
        );
    }

    [Theory]
    [InlineData(50, "Standup, Lunch with Ana", "Good morning! Standup, Lunch with Ana; clouds over Chisinau, 1 °C")]
    [InlineData(51, "", "Good morning! no meetings; clouds over Chisinau, 1 °C")]
    [InlineData(50, "", null)]
    public async Task A_message_comes_when_there_are_meetings_or_rain_is_likely(int rain, string meetings, string? text)
    {
        await using var servers = await BriefingServers.Open();
        servers.Rain = rain;
        servers.Meetings = _ => meetings.Split(", ", StringSplitOptions.RemoveEmptyEntries);
        Story.Play(
            "2027-03-28T12:00:00Z",
            async core =>
            {
                var task = await core.Tasks.Create(core.Ann, Briefing(servers));

                await core.Until("2027-03-29T05:30:00Z");

                var run = await core.OnlyRun(task.Id);
                Assert.Equal("succeeded", run.State);
                Assert.Equal(text is null ? "skipped" : "succeeded", run.Steps![^1].State);
                Assert.Equal(text, servers.Messages.SingleOrDefault()?.Text);
            }
        );
    }

    [Fact]
    public void The_readme_shows_the_sample_as_it_is()
    {
        var sample = Repository.Texts.Single(file => file.Path == BriefingServers.SamplePath).Text;
        var readme = Repository.Texts.Single(file => file.Path == "README.md").Text;

        Assert.Contains($"```json\n{sample}```\n", readme, StringComparison.Ordinal);
    }

    private static TaskInput Briefing(BriefingServers servers) => Json.Read<TaskInput>(servers.Sample.ToJsonString());

    private static IEnumerable<DateOnly> Weekdays(string first, string last)
    {
        for (var day = DateOnly.Parse(first); day <= DateOnly.Parse(last); day = day.AddDays(1))
        {
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                yield return day;
            }
        }
    }

    /// <summary>Chisinau is three hours ahead of UTC in summer, 28 March to 30 October, and two in winter.</summary>
    private static DateTimeOffset HalfPastEight(DateOnly day)
    {
        var isSummer = day >= new DateOnly(2027, 3, 28) && day < new DateOnly(2027, 10, 31);
        return new DateTimeOffset(day, new TimeOnly(isSummer ? 5 : 6, 30), TimeSpan.Zero);
    }

    /// <summary>The last instant before a day and the first after.</summary>
    private static IEnumerable<string> Around(List<DateTimeOffset> instants, string day) =>
        new[]
        {
            instants.Last(at => at < CoreBundle.At(day + "T00:00:00Z")),
            instants.First(at => at > CoreBundle.At(day + "T00:00:00Z")),
        }.Select(at => $"{at:yyyy-MM-dd'T'HH:mm}Z");
}
