using System.Globalization;

namespace Ordinaut;

/// <summary>
/// Instants as text (RFC 3339 in UTC, whole seconds without a fraction, else microseconds) and as integer microseconds.
/// </summary>
internal static class Instants
{
    /// <summary>Microseconds since 1970-01-01T00:00:00Z; finer parts are dropped, as PostgreSQL drops them.</summary>
    public static long ToMicroseconds(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    private static readonly string[] Accepted =
    [
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
    ];

    public static string Format(DateTimeOffset instant)
    {
        var utc = instant.ToUniversalTime();
        var pattern =
            utc.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
        return utc.ToString(pattern, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The instant before, in the grain instants are kept in: "after it" is "from the given one on". Nothing is
    /// before the first.
    /// </summary>
    public static DateTimeOffset JustBefore(DateTimeOffset instant) =>
        instant.UtcTicks < TimeSpan.TicksPerMicrosecond
            ? DateTimeOffset.MinValue
            : instant.AddTicks(-TimeSpan.TicksPerMicrosecond);

    /// <summary>The instant so much later; the last there is, where that would be past it.</summary>
    /// <param name="span">Not negative.</param>
    public static DateTimeOffset Later(DateTimeOffset instant, TimeSpan span) =>
        DateTimeOffset.MaxValue - instant < span ? DateTimeOffset.MaxValue : instant + span;

    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        var hasOffset = text.Length > 16 && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-');
        return hasOffset
            && DateTimeOffset.TryParseExact(
                text.ToUpperInvariant(),
                Accepted,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal,
                out instant
            );
    }
}
