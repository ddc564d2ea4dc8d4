using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class ZonesTests
{
    [Theory]
    [InlineData("Europe/Chisinau", "Europe/Chisinau")]
    [InlineData("europe/chisinau", "Europe/Chisinau")]
    [InlineData("AMERICA/NEW_YORK", "America/New_York")]
    [InlineData(" UTC ", "UTC")]
    [InlineData("utc", "UTC")]
    [InlineData("etc/gmt+5", "Etc/GMT+5")]
    [InlineData("Europe/Kiev", "Europe/Kiev")]
    [InlineData("asia/calcutta", "Asia/Calcutta")]
    [InlineData("GTB Standard Time", "Europe/Bucharest")]
    [InlineData("gtb standard time", "Europe/Bucharest")]
    [InlineData("W. Europe Standard Time", "Europe/Berlin")]
    public void A_zone_is_found_in_any_letter_case_and_an_alias_stays_itself(string asked, string expected) =>
        Assert.Equal(expected, Zones.Resolve(asked));

    [Theory]
    [InlineData("Chisinau", "Europe/Chisinau")]
    [InlineData("Europe/Kishinev", "Europe/Chisinau")]
    [InlineData("Europe/Lodnon", "Europe/London")]
    [InlineData("new york", "America/New_York")]
    [InlineData("Berlin", "Europe/Berlin")]
    public void An_unknown_zone_is_refused_with_near_matches(string asked, string near)
    {
        var problem = Assert.Throws<Problem>(() => Zones.Resolve(asked));

        Assert.Equal("/timezone", Assert.Single(problem.Errors).Pointer);
        Assert.Contains(near, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mars/Olympus_Mons_Base_One")]
    [InlineData("\0\u202e")]
    public void A_zone_like_no_other_is_refused_with_an_example(string asked)
    {
        var problem = Assert.Throws<Problem>(() => Zones.Resolve(asked));

        Assert.Contains("such as Europe/Chisinau", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', problem.Message);
    }

    [Fact]
    public void Every_id_of_the_zone_data_has_a_clock()
    {
        var ids = NodaTime.TimeZones.TzdbDateTimeZoneSource.Default.GetIds().ToList();

        Assert.All(ids, id => Assert.Equal(id, Zones.Clock(id.ToUpperInvariant()).Id));
        Assert.InRange(ids.Count, 500, 1000);
        Assert.Matches("^20[0-9][0-9][a-z]$", Zones.TzdbVersion);
    }

    [Theory]
    [InlineData("Europe/Chisinau")]
    [InlineData("Africa/Casablanca")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Pacific/Apia")]
    [InlineData("UTC")]
    public void A_clock_agrees_with_NodaTime_also_far_beyond_its_table(string id)
    {
        var zone = NodaTime.TimeZones.TzdbDateTimeZoneSource.Default.ForId(id);
        var clock = Zones.Clock(id);
        var epoch = Seconds.Of(DateTimeOffset.UnixEpoch);

        for (var day = When.Utc("1880-01-01T00:00:00Z"); day.Year < 2400; day = day.AddHours(1003))
        {
            var expected = zone.GetUtcOffset(NodaTime.Instant.FromDateTimeOffset(day)).Seconds;
            var seconds = Seconds.Of(day);
            var stretch = clock.At(seconds);
            Assert.Equal(expected, stretch.Offset);
            Assert.InRange(seconds, stretch.Start, stretch.End - 1);
            if (stretch.Start > Seconds.Of(When.Utc("1800-01-01T00:00:00Z")))
            {
                var before = NodaTime.Instant.FromUnixTimeSeconds(stretch.Start - 1 - epoch);
                Assert.Equal(zone.GetUtcOffset(before).Seconds, stretch.Earlier);
            }
        }
    }
}
