using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;

namespace Ordinaut.Tests.Agents;

/// <summary>
/// Figure 10, the part of grants: one agent tries at random whatever a manager can do, as itself and as everyone whose
/// secret it gets, among others who hold other scopes. What it can come to act with is never more than it was given.
/// </summary>
public sealed class GrantGraphFigure(ITestOutputHelper output)
{
    private const int Graphs = 500;

    private static readonly int Moves = Figure.IsCampaign ? 100 : 12;

    private static readonly string[] Tools = ["http.request", "text.template", "weather.*"];

    [Fact]
    public void Of_500_random_graphs_none_lets_an_agent_reach_more_than_it_was_given()
    {
        var (moves, granted) = (0, 0);
        Story.Play(async core =>
        {
            for (var seed = 0; seed < Graphs; seed++)
            {
                var attack = await Attack.Begin(core, seed);
                for (var move = 0; move < Moves; move++)
                {
                    granted += await attack.Move(caller => caller) ? 1 : 0;
                    moves++;
                    Assert.Null(await attack.Escalation());
                }
            }
        });

        // Enough of it is let through for the refusals to mean something.
        Assert.True(granted > moves / 20, $"{granted} of {moves}");
        output.WriteLine($"Figure 10, grants: {Graphs} graphs, {moves} moves, {granted} let through, 0 escalations");
    }

    /// <summary>The mutant: operations that take a caller's scopes from elsewhere than its token and row.</summary>
    [Fact]
    public void Scopes_that_are_believed_are_found_out() =>
        Story.Play(async core =>
        {
            var claimed = Scopes.Parse(string.Join(' ', Scopes.Names)) & ~Scope.Admin;
            for (var seed = 0; seed < 20; seed++)
            {
                var attack = await Attack.Begin(core, seed);
                for (var move = 0; move < Moves; move++)
                {
                    await attack.Move(caller => caller with { Scopes = claimed });
                    if (await attack.Escalation() is not null)
                    {
                        return;
                    }
                }
            }

            Assert.Fail("nobody noticed");
        });

    private sealed class Attack
    {
        private readonly CoreBundle _core;
        private readonly Random _random;
        private readonly List<Guid> _all = [];

        /// <summary>Whom it can act as: itself, and those whose secret it was given.</summary>
        private readonly HashSet<Guid> _mine;

        private readonly Caller _given;

        private Attack(CoreBundle core, Random random, Caller given)
        {
            (_core, _random, _given, _mine) = (core, random, given, [given.AgentId]);
        }

        public static async Task<Attack> Begin(CoreBundle core, int seed)
        {
            var random = new Random(seed);
            var limits = random.Next(3) == 0 ? Tools[..random.Next(1, Tools.Length)] : null;
            var input = new AgentInput($"attacker {seed}", [.. Some(random), "agents:manage"], AllowedTools: limits);
            var attacker = await core.Robot(input with { Scopes = [.. input.Scopes!.Distinct()] });
            var attack = new Attack(core, random, attacker);
            attack._all.Add(attacker.AgentId);
            for (var i = random.Next(2, 6); i > 0; i--)
            {
                var other = new AgentInput($"other {seed} {i}", Some(random));
                attack._all.Add((await core.Agents.Create(core.Admin, other)).Id);
            }

            return attack;
        }

        /// <summary>Does one thing at random; whether it was let through.</summary>
        public async Task<bool> Move(Func<Caller, Caller> seenAs)
        {
            var caller = seenAs(await _core.As(Pick([.. _mine])));
            var target = Pick(_all);
            try
            {
                switch (_random.Next(5))
                {
                    case 0:
                        _all.Add((await _core.Agents.Create(caller, Input(Guid.NewGuid().ToString()))).Id);
                        break;
                    case 1:
                        await _core.Agents.Patch(caller, target, Json.ToElement(Input(null)));
                        break;
                    case 2:
                        var view = await _core.Agents.Get(caller, target);
                        await _core.Agents.Replace(caller, target, Input(view.Name));
                        break;
                    case 3:
                        await _core.Agents.Start(caller, target, null);
                        break;
                    default:
                        await _core.Agents.IssueCredentials(caller, target);
                        _mine.Add(target);
                        break;
                }

                return true;
            }
            catch (Problem)
            {
                return false;
            }
        }

        /// <summary>What it can act with beyond what it was given; null when nothing.</summary>
        public async Task<string?> Escalation()
        {
            foreach (var id in _mine)
            {
                var reached = await _core.As(id);
                if (!_given.Scopes.Cover(reached.Scopes))
                {
                    return (reached.Scopes & ~_given.Scopes).Text();
                }

                if (reached.Limits.Exceeds(_given.Limits) is { } member)
                {
                    return member;
                }
            }

            return null;
        }

        private AgentInput Input(string? name)
        {
            var role = _random.Next(4) == 0 ? Pick(AgentRole.All).Name : null;
            var tools = _random.Next(3) == 0 ? null : Tools[..(1 + _random.Next(Tools.Length))];
            return new AgentInput(name, role is null ? Some(_random) : null, AllowedTools: tools, Role: role);
        }

        private static string[] Some(Random random) =>
            [.. Scopes.Names.Where(name => random.Next(name == "admin" ? 20 : 3) == 0)];

        private T Pick<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];
    }
}
