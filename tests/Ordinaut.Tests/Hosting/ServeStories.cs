using System.Net;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Hosting;

public sealed class ServeStories
{
    [Fact]
    public async Task Two_servers_never_share_a_data_folder()
    {
        await using var app = await OrdinautApp.Start();

        var failure = await Assert.ThrowsAsync<Problem>(() => OrdinautApp.Start(folder: app.Options.Data));

        Assert.Contains("in use", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_use_is_named_with_the_way_out()
    {
        await using var app = await OrdinautApp.Start();
        var taken = app.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        var folder = OrdinautApp.NewFolder();

        var failure = await Assert.ThrowsAsync<Problem>(() =>
            OrdinautApp.Start(configure: options => options with { Urls = taken }, folder: folder)
        );

        Assert.StartsWith($"Cannot listen on {taken}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--urls", failure.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task The_data_folder_and_the_database_are_the_owners_alone()
    {
        await using var app = await OrdinautApp.Start();

        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(app.Options.Data) & others);
        Assert.All(
            Directory.GetFiles(app.Options.Data),
            file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & others)
        );
    }

    [Fact]
    public async Task A_started_server_is_live_and_ready()
    {
        await using var app = await OrdinautApp.Start();
        foreach (var path in new[] { "/health", "/health/live", "/health/ready" })
        {
            var text = await OrdinautApp.Expect(await app.Http.GetAsync(new Uri(path, UriKind.Relative)), 200);
            Assert.Equal("ok", OrdinautApp.Read<HealthView>(text).Status);
        }

        // Its loops begin beside it; by and by it has started.
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        HttpResponseMessage started;
        do
        {
            started = await app.Http.GetAsync("/health/startup", patience.Token);
        } while (started.StatusCode == HttpStatusCode.ServiceUnavailable);

        var view = OrdinautApp.Read<HealthView>(await OrdinautApp.Expect(started, 200));
        Assert.Equal(["scheduler", "worker"], view.Checks.Keys.Order());
    }
}
