namespace Ordinaut.Hosting;

/// <summary>One setting as an operator writes it.</summary>
/// <param name="Name">snake_case; in the environment <c>ORDINAUT_</c> and upper case.</param>
/// <param name="Wanted">What is acceptable, with range and unit, to end "it must be …".</param>
/// <param name="Show">The present value as text.</param>
/// <param name="Set">The options with this value; null when the text is not acceptable.</param>
internal sealed record Setting(
    string Name,
    string Wanted,
    Func<OrdinautOptions, string> Show,
    Func<OrdinautOptions, string, OrdinautOptions?> Set
)
{
    public string Variable => Settings.Prefix + Name.ToUpperInvariant();

    /// <summary>Whether what was written may hold a password and so is never repeated.</summary>
    public bool IsSecret { get; init; }

    /// <summary>How much of it is taken; null where that is no number.</summary>
    public SettingRange? Range { get; init; }
}

/// <summary>From how much to how much a setting goes, in the unit that <see cref="Setting.Wanted"/> names.</summary>
/// <param name="Write">So much of it, as an operator would write it.</param>
internal sealed record SettingRange(int Least, int Most, Func<int, string> Write);
