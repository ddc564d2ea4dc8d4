namespace Ordinaut.Tools;

/// <summary>How far a call is that goes on: what a tool says of itself, on which nothing depends.</summary>
internal sealed record ToolProgress
{
    /// <summary>Of the answer so far; null where the answer does not come in pieces.</summary>
    public long? Characters { get; init; }

    /// <summary>Grows with each word of it, in whatever unit; null where the tool does not count.</summary>
    public double? Progress { get; init; }

    /// <summary>What <see cref="Progress"/> will come to; null when nobody knows.</summary>
    public double? Total { get; init; }

    /// <summary>One line for people, by a stranger; null for none.</summary>
    public string? Message { get; init; }
}
