using System.Globalization;

namespace Ordinaut.Tools.BuiltIn;

/// <summary>What an HTTP status that is not a success means for the step.</summary>
internal static class HttpFailures
{
    /// <summary>How many characters of the answer an error quotes; 300.</summary>
    public const int MaxQuotedCharacters = 300;

    /// <summary>The longest <c>Retry-After</c> that is believed; one day.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromDays(1);

    /// <summary>
    /// The failure <c>http_status</c>. Retryable are the statuses that speak of the moment, not of the request:
    /// 408, 425, 429 and 5xx. The message names the host only, as paths and queries may hold secrets.
    /// </summary>
    public static ToolResult.Failed OfStatus(string host, EgressResult.Answered answer, DateTimeOffset now)
    {
        var retryable = answer.Status is 408 or 425 or 429 or >= 500;
        var message = $"{host} answered with status {answer.Status}.{Quote(answer)}";
        return new ToolResult.Failed("http_status", message, retryable, retryable ? RetryAfter(answer, now) : null);
    }

    /// <summary>The wait of <c>Retry-After</c> (RFC 9110 §10.2.3), given in seconds or as a date; or null.</summary>
    public static TimeSpan? RetryAfter(EgressResult.Answered answer, DateTimeOffset now)
    {
        var text = answer.Header("retry-after");
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return Bounded(TimeSpan.FromSeconds(seconds));
        }

        return DateTimeOffset.TryParseExact(text, HttpDates, CultureInfo.InvariantCulture, HttpDateStyle, out var at)
            ? Bounded(at - now)
            : null;
    }

    private const DateTimeStyles HttpDateStyle = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite;

    // RFC 9110 §5.6.7: the preferred form and the two old ones that a recipient must still read.
    private static readonly string[] HttpDates = ["r", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];

    private static TimeSpan Bounded(TimeSpan wait) =>
        wait < TimeSpan.Zero ? TimeSpan.Zero
        : wait > MaxRetryAfter ? MaxRetryAfter
        : wait;

    private static string Quote(EgressResult.Answered answer) =>
        HttpBody.TextOf(answer) is { Length: > 0 } text ? $" It said: {Quoted.Line(text, MaxQuotedCharacters)}" : "";
}
