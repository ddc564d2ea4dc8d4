using System.Collections.Frozen;

namespace Ordinaut.Nodes;

/// <summary>
/// How much of the log this process writes: what its settings say, but where an operator has asked for something else
/// for a while. What libraries log is never written below warning, whoever asks: at information the web server tells
/// whole URLs.
/// </summary>
/// <param name="configured">The least severe line that is written when nobody asked for anything.</param>
internal sealed class LogLevels(LogLevel configured, TimeProvider clock)
{
    private const string Ours = "Ordinaut.";

    /// <summary>The parts of the program that log, each by a level of its own: its folders.</summary>
    public static readonly IReadOnlyList<string> Parts =
    [
        "Agents",
        "Audit",
        "Backups",
        "Events",
        "Hosting",
        "Http",
        "Mcp",
        "Monitors",
        "Nodes",
        "Redis",
        "Runs",
        "Store",
        "Tasks",
        "Tools",
        "ToolSources",
        "Webhooks",
    ];

    private volatile FrozenDictionary<string, WantedLevel> _wanted = FrozenDictionary<string, WantedLevel>.Empty;

    /// <summary>What the settings say.</summary>
    public LogLevel Configured => configured;

    /// <summary>What operators ask for now, of all parts.</summary>
    public void Take(IReadOnlyList<WantedLevel> wanted) =>
        _wanted = wanted.ToFrozenDictionary(each => each.Part, StringComparer.Ordinal);

    /// <summary>Whether a line is written.</summary>
    public bool Lets(string? category, LogLevel level)
    {
        var isOurs = category?.StartsWith(Ours, StringComparison.Ordinal) == true;
        if (_wanted.Count == 0 || !isOurs)
        {
            return level >= configured && (isOurs || level >= LogLevel.Warning);
        }

        return level >= (Wanted(PartOf(category!)) ?? Wanted(WantedLevel.Everything) ?? configured);
    }

    private LogLevel? Wanted(string part) =>
        _wanted.TryGetValue(part, out var wanted) && clock.GetUtcNow() < wanted.Until ? wanted.Level : null;

    private static string PartOf(string category)
    {
        var name = category[Ours.Length..];
        var end = name.IndexOf('.', StringComparison.Ordinal);
        return end < 0 ? "" : name[..end];
    }
}

/// <summary>A level that an operator asked for.</summary>
/// <param name="Part">One of <see cref="LogLevels.Parts"/>, or all of them.</param>
/// <param name="Until">From then on what the settings say counts again.</param>
internal sealed record WantedLevel(string Part, LogLevel Level, DateTimeOffset Until)
{
    public const string Everything = "all";
}
