using Ordinaut.Agents;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Store;

/// <summary>Requests that come together are written together; each has the answer it would have had alone.</summary>
public sealed class TogetherTests
{
    private const string CountLive = "select count(*) from queue";
    private const string CountAsked = "select count(*) from audit where action = 'task.run_requested'";

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Runs_asked_for_at_once_are_made_or_refused_each_by_itself(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var node = nodes.One;
        var mine = await node.Tasks.Create(node.Ann, Idle());
        var theirs = await node.Tasks.Create(node.Bob, Idle());
        var canceled = await node.Tasks.Create(node.Ann, Idle());
        await node.Control.Cancel(node.Ann, canceled.Id, null);
        var once = node.Ann with { Idempotency = new IdempotencyClaim("k", "POST /tasks/{id}/run_now", [1]) };

        var answers = await nodes.AtOnce(
            120,
            (at, i) =>
                (i % 6) switch
                {
                    0 => Try(() => at.Control.RunNow(at.Ann, mine.Id, null)),
                    1 => Try(() => at.Control.RunNow(at.Ann, theirs.Id, null)),
                    2 => Try(() => at.Control.RunNow(at.Ann, canceled.Id, null)),
                    3 => Try(() => at.Control.RunNow(at.Ann, Guid.Empty, null)),
                    4 => Try(() => at.Control.RunNow(once, mine.Id, null)),
                    _ => Try(() => at.Control.RunNow(at.Admin, theirs.Id, null)),
                }
        );

        string[] expected = ["made", "NotFound", "Conflict", "NotFound", "made", "made"];
        Assert.All(answers, (answer, i) => Assert.Equal(expected[i % 6], answer.Outcome));
        var ids = answers.Select(answer => answer.Id).OfType<Guid>().Distinct().ToList();
        Assert.Equal(20 + 1 + 20, ids.Count);
        Assert.Equal(ids.Count, await node.Db.Count(CountLive));
        Assert.Equal(ids.Count, await node.Db.Count(CountAsked));
    }

    [Fact]
    public async Task Requests_with_keys_share_statements_and_locks_as_those_without_do()
    {
        using var nodes = await Nodes.Start("postgres", 1);
        var node = nodes.One;
        var tasks = await nodes.AtOnce(20, (at, _) => at.Tasks.Create(at.Ann, Idle()));
        var gate = System.Threading.Tasks.Task.CompletedTask;
        var held = new CoreBundle(nodes.Clock, node.Db.WithEdge(_ => new ValueTask(gate)));
        var sent = node.Db.Traffic.Statements;

        // All are there before the database turns to the first piece.
        var opening = new TaskCompletionSource();
        gate = opening.Task;
        var asked = Enumerable
            .Range(0, 200)
            .Select(i => held.Control.RunNow(Keyed(node.Ann, i / 2), tasks[i % 20].Id, null))
            .ToList();
        opening.SetResult();
        var runs = await System.Threading.Tasks.Task.WhenAll(asked);

        Assert.Equal(100, runs.Select(run => run.Id).Distinct().Count());
        Assert.InRange(node.Db.Traffic.Statements - sent, 1, 200);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Tasks_made_at_once_are_made_or_refused_each_by_itself(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var past = Once("2001-01-01T00:00:00Z");
        var strange = Idle() with { CreatedBy = Guid.NewGuid() };

        var answers = await nodes.AtOnce(
            90,
            (at, i) =>
                (i % 3) switch
                {
                    0 => Try(() => at.Tasks.Create(at.Ann, Idle() with { Title = $"t{i}", Tags = ["a", $"b{i}"] })),
                    1 => Try(() => at.Tasks.Create(at.Ann, past)),
                    _ => Try(() => at.Tasks.Create(at.Admin, strange)),
                }
        );

        string[] expected = ["made", "Invalid", "Invalid"];
        Assert.All(answers, (answer, i) => Assert.Equal(expected[i % 3], answer.Outcome));
        Assert.Equal(30, await nodes.One.Db.Count("select count(*) from task"));
        Assert.Equal(60, await nodes.One.Db.Count("select count(*) from task_tag"));
        for (var i = 0; i < 90; i += 3)
        {
            Assert.Equal($"t{i}", (await nodes.One.Tasks.Get(nodes.One.Ann, answers[i].Id!.Value)).Title);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_request_is_answered_is_what_is_read_afterwards(string engine)
    {
        using var nodes = await Nodes.Start(engine);
        var node = nodes.One;
        var task = await node.Tasks.Create(node.Ann, Idle() with { Tags = ["a"], JitterSeconds = 9 });
        Assert.Equal(Json.Write(await node.Tasks.Get(node.Ann, task.Id)), Json.Write(task));

        var run = await node.Control.RunNow(node.Ann, task.Id, null);
        Assert.Equal(Json.Write(await node.Runs.Get(node.Ann, run.Id)), Json.Write(run));
    }

    private static Caller Keyed(Caller caller, int key) =>
        caller with
        {
            Idempotency = new IdempotencyClaim($"k{key}", "POST /tasks/{id}/run_now", [1]),
        };

    private static async Task<(string Outcome, Guid? Id)> Try<T>(Func<Task<T>> ask)
        where T : notnull
    {
        try
        {
            var made = await ask();
            return ("made", made is Sdk.Wire.RunView run ? run.Id : ((Sdk.Wire.TaskView)(object)made).Id);
        }
        catch (Problem problem)
        {
            return (problem.Kind.ToString(), null);
        }
    }
}
