using System.Text.Json;

namespace Ordinaut.Sdk.Wire;

/// <summary>A fact to publish.</summary>
/// <param name="Topic">Words of letters, digits, <c>-</c> and <c>_</c> joined by dots, at most 200 characters.</param>
/// <param name="Payload">Any JSON of at most 256 KiB.</param>
/// <param name="SourceAgentId">The publisher. Comes from the token; if given, it must match.</param>
public sealed record PublishEvent(string? Topic, JsonElement? Payload = null, Guid? SourceAgentId = null);

/// <summary>What publishing did.</summary>
/// <param name="TriggeredTasks">The tasks that got an occurrence from this event.</param>
public sealed record PublishedEvent(Guid EventId, string Topic, IReadOnlyList<Guid> TriggeredTasks);

/// <summary>A published fact.</summary>
public sealed record EventView
{
    public required Guid Id { get; init; }
    public required string Topic { get; init; }
    public required JsonElement Payload { get; init; }

    /// <summary><c>agent</c> when published by one, <c>ordinaut</c> for the server's own lifecycle events.</summary>
    public required string Source { get; init; }

    public required Guid SourceAgentId { get; init; }

    /// <summary>How many events led to this one, 0 to 8.</summary>
    public required int Depth { get; init; }

    public required int TriggeredTasks { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A topic and how much was published on it.</summary>
public sealed record TopicView(string Topic, long Count, DateTimeOffset LastAt);
