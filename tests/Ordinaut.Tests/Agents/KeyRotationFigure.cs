using Microsoft.Extensions.Time.Testing;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tests.Agents;

/// <summary>
/// Figure 11, the part of keys: they are changed again and again while tokens are used, and nobody who has a valid one
/// is turned away; what is signed with a key whose time is over gets nowhere.
/// </summary>
public sealed class KeyRotationFigure(ITestOutputHelper output)
{
    private const string Unend = "update signing_key set ends_at = null where id = @id";

    private static readonly int Rotations = Figure.IsCampaign ? 500 : 50;

    /// <summary>
    /// Longer than a key waits to sign, so that each has its time; and long enough that most are over by the end.
    /// </summary>
    private static readonly TimeSpan Step = 4 * TokenSettings.MaxAccessLife / 100;

    [Fact]
    public async Task Keys_change_under_load_and_nobody_is_refused_nor_an_old_key_accepted()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var app = await OrdinautApp.Start(
            clock,
            configure: options => options with { AccessTokenMinutes = 60 }
        );
        var keys = app.Get<SigningKeys>();
        var valid = new Queue<(string Token, DateTimeOffset ExpiresAt)>();
        var (requests, refused, forged, accepted, signers) = (0, 0, 0, 0, new Dictionary<string, SigningKey>());
        for (var i = 0; i < Rotations; i++)
        {
            var login = await app.Login(app.Admin);
            valid.Enqueue((login.AccessToken, clock.GetUtcNow().AddSeconds(login.ExpiresIn)));
            // Whoever steals a key has it for ever; the server forgets it.
            signers.Add(keys.Signer.Key.KeyId, keys.All.Single(key => key.Id == keys.Signer.Key.KeyId));
            var admin = new OrdinautApp.Client(app, login.AccessToken, Guid.Empty);
            await admin.Post<RotatedKeys>("/keys:rotate", "");
            clock.Advance(Step);
            while (valid.Peek().ExpiresAt <= clock.GetUtcNow())
            {
                valid.Dequeue();
            }

            var statuses = await Task.WhenAll(valid.Select(each => ThreeNodes.Status(app, each.Token)));
            requests += statuses.Length;
            refused += statuses.Count(status => status != 200);
            foreach (var old in signers.Values.Where(key => keys.Find(key.Id) is null).TakeLast(5))
            {
                forged++;
                accepted += await ThreeNodes.Status(app, Forgery.By(login.AccessToken, old, clock)) == 200 ? 1 : 0;
            }
        }

        Assert.Equal((0, 0), (refused, accepted));
        Assert.True(forged > 0);
        Assert.Equal(Rotations, signers.Count);
        output.WriteLine(
            $"Figure 11, keys ({Figure.Machine}): {Rotations} rotations, {requests} valid requests and 0 refused, "
                + $"{forged} tokens by keys that are over and 0 accepted"
        );
        await Mutant(app, signers.Values.First(), clock);
    }

    [Fact]
    public async Task Keys_change_on_three_nodes_at_once_and_no_token_of_any_is_refused_by_another()
    {
        await using var nodes = await ThreeNodes.Start();
        var admin = nodes.First.Admin;
        var (requests, refused) = await Load(
            nodes,
            async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    var node = nodes.All[i % 3];
                    var client = new OrdinautApp.Client(node, (await node.Login(admin)).AccessToken, Guid.Empty);
                    await client.Post<RotatedKeys>("/keys:rotate", "");
                    await Task.Delay(TimeSpan.FromMilliseconds(20));
                }

                // Until the last of them has signed.
                await Task.Delay(KeyRotation.Lead + TimeSpan.FromSeconds(1));
            }
        );

        Assert.Equal(0, refused);
        output.WriteLine($"Figure 11, keys on three nodes: 50 rotations, {requests} requests and 0 refused");
    }

    [Fact]
    public async Task A_rotation_that_ends_the_old_keys_at_once_would_be_noticed_under_the_same_load()
    {
        await using var nodes = await ThreeNodes.Start();
        var admin = nodes.First.Admin;

        var (_, refused) = await Load(
            nodes,
            async () =>
            {
                var client = new OrdinautApp.Client(
                    nodes.First,
                    (await nodes.First.Login(admin)).AccessToken,
                    Guid.Empty
                );
                await client.Post<RotatedKeys>("/keys:rotate", """{"at_once": true}""");
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        );

        Assert.True(refused > 0);
    }

    /// <summary>A key that the database does not end is accepted for ever: the zero above is of the end.</summary>
    private static async Task Mutant(OrdinautApp app, SigningKey old, FakeTimeProvider clock)
    {
        var keys = app.Get<SigningKeys>();
        var login = await app.Login(app.Admin);
        Assert.Equal(401, await ThreeNodes.Status(app, Forgery.By(login.AccessToken, old, clock)));

        await app.Get<Db>().Write(async session => await session.Execute(Unend, ("id", old.Id)));
        await keys.Refresh();

        Assert.Equal(200, await ThreeNodes.Status(app, Forgery.By(login.AccessToken, old, clock)));
    }

    /// <summary>Uses tokens of every node at every node until something is done.</summary>
    private static async Task<(int Requests, int Refused)> Load(ThreeNodes nodes, Func<Task> act)
    {
        var (requests, refused, ends) = (0, 0, false);
        var users = Enumerable
            .Range(0, 3)
            .Select(async user =>
            {
                var tokens = new Queue<string>();
                for (var i = user; !Volatile.Read(ref ends); i++)
                {
                    if (i % 10 == user)
                    {
                        tokens.Enqueue((await nodes.All[i % 3].Login(nodes.First.Admin)).AccessToken);
                    }

                    if (tokens.Count == 0)
                    {
                        continue;
                    }

                    var token = tokens.Count > 20 ? tokens.Dequeue() : tokens.ElementAt(i % tokens.Count);
                    Interlocked.Increment(ref requests);
                    if (await ThreeNodes.Status(nodes.All[(i + user) % 3], token) != 200)
                    {
                        Interlocked.Increment(ref refused);
                    }
                }
            })
            .ToList();
        await act();
        Volatile.Write(ref ends, true);
        await Task.WhenAll(users);
        return (requests, refused);
    }
}
