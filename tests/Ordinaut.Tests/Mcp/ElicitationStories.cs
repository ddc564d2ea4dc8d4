using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp;

/// <summary>Where a client can ask its person, that person approves, and is asked for what is missing.</summary>
public sealed class ElicitationStories
{
    private const string Asks = """
        {"title": "Offer", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
         "payload": {"pipeline": [{"id": "ask", "uses": "approval.request",
           "with": {"title": "Send the offer?", "action": {"to": "bob@example.com"}}}]}}
        """;

    [Theory]
    [InlineData("accept", true, "succeeded")]
    [InlineData("accept", false, "waiting")]
    [InlineData("decline", true, "waiting")]
    [InlineData("cancel", true, "waiting")]
    public async Task A_decision_is_made_when_the_person_confirms_it(string action, bool yes, string state)
    {
        await using var app = await OrdinautApp.Start();
        var (admin, run) = await Waiting(app);
        var asked = new List<ElicitRequestParams>();
        await using var boss = await Connect(app, await app.AsAgent("admin"), asked, action, ("confirm", yes));
        var approval = Assert.Single((await boss.Ask<Page<ApprovalView>>("list_approvals")).Items);

        var result = await boss.Call("approve", $$"""{"approval_id": "{{approval.Id}}"}""");

        Assert.Equal(state != "succeeded", result.IsError == true);
        var question = Assert.Single(asked).Message;
        Assert.Contains("Send the offer?", question, StringComparison.Ordinal);
        Assert.Contains("bob@example.com", question, StringComparison.Ordinal);
        await app.When(admin, run, shown => shown.GetProperty("state").GetString() == state);
    }

    [Theory]
    [InlineData(true, "active")]
    [InlineData(false, "proposed")]
    public async Task A_proposal_is_approved_when_the_person_who_reads_it_confirms(bool yes, string status)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var robot = await app.AsAgent("tasks:create", "tasks:read", "tools:use");
        var limit = """{"tasks_need_approval": true}""";
        await admin.Patch<AgentView>($"/agents/{robot.AgentId}", limit);
        await using var proposer = await app.Connect(robot);
        var task = await proposer.Ask<TaskView>("create_task", Asks);
        var asked = new List<ElicitRequestParams>();
        await using var boss = await Connect(app, admin, asked, "accept", ("confirm", yes));
        var proposal = Assert.Single((await boss.Ask<Page<ProposalView>>("list_proposals")).Items);

        var decision = $$"""{"task_id": "{{task.Id}}", "digest": "{{proposal.Digest}}"}""";
        var result = await boss.Call("approve_task", decision);

        Assert.Equal(!yes, result.IsError == true);
        var question = Assert.Single(asked).Message;
        Assert.Contains("approval.request", question, StringComparison.Ordinal);
        Assert.Contains("bob@example.com", question, StringComparison.Ordinal);
        Assert.Equal(status, (await proposer.Ask<TaskView>("get_task", $$"""{"task_id": "{{task.Id}}"}""")).Status);
    }

    [Fact]
    public async Task What_a_call_cannot_do_without_is_asked_for()
    {
        await using var app = await OrdinautApp.Start();
        var asked = new List<ElicitRequestParams>();
        await using var client = await Connect(app, await app.AsAdmin(), asked, "accept", ("title", "By hand"));

        var task = await client.Ask<TaskView>("create_task", Asks.Replace("\"title\": \"Offer\", ", ""));

        Assert.Equal("By hand", task.Title);
        Assert.Equal(["title"], Assert.Single(asked).RequestedSchema!.Properties.Keys);
    }

    [Fact]
    public async Task Who_does_not_say_gets_the_refusal_that_others_get()
    {
        await using var app = await OrdinautApp.Start();
        var asked = new List<ElicitRequestParams>();
        await using var client = await Connect(app, await app.AsAdmin(), asked, "decline", ("title", "By hand"));
        await using var plain = await app.Connect(await app.AsAdmin());
        var untitled = Asks.Replace("\"title\": \"Offer\", ", "");

        var refused = await client.Refused("create_task", untitled);

        Assert.Equal((await plain.Refused("create_task", untitled)).Detail, refused.Detail);
        Assert.Single(asked);
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("\"yes\"")]
    [InlineData("{\"action\": 7}")]
    [InlineData("{\"action\": \"accept\", \"content\": [true]}")]
    public async Task What_is_no_answer_is_asked_again(string answer)
    {
        await using var app = await OrdinautApp.Start();
        var (admin, run) = await Waiting(app);
        var approval = Assert.Single((await admin.Get<Page<ApprovalView>>("/approvals")).Items);
        var call = Wire.Call("approve", $$"""{"approval_id": "{{approval.Id}}"}""");
        call = call with
        {
            Params = $$$"""{{{call.Params}}}, "inputResponses": {"confirm": {{{answer}}}}""",
            Capabilities = """{"elicitation": {"form": {} } }""",
        };

        var asked = await Wire.Result(await Wire.Send(app, admin.Token, call));

        Assert.Equal("input_required", asked.GetProperty("resultType").GetString());
        var shown = await admin.Get<JsonElement>($"/runs/{run}");
        Assert.Equal("waiting", shown.GetProperty("state").GetString());
    }

    private static async Task<(OrdinautApp.Client Admin, Guid Run)> Waiting(OrdinautApp app)
    {
        var admin = await app.AsAdmin();
        var task = await admin.Post<TaskView>("/tasks", Asks, 201);
        var run = await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "{}", 202);
        await app.When(admin, run.Id, shown => shown.GetProperty("state").GetString() == "waiting");
        return (admin, run.Id);
    }

    private static Task<McpClient> Connect(
        OrdinautApp app,
        OrdinautApp.Client who,
        List<ElicitRequestParams> asked,
        string action,
        (string Name, object Value) answer
    ) =>
        app.Connect(
            who,
            new McpClientOptions
            {
                Capabilities = new ClientCapabilities { Elicitation = new ElicitationCapability { Form = new() } },
                Handlers = new McpClientHandlers
                {
                    ElicitationHandler = (request, _) =>
                    {
                        asked.Add(request!);
                        var content = new Dictionary<string, JsonElement>
                        {
                            [answer.Name] = Json.Parse(
                                answer.Value is bool yes ? (yes ? "true" : "false") : $"\"{answer.Value}\""
                            ),
                        };
                        return ValueTask.FromResult(new ElicitResult { Action = action, Content = content });
                    },
                },
            }
        );
}
