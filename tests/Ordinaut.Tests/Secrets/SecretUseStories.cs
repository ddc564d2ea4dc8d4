using System.Text.Json;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using Ordinaut.Tests.Tools;
using Ordinaut.Tools;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Secrets;

/// <summary>A step names a secret; its value is put in when the tool is called, and kept nowhere.</summary>
public sealed class SecretUseStories
{
    private const string Value = "correct \"horse\" battery";
    private const string Shown = "[secret:crm]";

    private const string Step = """
        {"id": "a", "uses": "test.work",
         "with": {"key": "${secrets.crm}", "line": "Bearer ${secrets.crm}!", "deep": [{"n": "${params.n}"}]}}
        """;

    [Fact]
    public void The_tool_gets_the_value_and_the_record_the_name() =>
        Told(async core =>
        {
            var run = await RunOf(core, Step);

            var input = Assert.Single(core.Work.Calls).Input;
            Assert.Equal(Value, input.GetProperty("key").GetString());
            Assert.Equal($"Bearer {Value}!", input.GetProperty("line").GetString());
            Assert.Equal(7, input.GetProperty("deep")[0].GetProperty("n").GetInt32());
            var step = Assert.Single(run.Steps!);
            Assert.Equal(("succeeded", Shown), (step.State, step.Input!.Value.GetProperty("key").GetString()));
            Assert.Equal($"Bearer {Shown}!", step.Input.Value.GetProperty("line").GetString());
            Assert.Equal(step.Input.Value.GetRawText(), step.Output!.Value.GetRawText());
            Assert.Equal(core.Now, Assert.Single((await core.Secrets.List(core.Ann)).Items).LastUsedAt);
        });

    [Fact]
    public void A_value_that_is_replaced_is_the_next_calls() =>
        Told(async core =>
        {
            core.Work.FailTimes(1);
            var task = await core.Tasks.Create(core.Ann, Idle(Step) with { Payload = WithParams(Step) });
            await core.RunAtOnce(task.Id);

            await core.Secrets.Put(core.Ann, "crm", new SecretInput("another horse"));
            await core.Advance(TimeSpan.FromMinutes(1));

            var keys = core.Work.Calls.Select(call => call.Input.GetProperty("key").GetString());
            Assert.Equal([Value, "another horse"], keys);
        });

    [Fact]
    public void A_failure_that_repeats_the_value_does_not_show_it() =>
        Told(async core =>
        {
            core.Work.Answer(call => new ToolResult.Failed(
                "denied",
                $"No such key: {call.Input.GetProperty("key")}",
                Retryable: false
            ));

            var run = await RunOf(core, Step);

            Assert.Equal($"No such key: {Shown}", run.Error!.Message);
            var error = """{"id": "h", "uses": "test.other", "with": {"why": "${steps.a.error.message}"}}""";
            var handled = Step[..Step.LastIndexOf('}')] + $$""", "on_error": [{{error}}]}""";
            await RunOf(core, handled);
            Assert.Equal($"No such key: {Shown}", Assert.Single(core.Other.Calls).Input.GetProperty("why").GetString());
        });

    [Fact]
    public void Text_that_looks_like_a_secret_stays_text() =>
        Told(async core =>
        {
            core.Work.Answer("""{"a": "${secrets.crm}", "b": "[secret:crm]"}""");
            var next = """
                {"id": "b", "uses": "test.other", "with": {"a": "${steps.a.a}", "b": "${steps.a.b} ${params.text}"}}
                """;
            var task = await core.Tasks.Create(core.Ann, Idle(Step, next) with { Payload = WithParams(Step, next) });

            await core.RunAtOnce(task.Id, """{"text": "$${secrets.crm}"}""");

            var input = Assert.Single(core.Other.Calls).Input.GetRawText();
            Assert.Equal("""{"a":"${secrets.crm}","b":"[secret:crm] $${secrets.crm}"}""", input);
        });

    [Theory]
    [InlineData("test.other", "api.example", "secret_refused", "not for the tool 'test.other' but for test.work")]
    [InlineData("test.work", "evil.example", "secret_refused", "not for this host but for api.example")]
    [InlineData("test.work", "API.example", null, "")]
    public void A_secret_goes_where_it_is_for_and_nowhere_else(string uses, string host, string? code, string why) =>
        Told(async core =>
        {
            core.Work.HostOf = core.Other.HostOf = _ => host;
            var step = Step.Replace("test.work", uses);
            var task = await core.Tasks.Create(core.Ann, Idle(step) with { Payload = WithParams(step) });
            await core.Secrets.Put(core.Ann, "crm", new SecretInput(Value, ["test.work"], ["api.example"]));

            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(code, run.Error?.Code);
            Assert.Contains(why, run.Error?.Message ?? "");
            Assert.Equal(code is null ? 1 : 0, core.Work.Calls.Count + core.Other.Calls.Count);
        });

    [Fact]
    public void A_secret_that_was_deleted_fails_its_step_by_name() =>
        Told(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle(Step) with { Payload = WithParams(Step) });
            await core.Secrets.Delete(core.Ann, "crm");

            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(("failed", "secret_missing", 1), (run.State, run.Error!.Code, run.Attempt));
            Assert.Contains("'crm'", run.Error.Message);
            Assert.Empty(core.Work.Calls);
        });

    [Fact]
    public void A_task_uses_its_owners_secrets_whoever_starts_it() =>
        Told(async core =>
        {
            await core.Secrets.Put(core.Admin, "crm", new SecretInput("the admin's own"));
            var task = await core.Tasks.Create(core.Ann, Idle(Step) with { Payload = WithParams(Step) });

            await core.Control.RunNow(core.Admin, task.Id, null);
            await core.Settle();

            Assert.Equal(Value, Assert.Single(core.Work.Calls).Input.GetProperty("key").GetString());
        });

    [Fact]
    public void A_condition_may_look_with_a_secret() =>
        Told(async core =>
        {
            core.Read.HostOf = _ => "api.example";
            core.Read.Answer("""{"heat": 7}""");
            const string Watch = """
                {"every": "PT5M", "check": {"uses": "test.read", "with": {"key": "${secrets.crm}"}}, "when": "heat > 5"}
                """;

            await core.Tasks.Create(core.Ann, TaskWriting.Task("condition", Watch));
            await core.Until("2027-01-04T00:05:30Z");

            Assert.Equal(Value, core.Read.Calls[0].Input.GetProperty("key").GetString());
        });

    [Theory]
    [InlineData(
        """{"id": "a", "uses": "test.work", "with": {"k": "${secrets.crn}"}}""",
        "/with/k",
        "did you mean \"crm\""
    )]
    [InlineData("""{"id": "a", "uses": "test.work", "with": {"k": "${secrets}"}}""", "/with/k", "${secrets.name}")]
    [InlineData("""{"id": "a", "uses": "test.work", "with": {"k": "${secrets.crm.x}"}}""", "/with/k", "alone")]
    [InlineData("""{"id": "a", "uses": "test.work", "with": {"k": "${length(secrets.crm)}"}}""", "/with/k", "alone")]
    [InlineData("""{"id": "a", "uses": "test.work", "with": {"k": "${secrets.crm || 'x'}"}}""", "/with/k", "alone")]
    [InlineData("""{"id": "a", "uses": "test.work", "with": {"k": "${secrets.*}"}}""", "/with/k", "alone")]
    [InlineData("""{"id": "a", "uses": "test.work", "with": {"k": "${[secrets.crm]}"}}""", "/with/k", "alone")]
    [InlineData("""{"id": "a", "uses": "test.read", "with": {"k": "${secrets.crm}"}}""", "/with/k", "takes no secrets")]
    [InlineData(
        """{"id": "a", "uses": "debug.echo", "with": {"k": "${secrets.crm}"}}""",
        "/with/k",
        "takes no secrets"
    )]
    [InlineData("""{"id": "a", "uses": "test.work", "if": "secrets.crm == 'x'"}""", "/if", "stands only in 'with'")]
    [InlineData("""{"id": "a", "uses": "test.work", "when_changed": "${secrets.crm}"}""", "/when_changed", "only in")]
    [InlineData("""{"id": "a", "uses": "test.work", "foreach": "secrets.crm"}""", "/foreach", "stands only in 'with'")]
    [InlineData("""{"id": "a", "wait": {"signal": "${secrets.crm}"}}""", "/wait/signal", "stands only in 'with'")]
    [InlineData(
        """{"id": "a", "uses": "test.other", "with": {"k": "${secrets.work}"}}""",
        "/with/k",
        "not for the tool"
    )]
    public void What_a_secret_cannot_be_is_found_when_the_task_is_saved(string step, string pointer, string why) =>
        Told(async core =>
        {
            await core.Secrets.Put(core.Ann, "work", new SecretInput(Value, ["test.work"]));

            var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(core.Ann, Idle(step)));

            var finding = Assert.Single(refusal.Errors);
            Assert.Equal("/payload/pipeline/0" + pointer, finding.Pointer);
            Assert.Contains(why, finding.Detail);
            var request = new CheckPipeline(Pipeline: Json.Parse($"[{step}]"));
            Assert.False((await core.Playground.Check(core.Ann, request)).Valid);
        });

    [Theory]
    [InlineData("filter")]
    [InlineData("when")]
    public void Nor_do_other_expressions_of_a_task_see_one(string kind) =>
        Told(async core =>
        {
            const string Watch = """{"every": "PT5M", "check": {"uses": "test.work"}, "when": "secrets.crm == 'x'"}""";
            core.Work.Answer("1");
            var task = await core.Tasks.Create(
                core.Ann,
                kind == "filter"
                    ? OnEvent("a.b") with
                    {
                        EventFilter = "secrets.crm != null",
                    }
                    : TaskWriting.Task("condition", Watch)
            );
            await core.Events.Publish(core.Ann, new PublishEvent("a.b", Json.Parse("{}")));

            await core.Until("2027-01-04T00:05:30Z");

            Assert.Empty(await core.RunsOf(task.Id));
        });

    [Fact]
    public void Use_is_written_down_to_the_minute() =>
        Told(async core =>
        {
            await RunOf(core, Step);
            var first = core.Now;
            await core.Advance(SecretDesk.UseInterval - TimeSpan.FromSeconds(1));
            await RunOf(core, Step);
            Assert.Equal(first, Assert.Single((await core.Secrets.List(core.Ann)).Items).LastUsedAt);

            await core.Advance(TimeSpan.FromSeconds(1));
            await RunOf(core, Step);

            Assert.Equal(core.Now, Assert.Single((await core.Secrets.List(core.Ann)).Items).LastUsedAt);
        });

    [Fact]
    public void A_redirect_does_not_take_a_secret_to_another_origin() =>
        Told(async core =>
        {
            await using var other = new FakeServer(_ => FakeServer.Answer(200, "", "got it"));
            await using var api = new FakeServer(_ => FakeServer.Answer(307, $"Location: {other.Url}\r\n"));
            var step = $$$"""
                {"id": "a", "uses": "http.request", "with": {"method": "POST", "url": "{{{api.Url}}}",
                 "headers": {"X-Mine": "${secrets.crm}"}, "json": {"k": "${secrets.crm}"}, "follow_redirects": true}}
                """;
            await core.Secrets.Put(core.Ann, "crm", new SecretInput("correct horse", Hosts: ["127.0.0.1"]));

            var run = await RunOf(core, step);

            Assert.Equal(307, run.Steps![0].Output!.Value.GetProperty("status").GetInt32());
            Assert.Equal("correct horse", api.Only.Headers["X-Mine"]);
            Assert.Empty(other.Requests);
        });

    private static void Told(Func<CoreBundle, Task> tell) =>
        Story.Play(async core =>
        {
            core.Work.HostOf = core.Other.HostOf = _ => "api.example";
            await core.Secrets.Put(core.Ann, "crm", new SecretInput(Value));
            await tell(core);
        });

    private static async Task<RunView> RunOf(CoreBundle core, string step)
    {
        var task = await core.Tasks.Create(core.Ann, Idle(step) with { Payload = WithParams(step) });
        return await core.RunAtOnce(task.Id);
    }

    private static JsonElement WithParams(params string[] steps) =>
        Json.Parse($$$"""{"params": {"n": 7, "text": ""}, "pipeline": [{{{string.Join(", ", steps)}}}]}""");
}
