using System.Security.Cryptography;
using System.Text;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Creating many, finding them again, and whose they are.</summary>
public sealed class ListStories
{
    [Fact]
    public void A_bulk_creates_all_in_the_order_asked() =>
        Story.Play(async core =>
        {
            TaskInput[] inputs = [Idle() with { Title = "a" }, Idle() with { Title = "b" }];

            var made = await core.Tasks.Bulk(core.Ann, new BulkTasks(Create: inputs));

            Assert.Equal(2, made.Count);
            Assert.Equal("b", (await core.Tasks.Get(core.Ann, made.Ids[1])).Title);
        });

    [Fact]
    public void A_bulk_with_one_wrong_task_creates_none_and_points_to_every_finding() =>
        Story.Play(async core =>
        {
            TaskInput[] inputs =
            [
                Idle(),
                Idle() with
                {
                    Title = "",
                },
                Once("2020-01-01T00:00:00Z"),
                Idle() with
                {
                    Exclude = ["calendar:none"],
                },
                null!,
            ];
            for (var i = 1; i < inputs.Length; i++)
            {
                var wrong = new BulkTasks(Create: [inputs[0], inputs[i]]);

                var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Bulk(core.Ann, wrong));

                Assert.All(refusal.Errors, error => Assert.StartsWith("/create/1", error.Pointer));
            }

            Assert.Empty((await core.Tasks.List(core.Ann, new TaskFilter())).Items);
        });

    [Theory]
    [InlineData(0, false)]
    [InlineData(TaskOperations.MaxBulk, true)]
    [InlineData(TaskOperations.MaxBulk + 1, false)]
    public void A_bulk_has_one_to_a_thousand_tasks(int count, bool accepted) =>
        Story.Play(async core =>
        {
            var bulk = new BulkTasks(Create: [.. Enumerable.Repeat(Idle(), count)]);

            var problem = await Record.ExceptionAsync(() => core.Tasks.Bulk(core.Ann, bulk));

            Assert.Equal(accepted, problem is null);
            var listed = await core.Tasks.List(core.Ann, new TaskFilter(Total: true));
            Assert.Equal(accepted ? count : 0, listed.Total);
        });

    [Fact]
    public void A_bulk_action_on_a_foreign_task_changes_none() =>
        Story.Play(async core =>
        {
            var mine = await core.Tasks.Create(core.Ann, Idle());
            var foreign = await core.Tasks.Create(core.Bob, Idle());
            var bulk = new BulkTasks(Action: "pause", Ids: [mine.Id, foreign.Id]);

            await Refused(ProblemKind.NotFound, () => core.Tasks.Bulk(core.Ann, bulk));

            Assert.Equal("active", (await core.Tasks.Get(core.Ann, mine.Id)).Status);
        });

    [Theory]
    [InlineData("pause", "paused")]
    [InlineData("cancel", "canceled")]
    public void A_bulk_action_changes_all(string action, string status) =>
        Story.Play(async core =>
        {
            var made = await core.Tasks.Bulk(core.Ann, new BulkTasks(Create: [Idle(), Idle()]));

            await core.Tasks.Bulk(core.Ann, new BulkTasks(Action: action, Ids: made.Ids));

            var tasks = await core.Tasks.List(core.Ann, new TaskFilter());
            Assert.Equal([status, status], tasks.Items.Select(task => task.Status));
        });

    [Theory]
    [InlineData("tasks:update tasks:delete", "pause", "tasks:create")]
    [InlineData("tasks:create", "pause", "tasks:update")]
    [InlineData("tasks:create tasks:update", "delete", "tasks:delete")]
    public void A_bulk_needs_its_own_scope_and_that_of_its_action(string scopes, string action, string missing) =>
        Story.Play(async core =>
        {
            var weak = core.Agent("weak", scopes);

            var refusal = await Refused(
                ProblemKind.Forbidden,
                () => core.Tasks.Bulk(weak, new BulkTasks(Action: action, Ids: [Guid.Empty]))
            );

            Assert.Contains($"'{missing}'", refusal.Message);
        });

    [Fact]
    public void The_same_request_again_gives_the_same_task() =>
        Story.Play(async core =>
        {
            var first = await core.Tasks.Create(Claim(core.Ann, "k1", "a"), Idle());
            var again = await core.Tasks.Create(Claim(core.Ann, "k1", "a"), Idle());
            var other = await core.Tasks.Create(Claim(core.Bob, "k1", "a"), Idle());

            Assert.Equal(first.Id, again.Id);
            Assert.NotEqual(first.Id, other.Id);
            Assert.Single((await core.Tasks.List(core.Ann, new TaskFilter())).Items);
            await Refused(ProblemKind.Conflict, () => core.Tasks.Create(Claim(core.Ann, "k1", "b"), Idle()));
        });

    [Fact]
    public void A_list_is_narrowed_by_each_filter() =>
        Story.Play(async core =>
        {
            var paused = await core.Tasks.Create(core.Ann, Idle() with { Title = "Paused 50%", Tags = ["red"] });
            var cron = await core.Tasks.Create(
                core.Ann,
                Cron("0 9 * * *") with
                {
                    Title = "Daily_x",
                    Tags = ["red", "blue"],
                }
            );
            await core.Tasks.Create(core.Bob, Idle() with { Title = "Bob's", Tags = ["red"] });
            await core.Control.Pause(core.Ann, paused.Id, null);

            Assert.Equal([paused.Id], await Ids(core, core.Ann, new(Status: "paused")));
            Assert.Equal([cron.Id], await Ids(core, core.Ann, new(ScheduleKind: "cron")));
            Assert.Equal([cron.Id], await Ids(core, core.Ann, new(Tag: "blue")));
            Assert.Equal([paused.Id], await Ids(core, core.Ann, new(Query: "50%")));
            Assert.Equal([cron.Id], await Ids(core, core.Ann, new(Query: "Y_X")));
            Assert.Empty(await Ids(core, core.Ann, new(CreatedBy: core.Bob.AgentId)));
            Assert.Single(await Ids(core, core.Admin, new(CreatedBy: core.Bob.AgentId)));
            Assert.Equal(3, (await Ids(core, core.Admin, new(Tag: "red"))).Count);
            Assert.Equal(2, (await core.Tasks.List(core.Ann, new(Tag: "red", Total: true))).Total);
        });

    [Fact]
    public void A_title_is_found_in_any_letter_case_of_any_script() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle() with { Title = "ȘEDINȚĂ Überblick" });

            Assert.Equal([task.Id], await Ids(core, core.Ann, new(Query: "ședință")));
            Assert.Equal([task.Id], await Ids(core, core.Ann, new(Query: "ÜBERBLICK")));
        });

    [Fact]
    public void Pages_show_every_task_once_while_more_are_made() =>
        Story.Play(async core =>
        {
            var before = new List<Guid>();
            for (var i = 0; i < 10; i++)
            {
                before.Add((await core.Tasks.Create(core.Ann, Idle())).Id);
                await core.Advance(TimeSpan.FromSeconds(1));
            }

            var seen = new List<Guid>();
            Guid? after = null;
            do
            {
                var page = await core.Tasks.List(core.Ann, new TaskFilter(Limit: 3, After: after));
                seen.AddRange(page.Items.Select(task => task.Id));
                after = page.NextCursor is { } cursor ? Guid.Parse(cursor) : null;
                await core.Tasks.Create(core.Ann, Idle());
            } while (after is not null);

            before.Reverse();
            Assert.Equal(before, seen);
        });

    [Fact]
    public void Another_agents_task_is_not_there_whatever_is_asked_of_it() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            Func<Task>[] attempts =
            [
                () => core.Tasks.Get(core.Bob, task.Id),
                () => core.Tasks.Replace(core.Bob, task.Id, Idle(), null),
                () => core.Tasks.Patch(core.Bob, task.Id, Json.Parse("{}"), null),
                () => core.Tasks.Delete(core.Bob, task.Id, null),
                () => core.Control.Pause(core.Bob, task.Id, null),
                () => core.Control.Resume(core.Bob, task.Id, null),
                () => core.Control.Cancel(core.Bob, task.Id, null),
                () => core.Control.Snooze(core.Bob, task.Id, new Snooze(60)),
                () => core.Control.RunNow(core.Bob, task.Id, null),
                () => core.Control.Backfill(core.Bob, task.Id, new Backfill(core.Now, core.Now)),
                () => core.History.Occurrences(core.Bob, task.Id, new OccurrenceFilter()),
                () => core.History.Why(core.Bob, task.Id, null),
                () => core.History.Next(core.Bob, task.Id, 1),
                () => core.Runs.Get(core.Bob, run.Id),
                () => core.Runs.Cancel(core.Bob, run.Id),
                () => core.Runs.Retry(core.Bob, run.Id),
                () => core.Runs.Rerun(core.Bob, run.Id, null),
                () => core.Runs.Latest(core.Bob, task.Id),
                () => core.Runs.Stats(core.Bob, task.Id, 30),
            ];

            foreach (var attempt in attempts)
            {
                await Refused(ProblemKind.NotFound, attempt);
            }

            Assert.Empty((await core.Runs.List(core.Bob, new())).Items);
            Assert.Equal(0, (await core.Runs.Summary(core.Bob, 7)).TotalRuns);
            Assert.Equal(1, (await core.Runs.Summary(core.Ann, 7)).TotalRuns);
            Assert.Equal(task.Id, (await core.Tasks.Get(core.Admin, task.Id)).Id);
        });

    [Fact]
    public void Nobody_but_an_admin_makes_a_task_for_someone_else() =>
        Story.Play(async core =>
        {
            var forBob = Idle() with { CreatedBy = core.Bob.AgentId };

            var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(core.Ann, forBob));
            var made = await core.Tasks.Create(core.Admin, forBob);

            Assert.Equal("/created_by", Assert.Single(refusal.Errors).Pointer);
            Assert.Equal(core.Bob.AgentId, (await core.Tasks.Get(core.Bob, made.Id)).CreatedBy);
        });

    [Fact]
    public void Nobody_makes_a_task_for_an_agent_that_is_not_there() =>
        Story.Play(async core =>
        {
            var forNobody = Idle() with { CreatedBy = core.Ids.Next() };
            foreach (
                var attempt in new Func<Task>[]
                {
                    () => core.Tasks.Create(core.Admin, forNobody),
                    () => core.Tasks.Bulk(core.Admin, new BulkTasks(Create: [Idle(), forNobody])),
                }
            )
            {
                var refusal = await Refused(ProblemKind.Invalid, attempt);
                Assert.EndsWith("/created_by", Assert.Single(refusal.Errors).Pointer);
            }
        });

    private static async Task<List<Guid>> Ids(CoreBundle core, Caller caller, TaskFilter filter) =>
        [.. (await core.Tasks.List(caller, filter)).Items.Select(task => task.Id)];

    private static Caller Claim(Caller caller, string key, string body) =>
        caller with
        {
            Idempotency = new IdempotencyClaim(key, "POST /tasks", SHA256.HashData(Encoding.UTF8.GetBytes(body))),
        };
}
