namespace Ordinaut.Schedules;

/// <summary>Times of day in words.</summary>
/// <param name="Text">"at 08:30 and 17:00", or "every 5 minutes from 09:00 to 17:55".</param>
/// <param name="IsEvery">Whether it reads as "every …" rather than "at …".</param>
internal sealed record TimesWording(string Text, bool IsEvery)
{
    private const int MaxListedTimes = 6;

    private const int MaxListedNumbers = 12;

    /// <summary>From this many equal steps on, "every 4 hours" says it better than a list.</summary>
    private const int MinSteps = 4;

    /// <summary>Null when there are no words for them that are both short and true.</summary>
    public static TimesWording? Of(TimesOfDay times)
    {
        var (hours, minutes, seconds) = Parts(times);
        if (
            hours.Length >= MinSteps
            && minutes.Length == 1
            && seconds is [0]
            && EveryHours(hours, minutes[0]) is { } every
        )
        {
            return new TimesWording(every, IsEvery: true);
        }

        if (times.Count <= MaxListedTimes)
        {
            var listed = Enumerable.Range(0, times.Count).Select(index => Seconds.ClockText(times[index]));
            return new TimesWording($"at {Wording.And([.. listed])}", IsEvery: false);
        }

        var text = seconds is [0] ? EveryMinutes(hours, minutes) : EverySeconds(hours, minutes, seconds);
        return text is not null ? new TimesWording(text, IsEvery: true) : Listed(hours, minutes, seconds);
    }

    /// <summary>"during the hours 09 and 17" or "from 09:00 to 16:59".</summary>
    public static string DuringHours(int[] hours) =>
        IsRun(hours, 1) ? $"from {hours[0]:00}:00 to {hours[^1]:00}:59" : $"during the hours {HourList(hours)}";

    private static (int[] Hours, int[] Minutes, int[] Seconds) Parts(TimesOfDay times) =>
        (Wording.Members(times.Hours), Wording.Members(times.Minutes), Wording.Members(times.Seconds));

    private static string? EveryHours(int[] hours, int minute)
    {
        var step = hours[1] - hours[0];
        if (!IsRun(hours, step))
        {
            return null;
        }

        if (hours.Length == 24)
        {
            return minute == 0 ? "every hour" : $"every hour at {minute} minute{(minute == 1 ? "" : "s")} past";
        }

        var every = step == 1 ? "every hour" : $"every {step} hours";
        var isWholeDay = step > 1 && hours.Length * step == 24;
        return isWholeDay
            ? $"{every} from {hours[0]:00}:{minute:00}"
            : $"{every} from {hours[0]:00}:{minute:00} to {hours[^1]:00}:{minute:00}";
    }

    private static string? EveryMinutes(int[] hours, int[] minutes)
    {
        if (minutes.Length < 2 || StepOf(minutes) is not { } step)
        {
            return null;
        }

        var every = step == 1 ? "every minute" : $"every {step} minutes";
        return hours.Length == 24 ? every
            : IsRun(hours, 1) ? $"{every} from {hours[0]:00}:00 to {hours[^1]:00}:{minutes[^1]:00}"
            : $"{every} during the hours {HourList(hours)}";
    }

    private static string? EverySeconds(int[] hours, int[] minutes, int[] seconds)
    {
        if (hours.Length < 24 || minutes.Length < 60)
        {
            return null;
        }

        return seconds.Length == 1 ? $"every minute at second {seconds[0]}"
            : StepOf(seconds) is { } step ? Wording.Every((long)step)
            : null;
    }

    private static TimesWording? Listed(int[] hours, int[] minutes, int[] seconds)
    {
        var partHours = hours.Length < 24;
        if (minutes.Length > MaxListedNumbers || (partHours && hours.Length > MaxListedNumbers) || seconds is not [0])
        {
            return null;
        }

        var noun = minutes.Length == 1 ? "minute" : "minutes";
        var of = partHours ? $"the hours {HourList(hours)}" : "every hour";
        return new TimesWording($"at {noun} {Wording.And([.. minutes.Select(m => $"{m}")])} of {of}", IsEvery: true);
    }

    private static string HourList(int[] hours) => Wording.And([.. hours.Select(hour => $"{hour:00}")]);

    /// <summary>The n of 0, n, 2n … that fill the hour or minute evenly.</summary>
    private static int? StepOf(int[] values)
    {
        var step = values[1] - values[0];
        return values[0] == 0 && IsRun(values, step) && step * values.Length == 60 ? step : null;
    }

    private static bool IsRun(int[] values, int step) =>
        values.Zip(values.Skip(1)).All(pair => pair.Second - pair.First == step);
}
