using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Nodes;

/// <summary>
/// Changes how much the nodes log, for a while: the node that is asked at once, the others at their next beat.
/// </summary>
internal sealed class LogLevelOperations(Db db, Changes changes, AuditLog audit, LogLevels levels)
{
    /// <summary>How long a level holds when nobody says; an hour.</summary>
    public const int DefaultMinutes = 60;

    /// <summary>The longest that it holds; a day. Nobody has to remember to take it back.</summary>
    public const int MaxMinutes = 24 * 60;

    private const string AsConfigured = "configured";

    private static readonly Dictionary<string, LogLevel> Words = new()
    {
        ["debug"] = LogLevel.Debug,
        ["information"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
    };

    public async Task<LogLevelsView> Show(Caller caller)
    {
        caller.Require(Scope.Admin);
        return View(await db.Read(LogLevelStore.All));
    }

    public async Task<LogLevelsView> Set(Caller caller, LogLevelInput input)
    {
        caller.Require(Scope.Admin);
        var part = PartOf(input);
        var minutes = input.Minutes ?? DefaultMinutes;
        if (minutes is < 1 or > MaxMinutes)
        {
            throw Problem.Invalid("/minutes", $"minutes must be 1 to {MaxMinutes} (a day); it is {minutes}.");
        }

        var level = LevelOf(input);
        var wanted = await changes.Make(
            caller,
            async session =>
            {
                await LogLevelStore.Remove(session, part);
                if (level is { } given)
                {
                    var until = session.Now + TimeSpan.FromMinutes(minutes);
                    await LogLevelStore.Set(session, new WantedLevel(part, given, until));
                }

                await audit.Append(session, caller, new AuditEntry("log_level.set", "log_level", part, caller.AgentId));
                return View(await LogLevelStore.All(session));
            }
        );
        levels.Take(await db.Read(LogLevelStore.All));
        return wanted;
    }

    private static string PartOf(LogLevelInput input)
    {
        var part = input.Part ?? WantedLevel.Everything;
        if (part == WantedLevel.Everything || LogLevels.Parts.Contains(part))
        {
            return part;
        }

        var known = string.Join(", ", LogLevels.Parts);
        throw Problem.Invalid("/part", $"part {Quoted.Of(part)} logs nothing; use {known}, or all.");
    }

    private static LogLevel? LevelOf(LogLevelInput input) =>
        input.Level switch
        {
            AsConfigured => null,
            { } word when Words.TryGetValue(word, out var level) => level,
            _ => throw Problem.Invalid(
                "/level",
                $"level must be {string.Join(", ", Words.Keys)}, or {AsConfigured} to take back what was asked for."
            ),
        };

    private LogLevelsView View(List<WantedLevel> wanted) =>
        new(
            levels.Configured.ToString().ToLowerInvariant(),
            wanted.ConvertAll(each => new LogLevelView(each.Part, each.Level.ToString().ToLowerInvariant(), each.Until))
        );
}
