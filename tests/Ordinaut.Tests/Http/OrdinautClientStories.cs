using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Http;

/// <summary>The typed client against the real program.</summary>
public sealed class OrdinautClientStories
{
    [Fact]
    public async Task What_is_created_through_the_client_is_read_back_through_it()
    {
        await using var app = await OrdinautApp.Start();
        using var client = await OrdinautClient.SignIn(app.Http.BaseAddress!, app.Admin);
        const string Echo = """{"id": "echo", "uses": "debug.echo", "with": {"said": "hello"}}""";

        var task = await client.CreateTask(Idle(Echo));
        var bulk = await client.Bulk(new BulkTasks([Idle(Echo), Idle(Echo)]));
        var asked = await client.RunNow(task.Id, new RunNow());
        var second = await client.RunNow(bulk.Ids[0]);

        Assert.Equal(("Bearer", 2), (client.Token.TokenType, bulk.Count));
        Assert.Equal(task.Id, (await client.GetTask(task.Id)).Id);
        Assert.Equal(asked.Id, Assert.Single((await client.RunsOf(task.Id)).Items).Id);
        Assert.Equal(("manual", bulk.Ids[0]), (second.Trigger, (await client.GetRun(second.Id)).TaskId));
    }

    [Fact]
    public async Task A_refusal_is_thrown_with_all_that_the_server_said()
    {
        await using var app = await OrdinautApp.Start();
        using var client = await OrdinautClient.SignIn(app.Http.BaseAddress!, app.Admin);

        var missing = await Assert.ThrowsAsync<OrdinautException>(() => client.GetTask(Guid.Empty));
        var wrong = app.Admin with { AgentSecret = "ord_wrong" };
        var foreign = await Assert.ThrowsAsync<OrdinautException>(() =>
            OrdinautClient.SignIn(app.Http.BaseAddress!, wrong)
        );

        Assert.Equal((404, missing.Problem.Detail), (missing.Problem.Status, missing.Message));
        Assert.Equal(401, foreign.Problem.Status);
        Assert.Throws<ArgumentNullException>(() => new OrdinautException(null!));
    }
}
