using Microsoft.Extensions.Logging;
using Ordinaut.Nodes;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Hosting;

/// <summary>How an operator has a running server say more, or less.</summary>
public sealed class LogLevelStories
{
    [Fact]
    public async Task A_level_holds_at_once_for_a_while_is_audited_and_can_be_taken_back()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var levels = app.Get<LogLevels>();
        Assert.False(levels.Lets("Ordinaut.Runs.Worker", LogLevel.Debug));

        var shown = await Put(admin, """{"level": "debug", "part": "Runs", "minutes": 5}""");

        var wanted = Assert.Single(shown.Wanted);
        Assert.Equal(("warning", "Runs", "debug"), (shown.Configured, wanted.Part, wanted.Level));
        Assert.InRange(
            wanted.Until - TimeProvider.System.GetUtcNow(),
            TimeSpan.FromMinutes(4),
            TimeSpan.FromMinutes(5)
        );
        Assert.True(levels.Lets("Ordinaut.Runs.Worker", LogLevel.Debug));
        Assert.False(levels.Lets("Ordinaut.Tasks.Scheduler", LogLevel.Debug));
        Assert.Equal(shown.Wanted, (await admin.Get<LogLevelsView>("/log_levels")).Wanted);
        var audit = await admin.Get<Page<AuditView>>("/audit?action=log_level.set");
        Assert.Equal("Runs", Assert.Single(audit.Items).SubjectId);

        Assert.Empty((await Put(admin, """{"level": "configured", "part": "Runs"}""")).Wanted);
        Assert.False(levels.Lets("Ordinaut.Runs.Worker", LogLevel.Debug));
    }

    [Fact]
    public async Task Another_node_hears_of_it_at_its_next_beat()
    {
        await using var app = await OrdinautApp.Start();
        await Put(await app.AsAdmin(), """{"level": "information"}""");
        var levels = app.Get<LogLevels>();
        levels.Take([]);

        await app.Get<NodeRegistry>().Beat();

        Assert.True(levels.Lets("Ordinaut.Runs.Worker", LogLevel.Information));
    }

    [Theory]
    [InlineData("""{"level": "loud"}""", "configured to take back")]
    [InlineData("""{}""", "configured to take back")]
    [InlineData("""{"level": "debug", "part": "Rums"}""", "part 'Rums' logs nothing; use Agents,")]
    [InlineData("""{"level": "debug", "minutes": 0}""", "minutes must be 1 to 1440 (a day); it is 0.")]
    [InlineData("""{"level": "debug", "minutes": 1441}""", "minutes must be 1 to 1440 (a day); it is 1441.")]
    public async Task What_is_no_level_is_refused_with_what_is(string body, string detail)
    {
        await using var app = await OrdinautApp.Start();

        var problem = await (await app.AsAdmin()).Refused(422, "PUT", "/log_levels", body);

        Assert.Contains(detail, problem.Detail);
    }

    [Fact]
    public async Task A_day_is_not_too_long_and_nobody_but_an_admin_is_let()
    {
        await using var app = await OrdinautApp.Start();
        var other = await app.AsAgent("audit:read", "runs:manage");

        Assert.Single((await Put(await app.AsAdmin(), """{"level": "error", "minutes": 1440}""")).Wanted);
        await other.Refused(403, "PUT", "/log_levels", """{"level": "debug"}""");
        await other.Refused(403, "GET", "/log_levels");
    }

    private static async Task<LogLevelsView> Put(OrdinautApp.Client client, string body) =>
        OrdinautApp.Read<LogLevelsView>(await OrdinautApp.Expect(await client.Send("PUT", "/log_levels", body), 200));
}
