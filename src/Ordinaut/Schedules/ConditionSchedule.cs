using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.Schedules;

/// <summary>
/// A check on a cadence: <c>{"every":"PT5M","check":{"uses":"…","with":{}},"when":"…","fire":"edge"}</c>. This class
/// knows when to check; what the check and the condition mean is for those who run them.
/// </summary>
internal sealed class ConditionSchedule : Schedule
{
    public const int MinEverySeconds = 1;

    /// <summary>A year of 366 days.</summary>
    public const long MaxEverySeconds = 366L * Seconds.PerDay;

    private const int MaxShownCondition = 200;

    private readonly Schedule? _cron;
    private readonly long _start;
    private readonly long _every;

    private ConditionSchedule(JsonElement root, ZoneClock clock, DateTimeOffset anchor)
        : base(clock)
    {
        var every = Text(root, "every", "a duration such as PT5M, or a cron expression");
        if (Iso8601.TryReadDuration(every, out _every))
        {
            _start = Seconds.Of(anchor);
            Require(
                _every is >= MinEverySeconds and <= MaxEverySeconds,
                $"every: {Quoted.Of(every)} must be from PT1S to P366D."
            );
        }
        else
        {
            // A text that begins with P can only be meant as a duration: say so, not that it is no cron expression.
            Require(
                !every.StartsWith('P'),
                $"every: {Quoted.Of(every)} is not a duration; write whole weeks, days, hours, minutes and "
                    + "seconds, such as P1D, PT5M or PT1H30M."
            );
            _cron = CronSchedule.Parse(every, clock);
        }

        When = Text(root, "when", "a JMESPath expression over the check's result");
        Check = CheckOf(root);
        Level = FireOf(root) == "level";
    }

    /// <summary>The tool to call: <c>uses</c>, and <c>with</c> if given.</summary>
    public JsonElement Check { get; }

    /// <summary>A JMESPath expression over the tool's result, as text.</summary>
    public string When { get; }

    /// <summary>Whether the task fires at every check that is true; else when it becomes true.</summary>
    public bool Level { get; }

    public override string Description
    {
        get
        {
            var shown = When.Length > MaxShownCondition ? $"{When[..MaxShownCondition]}…" : When;
            return $"when {shown} (checked {_cron?.Description ?? Wording.Every(_every)})";
        }
    }

    public static ConditionSchedule Parse(string expression, ZoneClock clock, DateTimeOffset anchor)
    {
        try
        {
            using var document = JsonDocument.Parse(
                expression,
                new JsonDocumentOptions { AllowDuplicateProperties = false }
            );
            var root = document.RootElement;
            var isText = JsonUnicode.FirstFault(JsonMarshal.GetRawUtf8Value(root)) is null;
            Require(isText, "A condition holds text that is not Unicode: half of a surrogate pair.");
            Require(root.ValueKind == JsonValueKind.Object, "A condition is a JSON object with every, check and when.");
            Known(root, "condition", "every", "check", "when", "fire");
            return new ConditionSchedule(root, clock, anchor);
        }
        catch (JsonException wrong)
        {
            throw Problem.Invalid(
                Pointer,
                $"A condition is JSON with every, check and when; this is not JSON: {wrong.Message}"
            );
        }
    }

    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        if (_cron is not null)
        {
            return _cron.Next(after);
        }

        var from = Seconds.Of(after);
        return Seconds.ToInstantOrNull(from < _start ? _start : _start + ((from - _start) / _every + 1) * _every);
    }

    public override long Count(DateTimeOffset after, DateTimeOffset through)
    {
        if (_cron is not null)
        {
            return _cron.Count(after, through);
        }

        return Math.Max(0, CountThrough(Seconds.Of(through)) - CountThrough(Seconds.Of(after)));
    }

    internal override string? NoteOn(DateTimeOffset occurrence) =>
        _cron is null ? base.NoteOn(occurrence) : _cron.NoteOn(occurrence);

    private long CountThrough(long instant) => instant < _start ? 0 : (instant - _start) / _every + 1;

    private static JsonElement CheckOf(JsonElement root)
    {
        var found = root.TryGetProperty("check", out var check) && check.ValueKind == JsonValueKind.Object;
        Require(found, "check: say which tool to call, as {\"uses\":\"http.request\",\"with\":{…}}.");
        Known(check, "check", "uses", "with");
        Text(check, "uses", "the name of a tool");
        var hasWith = check.TryGetProperty("with", out var with);
        Require(!hasWith || with.ValueKind == JsonValueKind.Object, "with: the tool's input must be an object.");
        return check.Clone();
    }

    private static string FireOf(JsonElement root)
    {
        if (!root.TryGetProperty("fire", out var fire))
        {
            return "edge";
        }

        var text = fire.ValueKind == JsonValueKind.String ? fire.GetString() : null;
        Require(
            text is "edge" or "level",
            "fire: say \"edge\" (when it becomes true) or \"level\" (whenever it is true)."
        );
        return text!;
    }

    private static string Text(JsonElement parent, string name, string meaning)
    {
        var found = parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;
        Require(found && !string.IsNullOrWhiteSpace(value.GetString()), $"{name}: say {meaning}.");
        return value.GetString()!.Trim();
    }

    private static void Known(JsonElement parent, string noun, params ReadOnlySpan<string> names)
    {
        foreach (var member in parent.EnumerateObject())
        {
            Require(
                names.Contains(member.Name),
                $"{Quoted.Of(member.Name)} is not a member of a {noun}; there are {string.Join(", ", names)}."
            );
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw Problem.Invalid(Pointer, message);
        }
    }
}
