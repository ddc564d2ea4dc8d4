using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Hosting;
using Ordinaut.Http;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tests.Http;

/// <summary>What the server answers when something is too large, full or about to end.</summary>
public sealed class LimitStories
{
    [Theory]
    [InlineData(EndpointRule.BulkBodyLimit, false, 422)]
    [InlineData(EndpointRule.BulkBodyLimit + 1, false, 413)]
    [InlineData(EndpointRule.BulkBodyLimit + 1, true, 413)]
    public async Task A_bulk_takes_sixteen_mebibytes_and_not_one_byte_more(int bytes, bool chunked, int status)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        const string head = """{"create": []""";
        var body = Encoding.UTF8.GetBytes(head.PadRight(bytes - 1) + "}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tasks:bulk");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", admin.Token);
        request.Headers.TransferEncodingChunked = chunked;
        // Otherwise the client would still be sending when the server has answered and closed the connection.
        request.Headers.ExpectContinue = true;
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var answer = await app.Http.SendAsync(request);

        var problem = OrdinautApp.Read<ProblemView>(await OrdinautApp.Expect(answer, status));
        Assert.Contains(status == 413 ? "16,777,216 bytes" : "1 to 1000", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_full_disk_nothing_is_changed_and_work_goes_on_when_there_is_room_again()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var pages = await app.Get<Db>().Read(session => session.First("pragma page_count", row => row.Long(0)));
        await Limit(app, pages + 8);

        var made = 0;
        HttpResponseMessage answer;
        do
        {
            answer = await admin.Send("POST", "/tasks", Task("x"));
            made += answer.IsSuccessStatusCode ? 1 : 0;
        } while (answer.IsSuccessStatusCode);

        var problem = OrdinautApp.Read<ProblemView>(await OrdinautApp.Expect(answer, 507));
        Assert.Contains("nothing was changed", problem.Detail, StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(made, (await admin.Get<Page<TaskView>>("/tasks?total=true&limit=1")).Total);

        await Limit(app, 1_000_000);
        var task = await admin.Post<TaskView>("/tasks", Task("after"), 201);
        var run = await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        Assert.Equal("succeeded", (await app.Finished(admin, run.Id)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_server_that_stops_turns_requests_away_and_says_that_it_is_not_ready()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        app.Get<IHostApplicationLifetime>().StopApplication();

        var refusal = await admin.Send("POST", "/tasks", Task("late"));
        var problem = OrdinautApp.Read<ProblemView>(await OrdinautApp.Expect(refusal, 503));
        Assert.Contains("stopping", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(5), refusal.Headers.RetryAfter!.Delta);
        await OrdinautApp.Expect(await app.Http.GetAsync(new Uri("/health/live", UriKind.Relative)), 200);
        var ready = await app.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        var view = OrdinautApp.Read<HealthView>(await OrdinautApp.Expect(ready, 503));
        Assert.Equal("failing", view.Checks["serving"].Status);
    }

    /// <summary>SQLite's own limit stands for the end of the disk: the same failure, at the same place.</summary>
    private static Task<int> Limit(OrdinautApp app, long pages) =>
        app.Get<Db>().Write(async session => await session.Execute($"pragma max_page_count = {pages}"));

    private static string Task(string title) =>
        $$"""
            {"title": "{{title}}", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
             "description": "{{new string(
                'x',
                2_000
            )}}", "payload": {"pipeline": [{"id": "a", "uses": "debug.echo"}] } }
            """;
}
