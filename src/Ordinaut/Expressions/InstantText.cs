using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Ordinaut.Expressions;

/// <summary>Instants as expressions see them: ISO 8601 in UTC (<c>2027-01-01T08:30:00Z</c>), as in RFC 3339.</summary>
internal static class InstantText
{
    private const string Form = "an instant such as 2027-01-01T08:30:00Z";

    /// <summary>The text of an instant; with a fraction of a second only when there is one.</summary>
    public static string Write(Instant instant) => InstantPattern.ExtendedIso.Format(instant);

    public static Instant Read(in Json value, int position)
    {
        if (value.Kind != JsonValueKind.String)
        {
            var message = $"Clock arithmetic needs {Form}, not {Arguments.NameOf(value.Kind)}.";
            throw new ExpressionException(ExpressionErrorKind.InvalidType, message, position);
        }

        var parsed = OffsetDateTimePattern.Rfc3339.Parse(value.Text());
        return parsed.Success
            ? InRange(() => parsed.Value.ToInstant(), position)
            : throw ExpressionException.InvalidValue($"Clock arithmetic needs {Form}.", position);
    }

    public static Instant Shift(Instant instant, long seconds, int position) =>
        InRange(() => instant + Duration.FromSeconds(seconds), position);

    public static string Format(Instant instant, string pattern, string zoneId, Arguments arguments)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneId) is not { } zone)
        {
            throw arguments.InvalidValue("takes an IANA time zone such as Europe/Chisinau as its third argument.");
        }

        try
        {
            var made = ZonedDateTimePattern.CreateWithInvariantCulture(pattern, DateTimeZoneProviders.Tzdb);
            return made.Format(InRange(() => instant.InZone(zone), arguments.Position));
        }
        catch (InvalidPatternException)
        {
            throw arguments.InvalidValue("takes a NodaTime pattern such as uuuu-MM-dd HH:mm as its second argument.");
        }
    }

    private static T InRange<T>(Func<T> compute, int position)
    {
        try
        {
            return compute();
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw ExpressionException.InvalidValue("The time lies outside the years -9998 to 9999.", position);
        }
    }
}

/// <summary>Durations on the clock: <c>24h</c>, <c>1d12h</c>, <c>2w</c>; a day is 24 hours.</summary>
internal static class DurationText
{
    public const string Form = "numbers with w, d, h, m or s, largest first, such as 24h or 1d12h, up to 100 years";

    private const string Units = "wdhms";

    private static readonly long[] UnitSeconds = [604_800, 86_400, 3_600, 60, 1];

    /// <summary>Reads the longest duration at the start of a text.</summary>
    /// <returns>Seconds; null when there is no duration or it is longer than the limit.</returns>
    public static long? Read(ReadOnlySpan<char> text, out int used)
    {
        used = 0;
        var seconds = 0L;
        var lastUnit = -1;
        while (used < text.Length && char.IsAsciiDigit(text[used]))
        {
            var unitAt = used + DigitCount(text[used..]);
            var unit = unitAt < text.Length ? Units.IndexOf(text[unitAt], StringComparison.Ordinal) : -1;
            if (unit <= lastUnit || unitAt - used > 10)
            {
                return null;
            }

            seconds +=
                long.Parse(text[used..unitAt], System.Globalization.CultureInfo.InvariantCulture) * UnitSeconds[unit];
            lastUnit = unit;
            used = unitAt + 1;
        }

        return lastUnit >= 0 && seconds <= ExpressionLimits.DurationDays * UnitSeconds[1] ? seconds : null;
    }

    private static int DigitCount(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
