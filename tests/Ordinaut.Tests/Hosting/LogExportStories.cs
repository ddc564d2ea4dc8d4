using System.Text;
using Microsoft.Extensions.Logging;
using Ordinaut.Hosting;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Hosting;

/// <summary>What a collector gets of the log, and who is said to have sent it.</summary>
[Collection(nameof(Alone))]
public sealed class LogExportStories
{
    private const string Canary = "canary-4711";

    [Fact]
    public async Task Lines_go_out_with_their_fields_and_their_trace_and_without_secrets_and_bodies()
    {
        await using var collector = new Collector();
        await using var app = await Start(collector, isOn: true);
        var admin = await app.AsAdmin();
        app.Get<Redactor>().Learn(admin.AgentId, "word", Canary);

        await OrdinautApp.Expect(
            await admin.Send("POST", "/tasks?x=canary-query", """{"title": "canary-body"}""", ("X-Request-ID", "r-1")),
            400
        );
        app.Get<ILoggerFactory>().CreateLogger("Ordinaut.Runs.Worker").LogDefect(Canary);

        var ended = await collector.WhenLine(line => line.Event == "request.ended" && line.Fields["status"] == "400");
        Assert.Equal(("POST", "/tasks"), (ended.Fields["method"], ended.Fields["route"]));
        var span = await collector.When(span => span.Name == "POST /tasks");
        Assert.Equal(span.Trace, ended.Trace);
        var broken = await collector.WhenLine(line => line.Event == "run.crashed");
        Assert.Equal("run.crashed: [secret:word]", broken.Body);
        Assert.Contains("[secret:word]", broken.Fields["exception.stacktrace"]);
        Assert.Empty(broken.Fields.Keys.Except([.. JsonLines.Fields.Values, "exception.stacktrace"]));
        Assert.All(collector.Messages, sent => Assert.DoesNotContain("canary-", Encoding.Latin1.GetString(sent.Body)));
    }

    [Fact]
    public async Task Without_being_asked_for_no_line_goes_out()
    {
        await using var collector = new Collector();
        await using (var app = await Start(collector, isOn: false))
        {
            await OrdinautApp.Expect(await (await app.AsAdmin()).Send("GET", "/tasks"), 200);
            await collector.When(span => span.Name == "GET /tasks");
        }

        // A server that has stopped has sent all it had.
        Assert.DoesNotContain(collector.Messages, sent => sent.Target == "/v1/logs");
    }

    [Fact]
    public async Task What_is_told_of_the_server_is_what_its_settings_say()
    {
        await using var collector = new Collector();
        await using var app = await Start(
            collector,
            isOn: true,
            o =>
                o with
                {
                    OtlpServiceName = "night-shift",
                    OtlpResource = "deployment.environment.name=a%2Cb,service.name=x",
                }
        );

        await OrdinautApp.Expect(await (await app.AsAdmin()).Send("GET", "/tasks"), 200);

        await collector.WhenLine(line => line.Event == "request.ended");
        Assert.Contains("service.name=night-shift", collector.Resources);
        Assert.Contains("deployment.environment.name=a,b", collector.Resources);
        Assert.DoesNotContain("service.name=x", collector.Resources);
    }

    [Theory]
    [InlineData("a=b", true)]
    [InlineData("service.name=x, a=%3D", true)]
    [InlineData("a", false)]
    [InlineData("=b", false)]
    [InlineData("a=\u00e9", false)]
    public void Attributes_are_pairs(string text, bool areTaken) => Assert.Equal(areTaken, IsTaken(text));

    [Fact]
    public void So_many_attributes_are_not_too_many()
    {
        Assert.True(IsTaken(Pairs(OtlpSettings.MaxAttributes)));
        Assert.False(IsTaken(Pairs(OtlpSettings.MaxAttributes + 1)));

        static string Pairs(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"a{i}=b"));
    }

    private static bool IsTaken(string text) =>
        Settings.All.Single(setting => setting.Name == "otlp_resource").Set(new OrdinautOptions(), text) is not null;

    private static Task<OrdinautApp> Start(
        Collector collector,
        bool isOn,
        Func<OrdinautOptions, OrdinautOptions>? more = null
    ) =>
        OrdinautApp.Start(configure: o =>
        {
            var options = collector.Hears(ratio: 1)(o) with { OtlpLogs = isOn, LogLevel = LogLevel.Information };
            return more?.Invoke(options) ?? options;
        });
}

internal static class Defects
{
    private static readonly Action<ILogger, string, Exception?> Crashed = LoggerMessage.Define<string>(
        LogLevel.Error,
        new EventId(1, "Crashed"),
        "run.crashed: {Payload}"
    );

    /// <summary>A defect whose message repeats a secret.</summary>
    public static void LogDefect(this ILogger log, string secret) =>
        Crashed(log, secret, new InvalidOperationException(secret));
}
