namespace Ordinaut.Schedules;

/// <summary>A recurrence set in words.</summary>
internal static class RecurrenceDescription
{
    /// <summary>EXRULE is understood, for calendars that have it, and nobody should begin with it.</summary>
    public const string ExRule = "EXRULE is deprecated since RFC 5545; use EXDATE, or the task's exclude";

    /// <param name="text">The set as it was read.</param>
    /// <param name="start">DTSTART on the rule's clock: it fills in what the rule leaves out.</param>
    public static string Of(RecurrenceText text, long start)
    {
        var parts = text.Rules.Select(rule => RuleWording.Of(rule, start)).ToList();
        if (text.Extra.Count > 0)
        {
            parts.Add(text.Extra.Count == 1 ? "on one date of its own" : $"on {text.Extra.Count} dates of their own");
        }

        var sentence = string.Join("; and ", parts);
        sentence += text.Start is null ? "" : $", from {Wording.Date(start)}";
        sentence += text.Except.Count switch
        {
            0 => "",
            1 => ", except one date",
            var count => $", except {count} dates",
        };
        var exceptRules = string.Join(" and ", text.ExceptRules.Select(rule => rule.Text));
        return exceptRules.Length == 0 ? sentence : $"{sentence}, except by the rule {exceptRules} ({ExRule})";
    }
}
