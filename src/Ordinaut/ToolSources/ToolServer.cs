using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>An MCP server as registered, with the defaults of what was left out.</summary>
internal sealed record ToolServer(string Name, ToolServerInput Settings)
{
    public const int DefaultTimeoutSeconds = 60;
    public const int MaxTimeoutSeconds = 3_600;
    public const int DefaultConcurrency = 8;
    public const int MaxConcurrency = 256;

    /// <summary>The agent that registered it; null: the catalogue file did.</summary>
    public Guid? OwnerId { get; init; }

    /// <summary>For whom its secrets are read.</summary>
    public SecretHolder Holder => new(OwnerId, $"{Name}.*", EgressUrl.HostOf(Settings.Url));

    public TimeSpan Timeout => TimeSpan.FromSeconds(Settings.TimeoutSeconds ?? DefaultTimeoutSeconds);

    public int Concurrency => Settings.Concurrency ?? DefaultConcurrency;

    /// <summary>
    /// What the operator says a repetition does. The server's own annotations are words of a stranger: one that calls
    /// its payments harmless would have them repeated.
    /// </summary>
    public Effect EffectOf(string tool) =>
        Word<Effect>.TryParse(Settings.Effects?.GetValueOrDefault(tool) ?? Settings.Effect, out var effect)
            ? effect
            : Effect.Keyed;
}
