using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Tasks;

/// <summary>The briefing of the README as its users meet it: over HTTP, in real time.</summary>
public sealed class MorningBriefingInRealTime
{
    /// <summary>How long the run may take to end; only a defect takes so long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_agent_posts_the_briefing_hears_it_end_and_may_ask_why()
    {
        await using var servers = await BriefingServers.Open();
        servers.Meetings = _ => ["Standup"];
        await using var app = await OrdinautApp.Start(configure: o => o with { EgressAllow = servers.Addresses });
        var agent = await app.AsAgent("tasks:create", "tasks:read", "runs:read", "events:read", "tools:use");
        using var patience = new CancellationTokenSource(Patience);
        using var stream = await Listen(app, agent, patience.Token);
        var due = TimeProvider.System.GetUtcNow().AddTicks(TimeSpan.TicksPerSecond * 3);
        due = due.AddTicks(-(due.Ticks % TimeSpan.TicksPerSecond));

        var task = await agent.Post<TaskView>("/tasks", Once(servers, due), 201);
        var ended = await EndOfRun(stream, task.Id, patience.Token);

        Assert.Equal(due, task.NextRunAt);
        Assert.Equal("completed", (await agent.Get<TaskView>($"/tasks/{task.Id}")).Status);
        var page = await agent.Get<Page<RunView>>($"/runs?task_id={task.Id}");
        Assert.Equal(ended, Assert.Single(page.Items).Id);
        var run = await agent.Get<RunView>($"/runs/{ended}");
        Assert.Equal(("succeeded", due, 1), (run.State, run.ScheduledFor, run.Attempt));
        Assert.True(run.StartedAt >= due);
        var message = Assert.Single(servers.Messages);
        Assert.Equal("Good morning! Standup; clouds over Chisinau, 1 °C", message.Text);
        Assert.Equal(["calendar 200", "weather 200", "today", "message 202"], run.Steps!.Select(Short));
        var why = await agent.Get<WhyView>($"/tasks/{task.Id}/why?at={due:s}Z");
        Assert.Equal($"The occurrence of {due:s}Z ran and ended as succeeded (run {ended}).", why.Explanation);
    }

    private static string Once(BriefingServers servers, DateTimeOffset due)
    {
        servers.Sample["schedule_kind"] = "once";
        servers.Sample["schedule_expr"] = $"{due:s}Z";
        return servers.Sample.ToJsonString();
    }

    /// <summary>The stream of all that happens from now on: when the headers are there, the server listens.</summary>
    private static async Task<Stream> Listen(OrdinautApp app, OrdinautApp.Client agent, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stream");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", agent.Token);
        var answer = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(ct);
    }

    private static async Task<Guid> EndOfRun(Stream stream, Guid taskId, CancellationToken ct)
    {
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(ct))
        {
            var data = Json.Parse(item.Data);
            if (item.EventType == "run" && data.GetProperty("state").GetString() == "succeeded")
            {
                Assert.Equal(taskId, data.GetProperty("task_id").GetGuid());
                return data.GetProperty("run_id").GetGuid();
            }
        }

        throw new EndOfStreamException("The stream ended before the run.");
    }

    private static string Short(StepView step) =>
        step.Output!.Value.TryGetProperty("status", out var status) ? $"{step.Id} {status}" : step.Id;
}
