using Ordinaut.Mcp;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp;

/// <summary>Every recipe is a schedule the program takes, and means what it says.</summary>
public sealed class CookbookTests
{
    /// <summary>The first times of some recipes after 1 January 2027, in Chisinau.</summary>
    private static readonly Dictionary<string, string[]> Meaning = new()
    {
        ["weekdays at 08:30"] = ["2027-01-01T08:30", "2027-01-04T08:30"],
        ["on the last day of each month at 20:00"] = ["2027-01-31T20:00", "2027-02-28T20:00"],
        ["on the weekday nearest the 15th at 09:00"] = ["2027-01-15T09:00", "2027-02-15T09:00"],
        ["on the second Tuesday of each month at 10:00"] = ["2027-01-12T10:00", "2027-02-09T10:00"],
        ["on the last Friday of each month at 17:00"] = ["2027-01-29T17:00", "2027-02-26T17:00"],
        ["every other Friday at 9, counted from 8 January 2027"] = ["2027-01-08T09:00", "2027-01-22T09:00"],
        ["on the last working day of the month at 17:00"] = ["2027-01-29T17:00", "2027-02-26T17:00"],
        ["every 90 minutes from 06:00 on 1 March 2027"] = ["2027-03-01T06:00", "2027-03-01T07:30"],
        ["for five days at 08:00, from 1 March 2027 on"] = ["2027-03-01T08:00", "2027-03-02T08:00"],
        ["each quarter on its first Monday at 09:00"] = ["2027-01-04T09:00", "2027-04-05T09:00"],
    };

    [Fact]
    public async Task Every_recipe_is_taken_and_means_what_it_says()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        foreach (var recipe in Cookbook.All)
        {
            var request = new PreviewSchedule(
                recipe.Kind,
                recipe.Expression,
                "Europe/Chisinau",
                new DateTimeOffset(2026, 12, 31, 22, 0, 0, TimeSpan.Zero),
                2
            );

            var preview = await assistant.Ask<SchedulePreviewView>("preview_schedule", Json.Write(request));

            Assert.NotEmpty(preview.Description);
            var times = preview.Occurrences.Select(occurrence => occurrence.Local[..16]);
            Assert.Equal(Meaning.GetValueOrDefault(recipe.Wish, [.. times]), times);
            Assert.Contains(recipe.Wish, Cookbook.Text);
        }
    }

    [Fact]
    public void Every_meaning_is_a_recipes() =>
        Assert.All(Meaning.Keys, wish => Assert.Contains(Cookbook.All, recipe => recipe.Wish == wish));
}
