using System.Text.Json;
using Ordinaut.Pipelines;

namespace Ordinaut.Tasks;

/// <summary>A checked task without its place in time.</summary>
/// <param name="Payload">The pipeline as JSON text, as the client wrote it.</param>
internal sealed record TaskDraft(Guid OwnerId, TaskSettings Settings, string Payload)
{
    /// <summary>Whether the client asked for a past instant to be run at once.</summary>
    public bool RunsLate { get; init; }

    /// <summary>Whether a new task waits until it is resumed.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The most that its runs may, as JSON text; known when it is written.</summary>
    public string Granted { get; init; } = "";

    /// <summary>The secrets it names; whether there are such, the database knows.</summary>
    public IReadOnlyList<SecretReading> Secrets { get; init; } = [];

    public JsonElement PayloadJson => Json.Parse(Payload);

    /// <summary>SHA-256 of what is written, in hex.</summary>
    public string Digest => Sha256.Hex($"{Json.Write(Settings)}\n{Payload}");
}

/// <summary>Which runs led to a task.</summary>
/// <param name="Parent">The task whose run made it; null when no run did.</param>
/// <param name="Root">The first task of the line.</param>
/// <param name="Depth">How many runs led to one another: those of the task go on from there.</param>
internal sealed record Lineage(Guid? Parent, Guid? Root, int Depth);

/// <summary>What the server fills in where a client says nothing.</summary>
internal sealed record TaskDefaults(string Timezone, Func<DateTimeOffset> Now);
