using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Ordinaut.Agents;
using Ordinaut.Http;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Web;

/// <summary>What the scripts take the API for, in the tables of <c>api.js</c>, beside what the API is.</summary>
public sealed partial class CallTests
{
    private static string Api => Scripts.Read("api.js");

    [Fact]
    public async Task Every_operation_is_one_of_the_API_by_name_method_and_path()
    {
        await using var app = await OrdinautApp.Start();
        var document = await Document(app);

        var wrong = Operations().Where(call => Find(document, call) != call.Name).Select(call => call.ToString());

        Assert.True(Operations().Count > 30);
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task An_operation_names_the_scopes_that_its_endpoint_needs()
    {
        await using var app = await OrdinautApp.Start();
        var rules = app.Get<EndpointDataSource>()
            .Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<EndpointNameMetadata>() is not null)
            .ToDictionary(
                endpoint => endpoint.Metadata.GetMetadata<EndpointNameMetadata>()!.EndpointName,
                endpoint => endpoint.Metadata.GetMetadata<EndpointRule>()!
            );

        Assert.All(Operations(), call => Assert.Equal((call.Name, Scope(rules[call.Name])), (call.Name, call.Scopes)));
    }

    [Fact]
    public async Task Keys_are_sent_to_just_those_operations_that_keep_one()
    {
        await using var app = await OrdinautApp.Start();
        var document = await Document(app);

        var keyed = Operations()
            .Where(call =>
                document
                    .GetProperty("paths")
                    .GetProperty(call.Path)
                    .GetProperty(call.Method.ToLowerInvariant())
                    .GetRawText()
                    .Contains("\"Idempotency-Key\"", StringComparison.Ordinal)
            )
            .Select(call => call.Name);

        Assert.Equal(keyed.Order(), Quoted(Api, "once").Order());
    }

    [Fact]
    public async Task Filters_offer_the_words_that_the_API_takes()
    {
        await using var app = await OrdinautApp.Start();
        var document = await Document(app);
        var paths = Operations().ToDictionary(call => call.Name, call => call.Path);
        var offered = Choices().Matches(Body(Api, "words")).ToList();
        Assert.NotEmpty(offered);

        foreach (var choice in offered)
        {
            var taken = document
                .GetProperty("paths")
                .GetProperty(paths[choice.Groups["operation"].Value])
                .GetProperty("get")
                .GetProperty("parameters")
                .EnumerateArray()
                .Single(parameter => parameter.GetProperty("name").GetString() == choice.Groups["parameter"].Value)
                .GetProperty("schema")
                .GetProperty("enum")
                .EnumerateArray()
                .Select(word => word.GetString()!);
            Assert.Equal(taken, Words(choice.Groups["words"].Value));
        }
    }

    [Fact]
    public void The_form_knows_every_member_that_a_client_can_write()
    {
        var members = typeof(TaskInput)
            .GetProperties()
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

        var known = Quoted(Api, "taskFields").Concat(Quoted(Api, "taskSettings"));

        Assert.Equal(members.Order(), known.Order());
    }

    [Fact]
    public void No_script_but_the_table_calls_and_each_call_is_in_it()
    {
        var names = Operations().Select(call => call.Name).ToHashSet();
        foreach (var (name, text) in Scripts.All.Where(script => script.Name.EndsWith(".js")))
        {
            Assert.True(name == "api.js" || !Fetch().IsMatch(text), $"{name} calls fetch itself");
            Assert.All(Called().Matches(text), match => Assert.Contains(match.Groups["name"].Value, names));
        }
    }

    [Fact]
    public void No_row_of_the_table_is_left_over()
    {
        var others = string.Concat(Scripts.All.Where(script => script.Name != "api.js").Select(script => script.Text));

        Assert.All(Operations(), call => Assert.Contains($"'{call.Name}'", others, StringComparison.Ordinal));
    }

    private static async Task<JsonElement> Document(OrdinautApp app) =>
        Json.Parse(await OrdinautApp.Expect(await app.Http.GetAsync(new Uri("/openapi.json", UriKind.Relative)), 200));

    /// <summary>The operation that the document has at the call's method and path; null when none.</summary>
    private static string? Find(JsonElement document, Operation call) =>
        document.GetProperty("paths").TryGetProperty(call.Path, out var path)
        && path.TryGetProperty(call.Method.ToLowerInvariant(), out var operation)
            ? operation.GetProperty("operationId").GetString()
            : null;

    private static string Scope(EndpointRule rule) => rule.AnyToken ? "*" : rule.Scope?.Text() ?? "";

    private static List<Operation> Operations() =>
        [
            .. Rows()
                .Matches(Body(Api, "operations"))
                .Select(row => row.Groups)
                .Select(groups => new Operation(
                    groups["name"].Value,
                    groups["method"].Value,
                    groups["path"].Value,
                    groups["scopes"].Value
                )),
        ];

    /// <summary>The text of one table, from its name to the line that ends it.</summary>
    private static string Body(string text, string table)
    {
        var start = text.IndexOf($"export const {table} =", StringComparison.Ordinal);
        return text[start..text.IndexOf("];", start, StringComparison.Ordinal)].Split("\n};")[0];
    }

    private static IEnumerable<string> Quoted(string text, string table) => Words(Body(text, table));

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(word => word.Groups[1].Value);

    private sealed record Operation(string Name, string Method, string Path, string Scopes);

    [GeneratedRegex(@"(?<name>\w+): \['(?<method>[A-Z]+)', '(?<path>[^']+)'(, '(?<scopes>[^']+)')?\]")]
    private static partial Regex Rows();

    [GeneratedRegex(@"'(?<operation>\w+)\.(?<parameter>\w+)': \[(?<words>[^\]]+)\]")]
    private static partial Regex Choices();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Word();

    [GeneratedRegex(@"(\b(call|open|follow|can|missing)\(|\b(panel|list)\(page, (null|'[^']+'), )'(?<name>\w+)'")]
    private static partial Regex Called();

    [GeneratedRegex(@"\b(fetch|XMLHttpRequest|EventSource|WebSocket|sendBeacon)\b *\(")]
    private static partial Regex Fetch();
}
