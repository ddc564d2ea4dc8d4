using Microsoft.Extensions.Time.Testing;
using Ordinaut.Hosting;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Hosting;

/// <summary><c>ordinaut doctor</c> on deployments that are well, and on those that are not.</summary>
public sealed class DoctorStories
{
    [Fact]
    public async Task A_server_that_is_well_has_no_failure()
    {
        await using var app = await OrdinautApp.Start();

        var found = await Look(app);

        Assert.DoesNotContain(found, one => one.Verdict == Verdict.Fail);
        Assert.Contains(new Diagnosis(Verdict.Ok, "nodes", "1 live, with every role."), found);
        Assert.Contains(found, one => one is { Verdict: Verdict.Ok, Of: "database" });
        Assert.Contains(found, one => one is { Verdict: Verdict.Warn, Of: "backup" });
        Assert.Contains(found, one => one is { Verdict: Verdict.Warn, Of: "admin" });
    }

    [Fact]
    public async Task A_folder_that_others_may_look_into_is_a_failure()
    {
        await using var app = await OrdinautApp.Start();
        Assert.True(Debian.Does("chmod", "0750", app.Options.Data));

        Assert.Contains(await Look(app), one => one is { Verdict: Verdict.Fail, Of: "data" });
    }

    [Fact]
    public async Task A_role_that_nobody_has_is_a_failure()
    {
        await using var app = await OrdinautApp.Start(configure: options =>
            options with
            {
                PostgresUrl = PostgresServer.NewDatabase(),
                Role = Role.Api,
            }
        );

        var found = await Look(app);

        Assert.Contains(
            new Diagnosis(
                Verdict.Fail,
                "nodes",
                "No live node has the role scheduler or worker; start one with --role."
            ),
            found
        );
    }

    [Fact]
    public async Task A_server_that_is_away_is_a_failure_and_what_it_would_say_is_not_known()
    {
        var check = new OptionsCheck(new OrdinautOptions { Data = OrdinautApp.NewFolder() }, ["urls is 'x'"], []);

        var found = await new Doctor(check, new Uri("http://127.0.0.1:9"), TimeProvider.System).Look(default);

        Assert.Contains(new Diagnosis(Verdict.Fail, "settings", "urls is 'x'"), found);
        Assert.Contains(found, one => one is { Verdict: Verdict.Fail, Of: "server" });
        Assert.Contains(found, one => one is { Verdict: Verdict.Warn, Of: "nodes" });
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(60, true)]
    public async Task A_clock_that_is_off_is_told(int seconds, bool isTold)
    {
        await using var app = await OrdinautApp.Start();
        var now = app.Get<TimeProvider>().GetUtcNow();
        var check = new OptionsCheck(app.Options, [], []);

        // A second for the way there.
        var clock = new FakeTimeProvider(now + TimeSpan.FromSeconds(seconds - 1));
        var found = await new Doctor(check, app.Addresses[0], clock).Look(default);

        Assert.Equal(isTold, found.Any(one => one.Of == "clock"));
    }

    private static Task<IReadOnlyList<Diagnosis>> Look(OrdinautApp app) =>
        new Doctor(new OptionsCheck(app.Options, [], []), app.Addresses[0], TimeProvider.System).Look(default);
}
