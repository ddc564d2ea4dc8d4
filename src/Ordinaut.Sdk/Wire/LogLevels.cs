namespace Ordinaut.Sdk.Wire;

/// <summary>How much the nodes log.</summary>
/// <param name="Configured">The level that the settings of the node that answers say.</param>
/// <param name="Wanted">Where it is another for a while.</param>
public sealed record LogLevelsView(string Configured, IReadOnlyList<LogLevelView> Wanted);

/// <summary>A level that holds for a while.</summary>
/// <param name="Part">The part of the program, or <c>all</c>; a part's own level goes before that of all.</param>
/// <param name="Level"><c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Until">Then what the settings say counts again.</param>
public sealed record LogLevelView(string Part, string Level, DateTimeOffset Until);

/// <summary>Another level for a while.</summary>
/// <param name="Level">
/// <c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>; <c>configured</c> takes back what was asked for.
/// </param>
/// <param name="Part">The part of the program, such as <c>Runs</c>; absent: <c>all</c>.</param>
/// <param name="Minutes">1 to 1440; absent: 60.</param>
public sealed record LogLevelInput(string? Level, string? Part = null, int? Minutes = null);
