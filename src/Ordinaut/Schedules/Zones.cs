using System.Collections.Concurrent;
using System.Collections.Frozen;
using NodaTime.TimeZones;

namespace Ordinaut.Schedules;

/// <summary>
/// Time zones by name, from the data inside NodaTime: the same on every machine, whatever the operating system
/// has installed.
/// </summary>
internal static class Zones
{
    public const string Pointer = "/timezone";

    /// <summary>The longest zone id has 32 characters.</summary>
    public const int MaxIdLength = 64;

    private const int MaxSuggestions = 3;

    private static readonly TzdbDateTimeZoneSource Source = TzdbDateTimeZoneSource.Default;

    private static readonly FrozenDictionary<string, string> Spelling = Source
        .GetIds()
        .ToFrozenDictionary(id => id, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> Windows =
        Source.WindowsMapping.PrimaryMapping.ToFrozenDictionary(
            pair => pair.Key,
            pair => pair.Value,
            StringComparer.OrdinalIgnoreCase
        );

    private static readonly ConcurrentDictionary<string, ZoneClock> Clocks = new();

    /// <summary>The release of the zone data, such as 2026f.</summary>
    public static string TzdbVersion => Source.TzdbVersion;

    public static ZoneClock Utc { get; } = Clock("UTC");

    /// <summary>
    /// The canonical spelling of an IANA id given in any letter case. An alias stays itself (Europe/Kiev), because
    /// it is what the user wrote; a Windows id becomes its IANA id.
    /// </summary>
    public static string Resolve(string id, string pointer = Pointer)
    {
        var trimmed = id.Trim();
        if (Spelling.TryGetValue(trimmed, out var canonical))
        {
            return canonical;
        }

        return Windows.TryGetValue(trimmed, out var mapped) ? mapped : throw Unknown(trimmed, pointer);
    }

    public static ZoneClock Clock(string id, string pointer = Pointer) =>
        Clocks.GetOrAdd(Resolve(id, pointer), known => new ZoneClock(Source.ForId(known)));

    private static Problem Unknown(string id, string pointer)
    {
        var near = id.Length is 0 or > MaxIdLength ? [] : Near(id);
        var hint =
            near.Length == 0
                ? "use an IANA id such as Europe/Chisinau or UTC"
                : $"did you mean {string.Join(", ", near)}";
        return Problem.Invalid(
            pointer,
            $"There is no time zone {Quoted.Of(id)}; {hint}{(near.Length == 0 ? "." : "?")}"
        );
    }

    /// <summary>Ids that hold the text, or whose city or whole is a few letters away from it.</summary>
    private static string[] Near(string id)
    {
        var wanted = id.Replace(' ', '_').ToLowerInvariant();
        var ranked =
            from known in Spelling.Values
            let lower = known.ToLowerInvariant()
            let city = lower[(lower.LastIndexOf('/') + 1)..]
            let distance = lower.Contains(wanted, StringComparison.Ordinal)
                ? 0
                : Math.Min(Distance(wanted, lower), Distance(wanted[(wanted.LastIndexOf('/') + 1)..], city))
            where distance <= Math.Max(1, wanted.Length / 4)
            orderby distance, known.Length, known
            select known;
        return [.. ranked.Take(MaxSuggestions)];
    }

    /// <summary>How many letters to add, drop or change to make one word of the other.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
