using Ordinaut.Tests.Faults;

namespace Ordinaut.Tests.Hostile;

/// <summary>
/// One server, an agent that goes about its work, and one that has every right but an administrator's and a decider's,
/// and uses all of them against the other. It learns nothing, gets nothing, and the other hardly waits longer.
/// </summary>
[Collection(nameof(Alone))]
public sealed class TwoAgentsFigure(ITestOutputHelper output)
{
    /// <summary>How much longer the quiet agent may wait under attack, at the 99th percentile.</summary>
    private const double Factor = 1.5;

    /// <summary>How often the short form, whose percentiles are of few values, may be repeated.</summary>
    private static readonly int MoreTries = Figure.IsCampaign ? 0 : 2;

    private static readonly (TimeSpan Window, int Rounds) Form = Figure.IsCampaign
        ? (TimeSpan.FromSeconds(60), Campaign.Rounds(2, 30))
        : (TimeSpan.FromSeconds(4), 2);

    [Fact]
    public async Task An_attacker_with_every_id_of_another_learns_nothing_and_gets_nothing()
    {
        using var turn = await Campaign.Turn();
        await using var house = await House.Open(House.Unlimited);

        await house.Burglar.TryAll(all: Figure.IsCampaign);

        output.WriteLine($"Two agents, ids ({Figure.Machine}): {house.Judge.Seen:N0} answers; {Told(house)}");
        Assert.True(house.Judge.Seen > 300);
        Assert.Empty(house.Judge.Leaks);
        Assert.Empty(house.Judge.Grants);
        Assert.Empty(house.Judge.Defects);
        Assert.Empty(await house.Damage());
    }

    /// <summary>The mutants of that: an administrator sees and does all of it, and each is noticed.</summary>
    [Fact]
    public async Task An_attacker_who_may_is_found_to_learn_and_to_get()
    {
        using var turn = await Campaign.Turn();
        await using var house = await House.Open(House.Unlimited);

        await house.LetIn();
        await house.Burglar.TryAll(all: false);

        Assert.NotEmpty(house.Judge.Leaks);
        Assert.NotEmpty(house.Judge.Grants);
        Assert.NotEmpty(await house.Damage());
    }

    [Fact]
    public async Task An_attacker_takes_no_time_of_another()
    {
        using var turn = await Campaign.Turn();
        await using var house = await House.Open();

        var waits = await house.Measure(Form.Window, Form.Rounds);
        for (var again = 0; again < MoreTries && waits.Faults(Factor).Any(); again++)
        {
            // What a neighbour took of the processor is not taken again; what the server gives away is.
            output.WriteLine($"once more, after {waits.Text}");
            waits = await house.Measure(Form.Window, Form.Rounds);
        }

        output.WriteLine($"Two agents, time ({Figure.Machine}): {house.Judge.Seen:N0} answers; {Told(house)}");
        output.WriteLine(waits.Text);
        Assert.Empty(house.Judge.Leaks);
        Assert.Empty(house.Judge.Grants);
        Assert.Empty(house.Judge.Defects);
        Assert.Empty(await house.Damage());
        Assert.Empty(waits.Faults(Factor));
    }

    /// <summary>The mutant of that: a server without limits, where the same attack is felt.</summary>
    [Fact]
    public async Task Without_limits_the_same_attack_is_felt()
    {
        using var turn = await Campaign.Turn();
        await using var house = await House.Open(House.Unlimited);

        var waits = await house.Measure(TimeSpan.FromSeconds(4), 1);

        output.WriteLine(waits.Text);
        Assert.NotEmpty(waits.Faults(Factor));
    }

    private static string Told(House house) =>
        string.Join(", ", house.Judge.Statuses.OrderBy(s => s.Key).Select(s => $"{s.Value:N0} x {s.Key}"));
}
