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
        var results = new SuiteResults();
        string[] arguments = ["server", "--url", app.Url, "--requirements", Wire.Current, "-o", results.Folder];

        var done = await NodePackages.Run(SuiteResults.Program, arguments);

        var scenarios = results.Scenarios().Count();
        Assert.True(scenarios == Scenarios, $"{scenarios} scenarios were run:\n{done.Output}{done.Errors}");
        var exempt = Exempt.Select(one => $"{one.Scenario}: {one.Check}").Order(StringComparer.Ordinal);
        Assert.Equal(exempt, results.NotPassed());
        results.Forget();
    }

    [Fact]
    public void Each_exemption_has_its_reason() =>
        Assert.All(Exempt, exempt => Assert.EndsWith(".", exempt.Why, StringComparison.Ordinal));
}
