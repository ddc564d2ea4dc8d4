using System.Globalization;
using System.Text.Json;
using System.Xml;
using Ordinaut.Expressions;

namespace Ordinaut.Pipelines;

/// <summary>Until when a step waits.</summary>
internal static class WaitTime
{
    /// <summary>The instant, or what is wrong with the value.</summary>
    public static (DateTimeOffset? Until, string? Problem) Of(StepBody.Wait wait, JsonValue given, DateTimeOffset now)
    {
        switch (wait.Kind)
        {
            case WaitKind.Signal:
                return (now + wait.Limit, null);
            case WaitKind.Duration:
                return Span(given) is { } span && span >= TimeSpan.Zero && span <= PipelineLimits.Wait
                    ? (now + span, null)
                    : (
                        null,
                        $"{given} is not a time to wait: write 90 (seconds), \"90s\", \"10m\", \"2h\", \"3d\" or "
                            + $"\"PT10M\", at most {PipelineLimits.Wait.Days} days"
                    );
            default:
                return
                    given.Kind == JsonValueKind.String
                    && Instants.TryParse(given.Text(), out var until)
                    && until - now <= PipelineLimits.Wait
                    ? (until, null)
                    : (
                        null,
                        $"{given} is not an instant to wait until: write 2027-03-28T08:30:00Z, at most "
                            + $"{PipelineLimits.Wait.Days} days from now"
                    );
        }
    }

    /// <summary>A number of seconds, or a text as <see cref="Parse"/> reads it; null when it is neither.</summary>
    public static TimeSpan? Span(JsonValue given)
    {
        if (given.Kind == JsonValueKind.Number)
        {
            var seconds = given.Number();
            return Math.Abs(seconds) <= TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
        }

        return given.Kind == JsonValueKind.String ? Parse(given.Text()) : null;
    }

    /// <summary><c>90s</c>, <c>10m</c>, <c>2h</c>, <c>3d</c>, or ISO 8601 without years and months.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.StartsWith('P'))
        {
            var date = text.Split('T')[0];
            try
            {
                return date.Contains('Y') || date.Contains('M') ? null : XmlConvert.ToTimeSpan(text);
            }
            catch (Exception failure) when (failure is FormatException or OverflowException)
            {
                return null;
            }
        }

        var unit = text.Length < 2 ? 0 : Unit(text[^1]);
        return unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? TimeSpan.FromSeconds((double)count * unit)
            : null;
    }

    private static int Unit(char letter) =>
        letter switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => 0,
        };
}
