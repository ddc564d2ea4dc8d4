using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Http;

public sealed class IdempotencyStories
{
    private const string Key = "Idempotency-Key";

    [Fact]
    public async Task A_repeated_request_gets_the_first_answer_and_no_second_effect()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        var first = await Create(admin, "one", "key-1");
        var again = await Create(admin, "one", "key-1");

        Assert.Equal(await OrdinautApp.Expect(first, 201), await OrdinautApp.Expect(again, 201));
        Assert.Equal(2, (await admin.Get<Page<AgentView>>("/agents")).Items.Count);
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_a_conflict()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        await OrdinautApp.Expect(await Create(admin, "one", "key-1"), 201);

        await OrdinautApp.Expect(await Create(admin, "two", "key-1"), 409);
        await OrdinautApp.Expect(await Create(admin, "two", "key-2"), 201);
    }

    [Fact]
    public async Task Sixty_four_at_once_with_one_key_have_one_effect()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Create(admin, "one", "key-1")));

        var bodies = await Task.WhenAll(answers.Select(answer => OrdinautApp.Expect(answer, 201)));
        Assert.Single(bodies.Distinct());
        Assert.Equal(2, (await admin.Get<Page<AgentView>>("/agents")).Items.Count);
    }

    [Fact]
    public async Task Keys_belong_to_the_agent_that_sent_them()
    {
        await using var app = await OrdinautApp.Start();
        var one = await app.AsAgent("agents:manage");
        var other = await app.AsAgent("agents:manage");

        await OrdinautApp.Expect(await Create(one, "one", "key-1"), 201);
        await OrdinautApp.Expect(await Create(other, "two", "key-1"), 201);
    }

    [Theory]
    [InlineData(255, 201)]
    [InlineData(256, 400)]
    public async Task A_key_has_a_longest_length(int length, int status)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        await OrdinautApp.Expect(await Create(admin, "one", new string('k', length)), status);
    }

    [Fact]
    public async Task A_key_has_visible_characters_only()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        await OrdinautApp.Expect(await Create(admin, "one", "a b"), 400);
    }

    private static Task<HttpResponseMessage> Create(OrdinautApp.Client client, string name, string key) =>
        client.Send("POST", "/agents", Json.Write(new AgentInput(name, [])), (Key, key));
}
