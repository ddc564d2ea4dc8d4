using Ordinaut.Agents;

namespace Ordinaut.Tests.Agents;

/// <summary>Free places are divided among agents by weight, and nobody who waits gets none.</summary>
public sealed class TurnsTests
{
    [Theory]
    [InlineData(10, "1", "10")]
    [InlineData(10, "1 1", "5 5")]
    [InlineData(11, "1 1", "6 5")]
    [InlineData(10, "1 1 1", "4 3 3")]
    [InlineData(3, "1 1 100", "1 1 1")]
    [InlineData(100, "1 3", "26 74")]
    [InlineData(256, "100 1", "253 3")]
    [InlineData(10_000, "100 100", "5000 5000")]
    [InlineData(1, "7", "1")]
    [InlineData(5, "", "")]
    public void Every_agent_gets_one_place_and_the_rest_is_divided_by_weight(int places, string weights, string shares)
    {
        var agents = weights.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Agent).ToList();

        var divided = Turns.Divide(agents, places);

        Assert.Equal(shares, string.Join(' ', divided.Select(share => share.Places)));
        Assert.Equal(agents.Select(agent => agent.Id), divided.Select(share => share.AgentId));
    }

    [Fact]
    public async Task Where_there_are_more_agents_than_places_each_has_its_turn()
    {
        var agents = Enumerable.Range(1, 5).Select(n => new WaitingAgent(Id(n), 1)).ToList();
        var turns = new Turns();
        var served = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            var shares = await turns.Deal(
                2,
                (after, limit) =>
                    ValueTask.FromResult(agents.Where(agent => agent.Id.CompareTo(after) > 0).Take(limit).ToList())
            );
            served.Add(string.Join(' ', shares.Select(share => $"{share.AgentId.ToString()[7]}x{share.Places}")));
        }

        Assert.Equal(["1x1 2x1", "3x1 4x1", "5x2", "1x1 2x1", "3x1 4x1"], served);
    }

    [Fact]
    public async Task A_round_that_ended_at_the_last_agent_begins_again()
    {
        var only = new WaitingAgent(Id(1), 1);
        var turns = new Turns();

        for (var round = 0; round < 3; round++)
        {
            var shares = await turns.Deal(
                1,
                (after, _) => ValueTask.FromResult<List<WaitingAgent>>(after == Guid.Empty ? [only] : [])
            );
            Assert.Equal(new Share(only.Id, 1), Assert.Single(shares));
        }
    }

    private static WaitingAgent Agent(string weight, int place) => new(Id(place + 1), int.Parse(weight));

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);
}
