using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>What a task may do is fixed when it is saved, and what its owner may is asked at each call.</summary>
public sealed class GrantStories
{
    private const string Publish = """{"id": "p", "uses": "event.publish", "with": {"topic": "a.b"}}""";

    [Fact]
    public void A_task_shows_what_it_was_granted() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot(new AgentInput(AllowedTools: ["test.*"], AllowedHosts: ["a.example"]));

            var task = await core.Tasks.Create(robot, Idle());
            var ofOther = await core.Tasks.Create(core.Admin, Idle() with { CreatedBy = robot.AgentId });

            foreach (var grant in new[] { task.Grant, ofOther.Grant })
            {
                Assert.Equal(core.Ann.Scopes.List(), grant.Scopes);
                Assert.Equal(["test.*"], grant.Tools!);
                Assert.Equal(["a.example"], grant.Hosts!);
            }
        });

    [Fact]
    public void Rights_given_later_do_not_widen_a_task() =>
        Story.Play(async core =>
        {
            const string Make = """
                {"id": "make", "uses": "task.create", "with": {"title": "Made", "schedule_kind": "once",
                  "schedule_expr": "2099-01-01T00:00:00Z",
                  "payload": {"pipeline": [{"id": "p", "uses": "event.publish", "with": {"topic": "a.b"}}]}}}
                """;
            var weak = core.Agent("weak", "tasks:create tasks:run runs:read tools:use tasks:update");
            var task = await core.Tasks.Create(weak, Idle(Make));
            await core.SetScopes(weak, core.Ann.Scopes.Text());
            var strong = await core.As(weak.AgentId);

            var first = await core.RunAtOnce(task.Id, by: strong);
            var titled = await core.Tasks.Patch(strong, task.Id, Json.Parse("""{"title": "Another"}"""), null);
            var second = await core.RunAtOnce(task.Id, by: strong);
            var again = $$"""{"payload": {{Pipeline(Make, WorkStep).GetRawText()}} }""";
            var saved = await core.Tasks.Patch(strong, task.Id, Json.Parse(again), null);
            var third = await core.RunAtOnce(task.Id, by: strong);

            Assert.Equal(weak.Scopes.List(), titled.Grant.Scopes);
            Assert.Equal(core.Ann.Scopes.List(), saved.Grant.Scopes);
            Assert.Equal(("failed", "failed", "succeeded"), (first.State, second.State, third.State));
            Assert.Contains("events:publish", first.Error!.Message);
        });

    [Fact]
    public void A_task_saved_with_a_narrow_token_stays_narrow() =>
        Story.Play(async core =>
        {
            var narrow = core.Ann with { Scopes = Scope.TasksCreate | Scope.ToolsUse };

            var task = await core.Tasks.Create(narrow, Idle());

            Assert.Equal(["tasks:create", "tools:use"], task.Grant.Scopes);
            var findings = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(narrow, Idle(Publish)));
            Assert.Equal("/payload/pipeline/0/uses", Assert.Single(findings.Errors).Pointer);
        });

    [Theory]
    [InlineData("""{"allowed_tools": ["test.other"]}""", "allowed_tools")]
    [InlineData("""{"scopes": ["tasks:run"]}""", "tools:use")]
    [InlineData("""{"status": "disabled"}""", "not active")]
    public void What_the_owner_may_not_any_more_fails_before_the_call(string patch, string said) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, """{"id": "b", "uses": "test.work"}"""));
            var gate = core.Work.Hold();
            var run = await core.RunAtOnce(task.Id);

            await core.Agents.Patch(core.Admin, core.Ann.AgentId, Json.Parse(patch));
            gate.SetResult();
            await core.Settle();

            Assert.Single(core.Work.Calls);
            var ended = await core.Runs.Get(core.Admin, run.Id);
            Assert.Equal(("failed", "forbidden", "b"), (ended.State, ended.Error!.Code, ended.Error.Step));
            Assert.Contains(said, ended.Error.Message);
        });

    [Fact]
    public void Tools_and_hosts_that_an_agent_may_not_use_are_findings() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot(
                new AgentInput(AllowedTools: ["http.request", "test.*"], AllowedHosts: ["*.example.com"])
            );
            const string Out = """{"id": "a", "uses": "http.request", "with": {"url": "https://b.example.org/x"}}""";
            const string Fine = """{"id": "b", "uses": "http.request", "with": {"url": "https://a.example.com/x"}}""";

            var found = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(robot, Idle(Out, Fine)));
            Assert.Equal("/payload/pipeline/0/with/url", Assert.Single(found.Errors).Pointer);
            found = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(robot, Idle(Publish)));
            Assert.Equal("/payload/pipeline/0/uses", Assert.Single(found.Errors).Pointer);
            await core.Tasks.Create(robot, Idle(Fine));
        });

    [Fact]
    public void A_host_from_elsewhere_is_refused_at_the_call() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot(new AgentInput(AllowedHosts: ["*.example.com"]));
            const string Any = """{"id": "a", "uses": "http.request", "with": {"url": "${params.url}"}}""";
            var payload = $$"""{"params": {"url": "http://127.0.0.1:9/"}, "pipeline": [{{Any}}]}""";
            var task = await core.Tasks.Create(robot, Idle() with { Payload = Json.Parse(payload) });

            var run = await core.RunAtOnce(task.Id, by: robot);

            Assert.Equal(("failed", "host_not_allowed"), (run.State, run.Error!.Code));
        });

    [Fact]
    public void Nobody_gives_an_agent_more_than_they_may_themselves() =>
        Story.Play(async core =>
        {
            var manager = await core.Robot(
                new AgentInput(
                    "manager",
                    [.. core.Ann.Scopes.List(), "agents:manage"],
                    TasksNeedApproval: true,
                    AllowedTools: ["test.*"],
                    AllowedHosts: ["*.example.com"]
                )
            );
            var same = new AgentInput(
                "made",
                ["tasks:create"],
                null,
                null,
                null,
                true,
                ["test.work"],
                ["a.example.com"]
            );
            await core.Agents.Create(manager, same);

            AgentInput[] more =
            [
                same with
                {
                    Name = "a",
                    TasksNeedApproval = false,
                },
                same with
                {
                    Name = "b",
                    AllowedTools = ["test.*", "http.request"],
                },
                same with
                {
                    Name = "c",
                    AllowedTools = null,
                },
                same with
                {
                    Name = "d",
                    AllowedHosts = ["*.example.org"],
                },
                same with
                {
                    Name = "e",
                    AutoApprove = [new("all", ["*"], ["a.example.com"], 1)],
                },
            ];
            foreach (var input in more)
            {
                await Refused(ProblemKind.Forbidden, () => core.Agents.Create(manager, input));
            }
        });

    [Fact]
    public void Nobody_loosens_their_own_limits_or_takes_over_an_agent_with_less() =>
        Story.Play(async core =>
        {
            string[] scopes = [.. core.Ann.Scopes.List(), "agents:manage"];
            var limits = new AgentInput("manager", scopes, AllowedTools: ["test.*"], TasksNeedApproval: true);
            var manager = await core.Robot(limits);
            var made = await core.Agents.Create(manager, limits with { Name = "made", Scopes = [] });

            var loose = Json.Parse("""{"tasks_need_approval": false}""");
            await Refused(ProblemKind.Forbidden, () => core.Agents.Patch(manager, manager.AgentId, loose));
            await core.Agents.Patch(core.Admin, made.Id, Json.Parse("""{"allowed_tools": null}"""));
            await Refused(ProblemKind.Forbidden, () => core.Agents.IssueCredentials(manager, made.Id));
        });
}
