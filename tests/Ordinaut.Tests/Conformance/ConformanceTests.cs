using System.Diagnostics;
using System.Globalization;

namespace Ordinaut.Tests.Conformance;

/// <summary>
/// Random courses of what people and machines do, some of it at once on several nodes, on both databases: each comes
/// to what a small model says. A failure prints its seed and a shortened course; the seed makes the same course again.
/// </summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    private const int Courses = 24;

    // Each has about fifteen meetings, so 10,000 of them and more.
    private const int CampaignCourses = 1_000;

    private const int Least = 6;

    /// <summary>
    /// The short form plays what there is time for on a busy machine, but some in any case, and says how many.
    /// </summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(18);

    /// <summary>How often a shortened course is tried: what depends on who is first does not fail each time.</summary>
    private const int Tries = 4;

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whatever_is_done_in_whatever_order_the_store_holds_what_the_model_holds(string engine)
    {
        var courses = Figure.IsCampaign ? CampaignCourses : Courses;
        var watch = Stopwatch.StartNew();
        using var cluster = await Cluster.Open(engine);
        var played = 0;
        for (
            var seed = 1;
            seed <= courses && (played < Least || Figure.IsCampaign || watch.Elapsed < Budget);
            seed++, played++
        )
        {
            var course = Course.Of(seed);
            if (await cluster.Play(course) is { } fault)
            {
                Assert.Fail($"{engine}, seed {seed}:\n{fault}\n\nShortened:\n{await Shortened(cluster, course)}");
            }
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{engine}: {played} courses of {Course.Length} sets (seeds 1 to {played}), {cluster.Meetings} sets "
                    + $"of several at once, in {watch.Elapsed.TotalSeconds:F1} s, {Figure.Machine}"
            )
        );
    }

    private static async Task<string?> Shortened(Cluster cluster, Course course)
    {
        var last = "It did not fail again.";
        await course.Shrunk(async shorter =>
        {
            for (var i = 0; i < Tries; i++)
            {
                if (await cluster.Play(shorter) is { } fault)
                {
                    last = fault;
                    return true;
                }
            }

            return false;
        });
        return last;
    }
}
