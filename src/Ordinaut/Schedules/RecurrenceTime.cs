using System.Globalization;

namespace Ordinaut.Schedules;

/// <summary>
/// A DATE or DATE-TIME of RFC 5545 (3.3.4, 3.3.5): <c>20270101</c>, <c>20270101T083000</c> or with Z.
/// </summary>
/// <param name="Local">Seconds of the wall clock it speaks of: UTC's when <paramref name="IsUtc"/>.</param>
/// <param name="IsUtc">Whether it ends with Z.</param>
/// <param name="IsDate">Whether it has no time of day.</param>
internal readonly record struct RecurrenceTime(long Local, bool IsUtc, bool IsDate)
{
    public static RecurrenceTime Read(string text, string pointer, string name)
    {
        var isUtc = text.EndsWith('Z') || text.EndsWith('z');
        var bare = isUtc ? text[..^1] : text;
        string[] formats = isUtc ? ["yyyyMMdd'T'HHmmss"] : ["yyyyMMdd'T'HHmmss", "yyyyMMdd"];
        var culture = CultureInfo.InvariantCulture;
        if (!DateTime.TryParseExact(bare.ToUpperInvariant(), formats, culture, DateTimeStyles.None, out var time))
        {
            throw Problem.Invalid(
                pointer,
                $"{name}: {Quoted.Of(text)} is not a time; write 20270131T083000 (local), 20270131T063000Z (UTC) or "
                    + "20270131 (a date)."
            );
        }

        return new RecurrenceTime(time.Ticks / TimeSpan.TicksPerSecond, isUtc, bare.Length == 8);
    }
}
