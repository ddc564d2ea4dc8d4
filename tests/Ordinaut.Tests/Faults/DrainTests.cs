using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Faults;

/// <summary>A process that is asked to stop stops in time, turns requests away in words, and loses no run.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(int.Parse(KilledServer.DrainSeconds) + 2);

    [Fact]
    public async Task Sigterm_lets_runs_end_hands_the_rest_back_and_takes_no_longer_than_its_grace()
    {
        await using var server = new KilledServer();
        Guid shortRun;
        Guid longRun;
        using (var client = await server.Start())
        {
            using var http = new HttpClient { BaseAddress = server.Address };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                client.Token.AccessToken
            );
            using var stream = new StreamReader(await http.GetStreamAsync(new Uri("/stream", UriKind.Relative)));
            await stream.ReadLineAsync();
            shortRun = await Sleep(client, 1);
            longRun = await Sleep(client, 20);
            await Running(stream, 2);

            var began = Stopwatch.GetTimestamp();
            await server.Terminate();
            await stream.ReadToEndAsync();
            var refusal = await http.GetAsync(new Uri("/tasks", UriKind.Relative));
            var alive = await http.GetAsync(new Uri("/health/live", UriKind.Relative));

            Assert.Equal(HttpStatusCode.ServiceUnavailable, refusal.StatusCode);
            Assert.Equal("application/problem+json", refusal.Content.Headers.ContentType!.MediaType);
            Assert.NotNull(refusal.Headers.RetryAfter);
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
            Assert.Equal(0, await server.Exit());
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Limit);
        }

        using var again = await server.Start();
        Assert.Equal("succeeded", (await again.GetRun(shortRun)).State);
        var handedBack = await again.GetRun(longRun);
        Assert.Contains(handedBack.State, (string[])["queued", "running"]);
        Assert.Equal(1, handedBack.Attempt);
        Assert.DoesNotContain(handedBack.Attempts!, attempt => attempt.State != "running");
    }

    [Fact]
    public async Task Sigterm_with_nothing_to_do_ends_at_once()
    {
        await using var server = new KilledServer();
        using var client = await server.Start();

        var began = Stopwatch.GetTimestamp();
        await server.Terminate();

        Assert.Equal(0, await server.Exit());
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static async Task<Guid> Sleep(OrdinautClient client, int seconds)
    {
        var pipeline = $$"""{"pipeline":[{"id":"a","uses":"debug.sleep","with":{"seconds":{{seconds}} } }]}""";
        var task = new TaskInput
        {
            Title = "sleeps",
            ScheduleKind = "cron",
            ScheduleExpr = "0 0 1 1 *",
            Payload = JsonDocument.Parse(pipeline).RootElement,
        };
        var made = await client.CreateTask(task);
        return (await client.RunNow(made.Id)).Id;
    }

    private static async Task Running(StreamReader stream, int runs)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (runs > 0)
        {
            var line = await stream.ReadLineAsync(patience.Token);
            runs -= line!.Contains("\"state\":\"running\"", StringComparison.Ordinal) ? 1 : 0;
        }
    }
}
