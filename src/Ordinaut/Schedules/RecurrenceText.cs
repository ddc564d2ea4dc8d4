namespace Ordinaut.Schedules;

/// <summary>
/// A time as a line of a recurrence set names it, with the zone that the line says; null is the rule's.
/// </summary>
internal sealed record ZonedTime(RecurrenceTime Time, ZoneClock? Zone)
{
    /// <summary>The instant, read in the given zone unless the time names another.</summary>
    public long InstantIn(ZoneClock clock) => Time.IsUtc ? Time.Local : (Zone ?? clock).ToInstant(Time.Local);
}

/// <summary>
/// The lines of a recurrence set (RFC 5545 3.8.5): DTSTART, RRULE, RDATE, EXDATE, and EXRULE of RFC 2445. Lines end
/// with a line feed or with the two characters <c>\n</c>; a line that begins with a blank continues the one before.
/// </summary>
internal sealed class RecurrenceText
{
    public const int MaxRules = 20;

    public const int MaxDates = 1000;

    private readonly string _pointer;

    public RecurrenceText(string text, string pointer)
    {
        _pointer = pointer;
        foreach (var line in Unfold(text))
        {
            ReadLine(line);
        }

        if (Rules.Count + Extra.Count == 0)
        {
            throw Refuse("There is no rule; write RRULE:FREQ=..., or only FREQ=DAILY;BYHOUR=8 and so on.");
        }

        if (Rules.Count + ExceptRules.Count > MaxRules)
        {
            throw Refuse($"There are {Rules.Count + ExceptRules.Count} rules; at most {MaxRules} are allowed.");
        }
    }

    public ZonedTime? Start { get; private set; }

    public List<RecurrenceRule> Rules { get; } = [];

    public List<RecurrenceRule> ExceptRules { get; } = [];

    public List<ZonedTime> Extra { get; } = [];

    public List<ZonedTime> Except { get; } = [];

    private static List<string> Unfold(string text)
    {
        var lines = new List<string>();
        var unescaped = text.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        foreach (var line in unescaped.Split('\n'))
        {
            if (lines.Count > 0 && line.Length > 0 && line[0] is ' ' or '\t')
            {
                lines[^1] += line[1..];
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Add(line.Trim());
            }
        }

        return lines;
    }

    private void ReadLine(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            Rules.Add(new RecurrenceRuleReader(_pointer).Read(line));
            return;
        }

        var head = line[..colon].Split(';');
        var value = line[(colon + 1)..];
        var zone = ZoneOf(head);
        switch (head[0].Trim().ToUpperInvariant())
        {
            case "RRULE":
                Rules.Add(new RecurrenceRuleReader(_pointer).Read(value));
                break;
            case "EXRULE":
                ExceptRules.Add(new RecurrenceRuleReader(_pointer).Read(value));
                break;
            case "RDATE":
                AddDates(Extra, value, zone, "RDATE");
                break;
            case "EXDATE":
                AddDates(Except, value, zone, "EXDATE");
                break;
            case "DTSTART" when Start is null:
                Start = new ZonedTime(RecurrenceTime.Read(value.Trim(), _pointer, "DTSTART"), zone);
                break;
            case "DTSTART":
                throw Refuse("DTSTART stands twice; say it once.");
            default:
                throw Refuse($"{Quoted.Of(head[0])} is not a line of a rule: DTSTART, RRULE, RDATE and EXDATE are.");
        }
    }

    private ZoneClock? ZoneOf(string[] head)
    {
        ZoneClock? zone = null;
        foreach (var parameter in head.Skip(1))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            var name = (equals < 0 ? parameter : parameter[..equals]).Trim().ToUpperInvariant();
            var value = equals < 0 ? "" : parameter[(equals + 1)..].Trim().Trim('"');
            zone = name switch
            {
                "TZID" => Zones.Clock(value, _pointer),
                "VALUE" when !value.Equals("PERIOD", StringComparison.OrdinalIgnoreCase) => zone,
                _ => throw Refuse($"The parameter {Quoted.Of(parameter)} is not supported; TZID and VALUE=DATE are."),
            };
        }

        return zone;
    }

    private void AddDates(List<ZonedTime> dates, string value, ZoneClock? zone, string name)
    {
        foreach (var item in value.Split(','))
        {
            dates.Add(new ZonedTime(RecurrenceTime.Read(item.Trim(), _pointer, name), zone));
        }

        if (Extra.Count + Except.Count > MaxDates)
        {
            throw Refuse($"There are more than {MaxDates} dates in RDATE and EXDATE together.");
        }
    }

    private Problem Refuse(string message) => Problem.Invalid(_pointer, message);
}
