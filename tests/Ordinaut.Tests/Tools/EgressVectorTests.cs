using System.Net;
using System.Text.Json;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools;

/// <summary>
/// Figure 12: addresses that try to talk a tool into the operator's network. Behind every address of this test's
/// network sits the canary, on ports 80 and 443 too, and its resolver is the worst one: it finds loopback for
/// every name that is not in its table. What is refused was therefore refused by the guard.
/// </summary>
public sealed class EgressVectorTests
{
    private const string AllowAll = "0.0.0.0/0,::/0";
    private static readonly string Secret = "whsec_" + Convert.ToBase64String(new byte[32]);

    [Fact]
    public async Task No_vector_reaches_the_canary_by_http_request()
    {
        await using var canary = new FakeServer(_ => FakeServer.Answer(200));
        var network = Network(canary, canary);

        using var egress = network.Guarded();
        var reached = await Reached(new HttpRequestTool(egress, TimeProvider.System), Request);

        Assert.True(EgressVectors.All.Length >= 150, $"{EgressVectors.All.Length} vectors");
        Assert.Empty(reached);
        Assert.Empty(network.Dialled);
        Assert.Equal(1, await canary.CountAfterOneMore());
        Assert.All(
            network.Resolved.CountBy(h => h),
            c => Assert.Equal(EgressVectors.All.Count(v => IsHost(v, c.Key)), c.Value)
        );
    }

    [Fact]
    public async Task No_vector_reaches_the_canary_by_webhook_send()
    {
        await using var canary = new FakeServer(_ => FakeServer.Answer(200));
        var network = Network(canary, canary);

        using var egress = network.Guarded();
        var reached = await Reached(new WebhookSendTool(egress, TimeProvider.System), Webhook);

        Assert.Empty(reached);
        Assert.Empty(network.Dialled);
        Assert.Equal(1, await canary.CountAfterOneMore());
    }

    [Fact]
    public async Task No_vector_reaches_the_canary_by_a_redirect_from_a_public_host()
    {
        await using var canary = new FakeServer(_ => FakeServer.Answer(200));
        foreach (var vector in EgressVectors.All.Where(IsHeaderSafe))
        {
            await using var start = new FakeServer(_ => FakeServer.Answer(307, $"Location: {vector}\r\n"));
            var network = Network(start, canary);
            using var egress = network.Guarded();

            await new HttpRequestTool(egress, TimeProvider.System).Run(
                """{"url":"http://start.example/","follow_redirects":true}"""
            );

            Assert.All(network.Dialled, d => Assert.Equal(EgressVectors.Start, d.Address.ToString()));
            Assert.NotEmpty(network.Dialled);
        }

        Assert.Equal(1, await canary.CountAfterOneMore());
    }

    [Fact]
    public async Task Mutant_with_a_guard_that_allows_all_the_canary_is_hit()
    {
        await using var canary = new FakeServer(_ => FakeServer.Answer(200));
        var network = Network(canary, canary);

        using var egress = network.Guarded(AllowAll);
        var byRequest = await Reached(new HttpRequestTool(egress, TimeProvider.System), Request);
        var byWebhook = await Reached(new WebhookSendTool(egress, TimeProvider.System), Webhook);

        Assert.InRange(byRequest.Count, 150, EgressVectors.All.Length);
        Assert.InRange(byWebhook.Count, 150, EgressVectors.All.Length);
        Assert.InRange(canary.Requests.Count, 300, 2 * EgressVectors.All.Length);
    }

    [Fact]
    public async Task Mutant_with_a_guard_that_allows_all_a_redirect_hits_the_canary()
    {
        await using var canary = new FakeServer(_ => FakeServer.Answer(200));
        await using var start = new FakeServer(_ => FakeServer.Answer(307, "Location: http://127.0.0.1/\r\n"));
        using var egress = Network(start, canary).Guarded(AllowAll);

        await new HttpRequestTool(egress, TimeProvider.System).Run(
            """{"url":"http://start.example/","follow_redirects":true}"""
        );

        Assert.Single(canary.Requests);
    }

    private static FakeNetwork Network(FakeServer start, FakeServer canary) =>
        new(
            host =>
                [
                    .. EgressVectors
                        .Names.GetValueOrDefault(host.ToLowerInvariant(), ["127.0.0.1"])
                        .Select(IPAddress.Parse),
                ],
            target => target.Address.ToString() == EgressVectors.Start ? start : canary
        );

    private static async Task<List<string>> Reached(ITool tool, Func<string, string> input)
    {
        var reached = new List<string>();
        foreach (var vector in EgressVectors.All)
        {
            var result = await tool.Run(input(vector));
            if (result is not ToolResult.Failed { Code: "egress_refused" or "url_invalid", Retryable: false })
            {
                reached.Add($"{vector}: {result}");
            }
        }

        return reached;
    }

    private static string Request(string url) => $$"""{"url":{{Quoted(url)}}}""";

    private static string Webhook(string url) => $$"""{"url":{{Quoted(url)}},"payload":1,"secret":"{{Secret}}"}""";

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    private static bool IsHeaderSafe(string url) => url.All(c => c is > ' ' and < '\u007f');

    private static bool IsHost(string vector, string host) =>
        EgressUrl.Parse(vector).Url is { } url && url.IdnHost == host;
}
