namespace Ordinaut;

/// <summary>The wake-ups of this process, and by name those that its neighbours hear.</summary>
internal sealed class Signals(TimeProvider clock)
{
    /// <summary>A task was made, changed or moved: the scheduler looks at its next due instant again.</summary>
    public Signal Schedule { get; } = new(clock);

    /// <summary>A run may be claimed.</summary>
    public Signal Queue { get; } = new(clock);

    /// <summary>A running run is to be canceled.</summary>
    public Signal Cancel { get; } = new(clock);

    /// <summary>An agent was changed: what is remembered of it is out of date.</summary>
    public Signal Agents { get; } = new(clock);

    /// <summary>An event was written: who listens to them looks.</summary>
    public Signal Events { get; } = new(clock);

    /// <summary>An event waits to be relayed; of this process alone, for its neighbours relay their own.</summary>
    public Signal Outbox { get; } = new(clock);

    /// <summary>
    /// An event may wait to be sent to a webhook, or a place to send from is free; of this process alone.
    /// </summary>
    public Signal Deliveries { get; } = new(clock);

    /// <summary>The tools from outside have changed, or a server of theirs was looked at.</summary>
    public Signal Tools { get; } = new(clock);

    /// <summary>A key that signs tokens was made.</summary>
    public Signal Keys { get; } = new(clock);

    public IReadOnlyDictionary<string, Signal> ByName =>
        new Dictionary<string, Signal>
        {
            ["schedule"] = Schedule,
            ["queue"] = Queue,
            ["cancel"] = Cancel,
            ["agents"] = Agents,
            ["events"] = Events,
            ["tools"] = Tools,
            ["keys"] = Keys,
        };
}
