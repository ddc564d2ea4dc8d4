namespace Ordinaut.Schedules;

/// <summary>Reads times of day: 08:30, 9am, noon, half past 8, 8 in the evening.</summary>
internal sealed class SpokenTimes(SpokenCursor cursor)
{
    private const string Expected = "a time of day stands here, such as 08:30, 9am or noon";
    private const int Noon = Seconds.PerDay / 2;
    private const int Hour = 3600;

    /// <summary>Whether a time begins so many words ahead.</summary>
    /// <param name="isBare">Whether an hour alone will do, as it does after "at".</param>
    public bool IsAt(int ahead, bool isBare)
    {
        var (token, next) = (cursor.Peek(ahead), cursor.Peek(ahead + 1));
        if (token.Kind == SpokenTokenKind.Clock || Named(token) is not null)
        {
            return true;
        }

        if (token.Is("half") || token.Is("quarter"))
        {
            return next.Is("past") || next.Is("to");
        }

        var isOther = SpokenVocabulary.Unit(next) is not null || SpokenVocabulary.Month(next) is not null;
        return SpokenVocabulary.Number(token) is not null && !isOther && (isBare || IsHalf(next) || next.Is("o'clock"));
    }

    /// <summary>One or more times.</summary>
    public List<SpokenTime> List()
    {
        var first = cursor.Now;
        var times = new List<SpokenTime>();
        var halves = 0;
        do
        {
            var (time, saysHalf) = Time();
            halves += saysHalf ? 1 : 0;
            times.Add(time);
        } while (cursor.TakeSeparator(ahead => IsAt(ahead, isBare: true)));

        if (halves > 0 && times.Exists(time => time.IsBare && time.Second <= Noon))
        {
            throw SpokenCursor.Refuse(first, "say am or pm for every time of the list, or for none");
        }

        return times;
    }

    /// <summary>The two ends of "between 9 and 17".</summary>
    public (int From, int To) Window(bool isBetween)
    {
        var start = cursor.Now;
        var (from, _) = Time();
        if (!(isBetween ? cursor.TakeIf("and") : cursor.TakeIf("until") || cursor.TakeRange(_ => true)))
        {
            throw cursor.Refuse(isBetween ? "'and' stands here: between 9 and 17" : "'to' stands here: from 9 to 17");
        }

        var (to, _) = Time();
        return to.Second < from.Second && to.IsBare && to.Second <= Noon && from.Second <= Noon
            ? throw SpokenCursor.Refuse(start, "these hours run backwards; say 9 to 17, or 9am to 5pm")
            : (from.Second, to.Second);
    }

    /// <summary>The time as the part of the day has it: 8 in the evening is 20:00.</summary>
    public static SpokenTime In(SpokenTime time, string part)
    {
        var second =
            part != "morning" && time.IsBare && time.Second is > 0 and < Noon ? time.Second + Noon : time.Second;
        var (from, to) = part switch
        {
            "morning" => (0, 12),
            "afternoon" => (12, 19),
            "evening" => (16, 24),
            _ => (18, 24),
        };
        return second >= from * Hour && second < to * Hour
            ? new SpokenTime(second, IsBare: false)
            : throw Problem.Invalid(
                SpokenSchedule.Pointer,
                $"{Seconds.ClockText(second)} is not in the {part}; say the time alone, such as 02:00."
            );
    }

    public static string? Part(SpokenToken token) =>
        token.Kind == SpokenTokenKind.Word && token.Text is "morning" or "afternoon" or "evening" or "night"
            ? token.Text
            : null;

    private (SpokenTime Time, bool SaysHalf) Time()
    {
        if (!IsAt(0, isBare: true))
        {
            throw cursor.Refuse(Expected);
        }

        var token = cursor.Take();
        if (Named(token) is { } named)
        {
            return (new SpokenTime(named, IsBare: false), false);
        }

        var isRelative = token.Is("half") || token.Is("quarter");
        var time =
            isRelative ? Relative(token)
            : token.Kind == SpokenTokenKind.Clock ? new SpokenTime(token.Value, IsBare: false)
            : HourOf(token);
        if (!isRelative)
        {
            cursor.TakeIf("o'clock");
        }

        if (IsHalf(cursor.Now))
        {
            return (Halved(time, cursor.Take()), true);
        }

        return (InPart(time), false);
    }

    /// <summary>What follows "half" or "quarter": past 8, to 9.</summary>
    private SpokenTime Relative(SpokenToken share)
    {
        var isPast = cursor.Take().Is("past");
        if (share.Is("half") && !isPast)
        {
            throw SpokenCursor.Refuse(share, "say half past an hour, or the time in figures");
        }

        var hour = SpokenVocabulary.Number(cursor.Now) is not null
            ? HourOf(cursor.Take())
            : throw cursor.Refuse(Expected);
        var minutes = share.Is("half") ? 30 : 15;
        var second = hour.Second + (isPast ? minutes : -minutes) * 60;
        return hour with { Second = (int)Seconds.Modulo(second, Seconds.PerDay) };
    }

    private SpokenTime InPart(SpokenTime time)
    {
        if (cursor.Now.Is("in") && cursor.Peek(1).Is("the") && Part(cursor.Peek(2)) is { } part)
        {
            (_, _, _) = (cursor.Take(), cursor.Take(), cursor.Take());
            return In(time, part);
        }

        if (cursor.Now.Is("at") && cursor.Peek(1).Is("night"))
        {
            (_, _) = (cursor.Take(), cursor.Take());
            return In(time, "night");
        }

        return time;
    }

    private static SpokenTime HourOf(SpokenToken token) =>
        SpokenVocabulary.Number(token) is { } hour and <= 23
            ? new SpokenTime(hour * Hour, IsBare: true)
            : throw SpokenCursor.Refuse(token, "an hour is 0 to 23");

    private static SpokenTime Halved(SpokenTime time, SpokenToken half) =>
        time.Second is >= Hour and < Noon + Hour
            ? new SpokenTime(time.Second % Noon + (half.Is("pm") ? Noon : 0), IsBare: false)
            : throw SpokenCursor.Refuse(half, "am and pm go with the hours 1 to 12");

    private static bool IsHalf(SpokenToken token) => token.Is("am") || token.Is("pm");

    private static int? Named(SpokenToken token) =>
        token.Is("noon") || token.Is("midday") ? Noon
        : token.Is("midnight") ? 0
        : null;
}
