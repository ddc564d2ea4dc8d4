using System.Net;
using System.Text.RegularExpressions;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tidy;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Hosting;

/// <summary>What the server tells Prometheus of itself, and to whom.</summary>
public sealed partial class MetricsStories
{
    [Fact]
    public async Task Whoever_may_audit_reads_the_figures_and_nobody_else()
    {
        await using var app = await OrdinautApp.Start();
        var auditor = await app.AsAgent("audit:read");
        var other = await app.AsAgent("tasks:read");

        await other.Refused(403, "GET", "/metrics");
        using var refused = await app.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
        using var answer = await auditor.Send("GET", "/metrics");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_run_shows_in_every_figure_it_touches_and_each_figure_is_documented()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var task = await admin.Post<TaskView>(
            "/tasks",
            Json.Write(Idle("""{"id": "a", "uses": "debug.echo", "with": {"x": 1}}""")),
            201
        );
        var run = await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "{}", 202);
        await app.Finished(admin, run.Id);
        await admin.Post<PublishedEvent>("/events", """{"topic": "a.b", "payload": 1}""", 202);

        using var answer = await admin.Send("GET", "/metrics");
        var told = await answer.Content.ReadAsStringAsync();

        Assert.Matches(@"ordinaut_runs_ended_total\{[^}]*state=""succeeded"",trigger=""manual""[^}]*\} [1-9]", told);
        Assert.Matches(@"ordinaut_tool_call_duration_seconds_count\{[^}]*tool=""debug.echo""[^}]*\} [1-9]", told);
        Assert.Matches(@"ordinaut_run_start_lag_seconds_bucket\{[^}]*le=""0.001""\} \d", told);
        Assert.Matches(@"ordinaut_queue_runs\{[^}]*state=""waiting""\} 0", told);
        Assert.DoesNotContain(run.Id.ToString(), told, StringComparison.Ordinal);
        var documented = Documented()
            .Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/metrics.md")))
            .Select(match => match.Groups[1].Value);
        var exported = Exported().Matches(told).Select(match => match.Groups[1].Value);
        Assert.Empty(exported.Except(documented));
    }

    [GeneratedRegex(@"^\| `(ordinaut_\w+)`", RegexOptions.Multiline)]
    private static partial Regex Documented();

    [GeneratedRegex(@"^# TYPE (ordinaut_\w+) ", RegexOptions.Multiline)]
    private static partial Regex Exported();
}
