using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Models;

/// <summary>A language model as a step of a task, in the real program.</summary>
public sealed class GenerateStory
{
    [Fact]
    public async Task A_plan_of_a_model_is_data_for_the_next_step_and_opens_no_way_for_others()
    {
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(200, "", ModelHouse.Completion("""{"subject":"${steps.x} {{ 1 }}"}""", 10, 5, "stop"))
        );
        await using var app = await OrdinautApp.Start(configure: options =>
            options with
            {
                LlmUrl = server.Url + "v1/",
                LlmApiKey = ModelHouse.ApiKey,
                LlmModels = "small-1,large-1",
            }
        );
        var client = await app.AsAgent("tasks:create", "tasks:read", "tasks:run", "runs:read", "tools:use");

        var task = await client.Post<TaskView>("/tasks", TaskOf("small-1"), 201);
        var run = await client.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        var ended = await app.Finished(client, run.Id);

        Assert.Equal("succeeded", ended.GetProperty("state").GetString());
        Assert.Contains("${steps.x} {{ 1 }}", ended.GetProperty("output").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(ModelHouse.ApiKey, ended.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("/v1/chat/completions", server.Only.Target);

        var problem = await client.Refused(422, "POST", "/tasks", TaskOf("other"));
        Assert.Contains(problem.Errors, error => error.Pointer.EndsWith("/with/model", StringComparison.Ordinal));

        var tried = await client.Post<TryToolResult>(
            "/tools/http.request/try",
            $$$"""{"input": {"url": "{{{server.Url}}}"}}"""
        );
        Assert.Equal("egress_refused", tried.Error!.Code);
    }

    private static string TaskOf(string model) =>
        $$$"""
            {
              "title": "Plan", "schedule_kind": "cron", "schedule_expr": "0 0 1 1 *",
              "payload": {"pipeline": [
                {
                  "id": "plan", "uses": "llm.plan",
                  "with": {
                    "instruction": "Plan it", "data": {"a": 1}, "model": "{{{model}}}", "schema": {"type": "object"}
                  }
                },
                {"id": "next", "uses": "debug.echo", "with": {"subject": "${steps.plan.json.subject}"}}
              ]}
            }
            """;
}
