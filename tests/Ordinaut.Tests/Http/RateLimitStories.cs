using System.Net;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Http;

/// <summary>Too many requests, as a client meets it.</summary>
public sealed class RateLimitStories
{
    [Theory]
    [InlineData("GET", "/tasks", "reads")]
    [InlineData("POST", "/events", "writes")]
    public async Task One_request_too_many_is_told_to_wait(string method, string path, string kind)
    {
        await using var app = await OrdinautApp.Start(
            new StoppedClock(),
            configure: options => options with { RateLimitReads = 3, RateLimitWrites = 3 }
        );
        var admin = await app.AsAdmin();
        var body = method == "POST" ? """{"topic": "orders.paid"}""" : null;
        var remaining = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var answer = await admin.Send(method, path, body);
            Assert.True(answer.IsSuccessStatusCode);
            Assert.Equal("3", Header(answer, "RateLimit-Limit"));
            remaining.Add(Header(answer, "RateLimit-Remaining"));
        }

        var refused = await admin.Send(method, path, body);

        var problem = OrdinautApp.Read<ProblemView>(await OrdinautApp.Expect(refused, 429));
        Assert.Equal("/problems/too-many", problem.Type);
        Assert.Contains($"At most 3 {kind} a second", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(["2", "1", "0"], remaining);
        Assert.Equal(
            ("3", "0", "1", "1"),
            (
                Header(refused, "RateLimit-Limit"),
                Header(refused, "RateLimit-Remaining"),
                Header(refused, "RateLimit-Reset"),
                Header(refused, "Retry-After")
            )
        );
    }

    [Fact]
    public async Task Agents_are_counted_apart_and_health_not_at_all()
    {
        await using var app = await OrdinautApp.Start(
            new StoppedClock(),
            configure: options => options with { RateLimitReads = 1 }
        );
        var ann = await app.AsAgent("tasks:read");
        var bob = await app.AsAgent("tasks:read");

        await OrdinautApp.Expect(await ann.Send("GET", "/tasks"), 200);
        await OrdinautApp.Expect(await bob.Send("GET", "/tasks"), 200);
        await ann.Refused(429, "GET", "/tasks");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/health/live")).StatusCode);
        }
    }

    [Fact]
    public async Task Logins_are_counted_by_address()
    {
        await using var app = await OrdinautApp.Start(
            new StoppedClock(),
            configure: options => options with { RateLimitLogins = 2 }
        );
        var wrong = new AgentCredentials(Guid.Empty.ToString(), "wrong");
        await app.Login(app.Admin);
        var body = Json.Write(new TokenRequest(wrong.AgentId, wrong.AgentSecret));
        await OrdinautApp.Expect(await app.Http.PostAsync("/agents/auth/token", OrdinautApp.Body(body)), 401);

        var refused = await app.Http.PostAsync("/agents/auth/token", OrdinautApp.Body(body));

        var problem = OrdinautApp.Read<ProblemView>(await OrdinautApp.Expect(refused, 429));
        Assert.Contains("At most 2 logins a second", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_limit_is_set_with_zero_and_the_usual_ones_hinder_nobody()
    {
        await using var app = await OrdinautApp.Start(configure: options => options with { RateLimitReads = 0 });
        var admin = await app.AsAdmin();

        var answer = await admin.Send("GET", "/tasks");

        Assert.False(answer.Headers.Contains("RateLimit-Limit"));
        var usual = new OrdinautOptions();
        Assert.Equal((100_000, 50_000, 10_000), (usual.RateLimitReads, usual.RateLimitWrites, usual.RateLimitLogins));
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        Assert.Single(answer.Headers.GetValues(name));

    /// <summary>The real clock, but no time passes between two requests.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
