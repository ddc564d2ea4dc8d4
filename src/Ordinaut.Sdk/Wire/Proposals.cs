using System.Text.Json;

namespace Ordinaut.Sdk.Wire;

/// <summary>
/// A task, or an edit of one, that an agent wrote whose tasks need approval: what it would change and what it would do.
/// </summary>
public sealed record ProposalView
{
    public required Guid TaskId { get; init; }
    public required string Title { get; init; }

    /// <summary>The agent whose task it is, and with whose rights it would run.</summary>
    public required Guid OwnerId { get; init; }

    /// <summary>Who wrote it, and cannot approve it.</summary>
    public required Guid ProposedBy { get; init; }

    public required DateTimeOffset ProposedAt { get; init; }

    /// <summary>The version that goes on until it is approved; null for a new task, of which nothing runs.</summary>
    public required int? ApprovedVersion { get; init; }

    /// <summary>
    /// SHA-256, in hex, of what is proposed and what it would replace: a decision names what it has seen.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>What it would change of the approved version; of a new task, all that it says.</summary>
    public required IReadOnlyList<ProposedChange> Changes { get; init; }

    /// <summary>The schedule in words.</summary>
    public required string ScheduleDescription { get; init; }

    public required string Timezone { get; init; }

    /// <summary>The next five occurrences, if it were approved now.</summary>
    public required IReadOnlyList<PreviewOccurrence> Next { get; init; }

    /// <summary>Every tool it would use, also in its condition and in tasks that it would make.</summary>
    public required IReadOnlyList<ProposedTool> Tools { get; init; }

    /// <summary>The hosts its steps name.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>Whether a step takes an address from elsewhere, so that it could be any host.</summary>
    public required bool AnyHost { get; init; }

    /// <summary>The scopes its tools need.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Occurrences on its busiest day of the next seven; null when events decide.</summary>
    public required long? FiresPerDay { get; init; }

    /// <summary>
    /// What its tools declare for one call each, times the fires of that day; null when none declares a cost, or events
    /// decide. A step that is done for many items costs more.
    /// </summary>
    public required decimal? CostPerDay { get; init; }

    /// <summary>The most it can spend on language models in a day, in tokens; null when it asks none.</summary>
    public required long? TokensPerDay { get; init; }

    /// <summary>Which rules of the agent do not approve it by themselves, and why.</summary>
    public required IReadOnlyList<string> NotAutomatic { get; init; }
}

/// <summary>One difference.</summary>
/// <param name="Op"><c>add</c>, <c>remove</c> or <c>replace</c>.</param>
/// <param name="Path">Where, as a JSON Pointer into the task, such as <c>/payload/pipeline/0/with/url</c>.</param>
/// <param name="Before">What is there now; absent when it is added.</param>
/// <param name="After">What would be there; absent when it is removed.</param>
public sealed record ProposedChange(string Op, string Path, JsonElement? Before, JsonElement? After);

/// <summary>A tool that would be used.</summary>
/// <param name="Effect">What repeating a call does: <c>idempotent</c>, <c>keyed</c> or <c>unsafe</c>.</param>
/// <param name="Scopes">Scopes it needs besides <c>tools:use</c>.</param>
/// <param name="Cost">What one call costs, in the operator's currency; null when nobody said.</param>
public sealed record ProposedTool(string Name, string Effect, IReadOnlyList<string> Scopes, decimal? Cost);

/// <summary>A decision on a proposal.</summary>
/// <param name="Digest">What was seen. Needed to approve; the decision is refused when it differs.</param>
/// <param name="Comment">For the record, at most 200 characters.</param>
public sealed record ProposalDecision(string? Digest = null, string? Comment = null);

/// <summary>
/// A rule by which an agent's proposals approve themselves: it holds when all of it holds. Tools that change something
/// need a person in any case.
/// </summary>
/// <param name="Name">What the record says approved it; 1 to 100 characters.</param>
/// <param name="Tools">
/// The tools it may use, such as <c>text.template</c> or <c>weather.*</c>; each must be harmless to repeat, which a GET
/// by <c>http.request</c> is.
/// </param>
/// <param name="Hosts">The hosts it may name, such as <c>api.example.com</c> or <c>*.example.com</c>.</param>
/// <param name="MaxFiresPerDay">At most so many occurrences a day; tasks that wait for events have no number.</param>
public sealed record AutoApproveRule(
    string? Name,
    IReadOnlyList<string>? Tools,
    IReadOnlyList<string>? Hosts,
    int? MaxFiresPerDay
);
