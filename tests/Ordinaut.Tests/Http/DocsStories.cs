using System.Text.RegularExpressions;

namespace Ordinaut.Tests.Http;

public sealed class DocsStories
{
    [Fact]
    public async Task The_document_describes_every_operation_with_its_failures()
    {
        await using var app = await OrdinautApp.Start();

        var text = await OrdinautApp.Expect(await app.Http.GetAsync(new Uri("/openapi.json", UriKind.Relative)), 200);

        var root = Json.Parse(text);
        Assert.StartsWith("3.1", root.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var operations = root.GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value)
            .ToList();
        Assert.True(operations.Count > 45, $"{operations.Count} operations");
        Assert.All(
            operations,
            operation => Assert.True(operation.GetProperty("responses").TryGetProperty("400", out _))
        );
        var names = operations.Select(operation => operation.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public async Task The_document_offers_an_idempotency_key_just_where_one_is_kept()
    {
        await using var app = await OrdinautApp.Start();

        var text = await OrdinautApp.Expect(await app.Http.GetAsync(new Uri("/openapi.json", UriKind.Relative)), 200);

        var keyed = Json.Parse(text)
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => operation.Value))
            .Where(operation => operation.GetRawText().Contains("\"Idempotency-Key\"", StringComparison.Ordinal))
            .Select(operation => operation.GetProperty("operationId").GetString());
        string[] expected =
        [
            "acknowledgeAlert",
            "approveApproval",
            "approveTask",
            "backfillTask",
            "cancelRun",
            "cancelTask",
            "changeTasks",
            "createAgent",
            "createHttpTool",
            "createTask",
            "createToolServer",
            "pauseTask",
            "publishEvent",
            "redriveRuns",
            "registerOAuthClient",
            "rejectApproval",
            "rejectTask",
            "rerunRun",
            "resumeTask",
            "retryRun",
            "runTask",
            "snoozeTask",
            "startAgent",
            "stopAgent",
            "testAlert",
        ];
        Assert.Equal(expected, keyed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/docs/")]
    public async Task The_page_asks_nobody_else_for_anything(string path)
    {
        await using var app = await OrdinautApp.Start();
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        browser.BaseAddress = app.Http.BaseAddress;

        var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));

        var page = await OrdinautApp.Expect(answer, 200);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("connect-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        foreach (Match script in Regex.Matches(page, "src=\"([^\"]+)\""))
        {
            var file = await browser.GetAsync(new Uri("/docs/" + script.Groups[1].Value, UriKind.Relative));
            await OrdinautApp.Expect(file, 200);
        }
    }
}
