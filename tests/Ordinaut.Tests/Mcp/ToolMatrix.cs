using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Ordinaut.Agents;
using Ordinaut.Http;
using Ordinaut.Mcp;
using Ordinaut.Pipelines;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp;

/// <summary>Every tool there is, against the operation it stands for and against every kind of principal.</summary>
public sealed class ToolMatrix
{
    private const string SomeWebhook = """{"url": "https://example.com/x", "topics": ["a.b"]}""";

    private static readonly Dictionary<string, string> Arguments = new()
    {
        ["update_task"] = """{"changes": {"title": "x"}}""",
        ["update_agent"] = """{"changes": {"name": "x"}}""",
        ["snooze_task"] = """{"delay_seconds": 60}""",
        ["backfill_task"] = """{"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}""",
    };

    [Fact]
    public async Task Every_operation_has_a_tool_or_a_listed_reason()
    {
        await using var app = await OrdinautApp.Start();
        var tools = app.Get<ToolTable>().All.Select(tool => tool.Operation).ToList();

        Assert.Equal(
            Rules(app).Select(rule => rule.Operation).Order(),
            tools.Concat(OperationsWithoutTool.Reasons.Keys).Order()
        );
    }

    [Fact]
    public async Task A_tool_asks_for_the_scope_its_operation_asks_for()
    {
        await using var app = await OrdinautApp.Start();
        var rules = Rules(app).ToDictionary(r => r.Operation, r => r.Rule.OwnIdSuffices ? Scope.None : r.Rule.Scope);

        Assert.All(app.Get<ToolTable>().All, tool => Assert.Equal(rules[tool.Operation], tool.Scope));
    }

    [Fact]
    public async Task The_list_is_long_stable_and_explains_itself()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());

        var tools = await assistant.ListToolsAsync();
        var again = await assistant.ListToolsAsync();

        Assert.InRange(tools.Count, 30, 80);
        Assert.Equal(tools.Select(tool => tool.Name), again.Select(tool => tool.Name));
        Assert.Equal("create_task", tools[0].Name);
        Assert.All(tools, tool => Assert.Matches("^[a-z]+(_[a-z]+)*$", tool.Name));
        Assert.All(tools, tool => Assert.NotEmpty(tool.ProtocolTool.Title!));
        Assert.All(tools, tool => Assert.NotNull(tool.ProtocolTool.Annotations!.ReadOnlyHint));
        Assert.Empty(
            tools.SelectMany(tool =>
                Undescribed(tool.ProtocolTool.InputSchema).Select(argument => $"{tool.Name}.{argument}")
            )
        );
    }

    [Fact]
    public async Task A_reading_tool_is_an_operation_that_reads()
    {
        await using var app = await OrdinautApp.Start();
        var rules = Rules(app).ToDictionary(rule => rule.Operation, rule => rule.Rule.Rate);

        Assert.All(
            app.Get<ToolTable>().All,
            tool => Assert.Equal(rules[tool.Operation] == RateClass.Read, tool.Hints.HasFlag(Hints.ReadOnly))
        );
    }

    [Fact]
    public async Task The_list_shows_what_the_token_allows_and_nothing_else()
    {
        await using var app = await OrdinautApp.Start();
        var table = app.Get<ToolTable>().All;
        foreach (var name in Scopes.Names.Where(name => name is not "admin"))
        {
            await using var assistant = await app.Connect(await app.AsAgent(name));
            var held = Scopes.Parse(name);

            var shown = (await assistant.ListToolsAsync()).Select(tool => tool.Name);

            Assert.Equal(table.Where(tool => held.Cover(tool.Scope!.Value)).Select(tool => tool.Name), shown);
        }
    }

    [Fact]
    public async Task Without_the_scope_a_call_is_challenged_for_it()
    {
        await using var app = await OrdinautApp.Start();
        var nobody = await app.AsAgent();
        foreach (var tool in app.Get<ToolTable>().All.Where(tool => tool.Scope != Scope.None))
        {
            var answer = await Wire.Send(app, nobody.Token, Wire.Call(tool.Name));

            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, tool.Name);
            var challenge = Assert.Single(answer.Headers.WwwAuthenticate).ToString();
            Assert.Contains($"error=\"insufficient_scope\", scope=\"{tool.Scope!.Value.Text()}\"", challenge);
        }
    }

    [Fact]
    public async Task An_older_client_without_the_scope_gets_an_error_that_names_it()
    {
        await using var app = await OrdinautApp.Start();
        var nobody = await app.AsAgent();
        foreach (var shape in (await Shapes(app)).Where(shape => shape.Tool.Scope != Scope.None))
        {
            var tool = shape.Tool;
            var request = Wire.Call(tool.Name, Needed(shape, _ => Guid.Empty)) with { Revision = "2025-11-25" };
            var answer = await Wire.Result(await Wire.Send(app, nobody.Token, request));

            var problem = Wire.Problem(answer);
            Assert.True(problem.Status == 403, $"{tool.Name}: {problem.Detail}");
            Assert.Contains(tool.Scope!.Value.Text(), problem.Detail);
        }
    }

    [Fact]
    public async Task With_every_scope_but_admin_a_foreign_id_is_not_found()
    {
        await using var app = await OrdinautApp.Start();
        string[] scopes = [.. Scopes.Names.Where(name => name != "admin")];
        var owner = await app.AsAgent(scopes);
        await using var stranger = await app.Connect(await app.AsAgent(scopes));
        var things = await Things(owner);
        var withId = (await Shapes(app)).Where(shape => Required(shape).Any(things.ContainsKey)).ToList();
        Assert.InRange(withId.Count, 20, 60);

        foreach (var shape in withId)
        {
            var problem = await stranger.Refused(shape.Tool.Name, Needed(shape, name => things[name]));
            Assert.True(problem.Status == 404, $"{shape.Tool.Name}: {problem.Status} {problem.Detail}");
        }
    }

    [Fact]
    public void A_tool_that_declares_too_little_keeps_the_process_from_starting()
    {
        McpTool[] mutants = [new("loose", "x", "x", "x"), new McpTool("idle", "x", "x", "x").Needs(Scope.Admin, 0)];

        Assert.All(mutants, mutant => Assert.Throws<InvalidOperationException>(() => new ToolTable([mutant])));
    }

    [Fact]
    public async Task The_steps_shown_are_the_steps_there_are()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        var input = (await assistant.ListToolsAsync()).First(tool => tool.Name == "create_task").JsonSchema;
        var step = input
            .GetProperty("properties")
            .GetProperty("payload")
            .GetProperty("properties")
            .GetProperty("pipeline")
            .GetProperty("items")
            .GetProperty("properties");

        Assert.Equal(StepReader.Known.Order(), step.EnumerateObject().Select(member => member.Name).Order());
    }

    private static IEnumerable<string> Undescribed(JsonElement schema) =>
        schema
            .GetProperty("properties")
            .EnumerateObject()
            .Where(argument => !argument.Value.TryGetProperty("description", out _))
            .Select(argument => argument.Name);

    /// <summary>Arguments a tool would accept, so that only the id or the scope can be the reason to refuse.</summary>
    private static string Needed(ToolShape shape, Func<string, Guid> id)
    {
        var members = Json.Parse(Arguments.GetValueOrDefault(shape.Tool.Name, "{}"))
            .EnumerateObject()
            .Select(member => member.ToString());
        var parameters = Required(shape).Select(name => $"\"{name}\": \"{(name == "name" ? "x" : id(name))}\"");
        return $"{{{string.Join(", ", parameters.Concat(members))}}}";
    }

    /// <summary>The parameters of the operation's path, which is what a tool cannot do without.</summary>
    private static IEnumerable<string> Required(ToolShape shape) =>
        shape
            .Shown.InputSchema.GetProperty("required")
            .EnumerateArray()
            .Select(name => name.GetString()!)
            .Except(shape.Tool.Required);

    private static async Task<List<ToolShape>> Shapes(OrdinautApp app)
    {
        var shapes = new List<ToolShape>();
        foreach (var tool in app.Get<ToolTable>().All)
        {
            shapes.Add(await app.Get<ToolShapes>().Of(tool));
        }

        return shapes;
    }

    private static async Task<Dictionary<string, Guid>> Things(OrdinautApp.Client owner)
    {
        var agent = await owner.Post<AgentView>("/agents", Json.Write(new AgentInput("mine", [])), 201);
        var task = await owner.Post<TaskView>("/tasks", McpApp.Quiet, 201);
        var run = await owner.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        var fact = await owner.Post<PublishedEvent>("/events", """{"topic": "a.b", "payload": 1}""", 202);
        var webhook = await owner.Post<NewWebhook>("/webhooks", SomeWebhook, 201);
        var hook = await owner.Post<NewHook>("/hooks", """{"topic": "a.b"}""", 201);
        var monitor = await owner.Post<NewMonitor>("/monitors", """{"name": "m", "every_seconds": 60}""", 201);
        var alert = await owner.Post<AlertView>("/alerts/test", "");
        return new()
        {
            ["monitor_id"] = monitor.Id,
            ["alert_id"] = alert.Id,
            ["webhook_id"] = webhook.Id,
            ["hook_id"] = hook.Id,
            ["agent_id"] = agent.Id,
            ["task_id"] = task.Id,
            ["run_id"] = run.Id,
            ["event_id"] = fact.EventId,
        };
    }

    private static IEnumerable<(string Operation, EndpointRule Rule)> Rules(OrdinautApp app) =>
        app.Get<EndpointDataSource>()
            .Endpoints.Select(endpoint =>
                (
                    endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName!,
                    endpoint.Metadata.GetMetadata<EndpointRule>()!
                )
            )
            .Where(rule => rule.Item1 is not null);
}
