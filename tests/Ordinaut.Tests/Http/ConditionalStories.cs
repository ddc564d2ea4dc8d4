using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Http;

/// <summary>Entity tags: no lost update for who sends one, no body for who has it already.</summary>
public sealed class ConditionalStories
{
    private const string Body = """
        {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
         "payload": {"pipeline": [{"id": "a", "uses": "debug.echo"}]}}
        """;

    [Theory]
    [InlineData("PUT", Body, "\"2\"", 412)]
    [InlineData("PATCH", """{"title": "u"}""", "\"2\"", 412)]
    [InlineData("DELETE", null, "\"2\"", 412)]
    [InlineData("PUT", Body, "\"1\"", 200)]
    [InlineData("PATCH", """{"title": "u"}""", "\"1\"", 200)]
    [InlineData("DELETE", null, "\"1\"", 204)]
    [InlineData("PATCH", """{"title": "u"}""", "*", 200)]
    [InlineData("PATCH", """{"title": "u"}""", null, 200)]
    [InlineData("PUT", Body, null, 200)]
    [InlineData("DELETE", null, null, 204)]
    [InlineData("PATCH", """{"title": "u"}""", "1", 400)]
    [InlineData("PATCH", """{"title": "u"}""", "\"99999999999999999999\"", 400)]
    public async Task A_change_is_made_only_to_the_version_that_was_named(
        string method,
        string? body,
        string? ifMatch,
        int status
    )
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var task = await admin.Post<TaskView>("/tasks", Body, 201);

        var answer = await admin.Send(method, $"/tasks/{task.Id}", body, Headers("If-Match", ifMatch));

        await OrdinautApp.Expect(answer, status);
        if (status >= 400)
        {
            Assert.Equal(1, (await admin.Get<TaskView>($"/tasks/{task.Id}")).Version);
        }
    }

    [Fact]
    public async Task A_change_that_came_too_late_says_which_version_there_is()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var made = await admin.Send("POST", "/tasks", Body);
        var task = OrdinautApp.Read<TaskView>(await OrdinautApp.Expect(made, 201));
        var seen = made.Headers.ETag!.Tag;
        var first = await admin.Send("PATCH", $"/tasks/{task.Id}", """{"title": "one"}""", ("If-Match", seen));
        Assert.Equal("\"2\"", first.Headers.ETag!.Tag);

        var second = await admin.Send("PATCH", $"/tasks/{task.Id}", """{"title": "two"}""", ("If-Match", seen));

        var problem = OrdinautApp.Read<ProblemView>(await OrdinautApp.Expect(second, 412));
        Assert.Contains("version 2", problem.Detail, StringComparison.Ordinal);
        Assert.Equal("one", (await admin.Get<TaskView>($"/tasks/{task.Id}")).Title);
    }

    [Theory]
    [InlineData("\"1\"", 304)]
    [InlineData("W/\"1\"", 304)]
    [InlineData("\"7\", \"1\"", 304)]
    [InlineData("*", 304)]
    [InlineData("\"2\"", 200)]
    [InlineData(null, 200)]
    public async Task Who_has_a_version_already_gets_no_body(string? ifNoneMatch, int status)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var task = await admin.Post<TaskView>("/tasks", Body, 201);

        var answer = await admin.Send("GET", $"/tasks/{task.Id}", null, Headers("If-None-Match", ifNoneMatch));

        var text = await OrdinautApp.Expect(answer, status);
        Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
        Assert.Equal(status == 304, text.Length == 0);
    }

    private static (string, string)[] Headers(string name, string? value) => value is null ? [] : [(name, value)];
}
