using Ordinaut.Tests.JavaScript;

namespace Ordinaut.Tests.Mcp.Suite;

/// <summary>
/// The protocol's own conformance suite, against the real program with the suite's fixtures: all that the revision
/// requires of a server, and what the suite runs beside that without requiring it. It gives some answers less than a
/// second, and so runs alone.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ConformanceSuite
{
    private const string Program = "@modelcontextprotocol/conformance/dist/index.js";

    /// <summary>How many scenarios there are; the suite has frozen the list for this revision.</summary>
    private const int Scenarios = 50;

    private const string NoQuestions =
        "A run asks nothing of the client that started it: people decide where they are, whoever is connected.";

    private const string NoChanges =
        "Prompts never change, and tools with the token's scopes alone: the server says that it announces no changes.";

    /// <summary>What does not hold here or is not tried, and why not. None of it is required.</summary>
    private static readonly (string Scenario, string Check, string Why)[] Exempt =
    [
        (
            "tasks-lifecycle",
            "sep-2663-tool-error-uses-completed-status",
            "The tool starts a run and tells how it ended; that it failed is its answer, and no error of the tool."
        ),
        (
            "tasks-lifecycle",
            "sep-2663-tasks-get-status-failed",
            "No run ends with an error of the protocol: whatever happens to it is in the run."
        ),
        ("tasks-mrtr-input", "sep-2663-tasks-get-status-input-required", NoQuestions),
        ("tasks-mrtr-input", "tasks-mrtr-tasks-update-resumes", NoQuestions),
        ("tasks-mrtr-input", "tasks-mrtr-partial-fulfillment", NoQuestions),
        ("tasks-dispatch-and-envelope", "tasks-result-type-complete-on-non-task-responses", NoQuestions),
        ("server-stateless", "sep-2575-server-sends-prompts-list-changed-on-subscription", NoChanges),
        ("server-stateless", "sep-2575-server-sends-tools-list-changed-on-subscription", NoChanges),
        ("tasks-status-notifications", "tasks-status-notifications", "The suite skips it itself."),
    ];

    [Fact]
    public async Task The_server_does_what_the_revision_requires()
    {
        await using var app = await SuiteApp.Start();
        var results = Directory.CreateTempSubdirectory("ordinaut-conformance-");
        string[] arguments = ["server", "--url", app.Url, "--requirements", Wire.Current, "-o", results.FullName];

        var done = await NodePackages.Run(Program, arguments);

        var checks = results.GetDirectories().Select(folder => (folder.Name, Checks: ChecksIn(folder))).ToList();
        Assert.True(checks.Count == Scenarios, $"{checks.Count} scenarios were run:\n{done.Output}{done.Errors}");
        var failed = checks
            .SelectMany(scenario => scenario.Checks.Select(check => $"{NameOf(scenario.Name)}: {check}"))
            .Distinct()
            .Order(StringComparer.Ordinal);
        Assert.Equal(Exempt.Select(one => $"{one.Scenario}: {one.Check}").Order(StringComparer.Ordinal), failed);
        results.Delete(recursive: true);
    }

    [Fact]
    public void Each_exemption_has_its_reason() =>
        Assert.All(Exempt, exempt => Assert.EndsWith(".", exempt.Why, StringComparison.Ordinal));

    /// <summary>The checks that did not succeed.</summary>
    private static IEnumerable<string> ChecksIn(DirectoryInfo scenario) =>
        Json.Parse(File.ReadAllText(Path.Combine(scenario.FullName, "checks.json")))
            .EnumerateArray()
            .Where(check => check.GetProperty("status").GetString() is not ("SUCCESS" or "INFO"))
            .Select(check => check.GetProperty("id").GetString()!);

    /// <summary>Of a folder such as server-tools-list-2026-11-23T13-10-28-107Z.</summary>
    private static string NameOf(string folder) => folder["server-".Length..^"-2026-11-23T13-10-28-107Z".Length];
}
