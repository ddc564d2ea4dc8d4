using System.Text.Json;

namespace Ordinaut.Sdk.Wire;

/// <summary>A run's question whether it may go on.</summary>
public sealed record ApprovalView
{
    public required Guid Id { get; init; }
    public required Guid RunId { get; init; }
    public required Guid TaskId { get; init; }

    /// <summary>The step that waits.</summary>
    public required string Step { get; init; }

    /// <summary>The agent whose task asks; it cannot decide itself.</summary>
    public required Guid RequestedBy { get; init; }

    public required string Title { get; init; }
    public required string? Message { get; init; }

    /// <summary>What is to be done if it is approved, as the task rendered it.</summary>
    public required JsonElement? Action { get; init; }

    /// <summary>SHA-256 of title, message and action, in hex: a decision can name what it has seen.</summary>
    public required string Digest { get; init; }

    /// <summary>pending, approved, rejected, expired or canceled.</summary>
    public required string State { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
    public required Guid? DecidedBy { get; init; }
    public required DateTimeOffset? DecidedAt { get; init; }
    public required string? Comment { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A decision on an approval.</summary>
/// <param name="Comment">For the record and the run, up to 2,000 characters.</param>
/// <param name="Digest">What was seen; when it is given and differs, the decision is refused.</param>
public sealed record Decision(string? Comment = null, string? Digest = null);

/// <summary>A signal was taken.</summary>
public sealed record SignalReceipt(bool Accepted);
