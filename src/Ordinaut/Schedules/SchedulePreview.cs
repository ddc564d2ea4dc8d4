namespace Ordinaut.Schedules;

/// <summary>One occurrence, as it is shown to a user.</summary>
/// <param name="Utc">The nominal instant.</param>
/// <param name="Local">The same instant on the schedule's clock: ISO 8601 with offset.</param>
/// <param name="Note">What a change of the clock did to it, in words; null when it did nothing.</param>
internal sealed record PreviewedOccurrence(DateTimeOffset Utc, string Local, string? Note);

/// <summary>The next occurrences of a schedule.</summary>
/// <param name="Occurrences">In order, without the excluded ones.</param>
/// <param name="Complete">Whether the list holds every remaining occurrence.</param>
/// <param name="Note">Why there are fewer than were asked for, in words; null where there are not.</param>
internal sealed record SchedulePreview(
    IReadOnlyList<PreviewedOccurrence> Occurrences,
    bool Complete,
    string? Note = null
)
{
    public const int MaxCount = 1000;

    /// <summary>How many excluded stretches are passed over for one preview before it gives up the search.</summary>
    public const int MaxExcludedStretches = 5000;

    /// <summary>The first occurrences after <paramref name="from"/>, without the excluded ones.</summary>
    public static SchedulePreview Compute(Schedule schedule, Exclusions? exclusions, DateTimeOffset from, int count)
    {
        if (count is < 1 or > MaxCount)
        {
            throw Problem.Invalid("/count", $"Ask for 1 to {MaxCount} occurrences.");
        }

        var occurrences = new List<PreviewedOccurrence>();
        var (stretches, looks) = (0, Exclusions.MaxLooks);
        var next = schedule.Next(from);
        while (next is { } occurrence)
        {
            if (exclusions?.Excludes(occurrence) == true)
            {
                var end = exclusions.EndOfExcludedStretch(occurrence, ref looks);
                if (end <= occurrence || exclusions.Excludes(end) || ++stretches > MaxExcludedStretches)
                {
                    return new SchedulePreview(occurrences, Complete: false, GaveUp(occurrences, end));
                }

                next = schedule.Next(end.AddTicks(-1));
                continue;
            }

            if (occurrences.Count == count)
            {
                return new SchedulePreview(occurrences, Complete: false);
            }

            occurrences.Add(Show(schedule, occurrence));
            next = schedule.Next(occurrence);
        }

        var isEmptied = stretches > 0 && occurrences.Count == 0;
        return new SchedulePreview(
            occurrences,
            Complete: true,
            isEmptied ? "exclude leaves out every occurrence" : null
        );
    }

    private static string GaveUp(List<PreviewedOccurrence> found, DateTimeOffset end)
    {
        var which = found.Count == 0 ? "every occurrence" : "every further occurrence";
        return $"exclude leaves out {which} until {end:yyyy-MM-dd}, and the search ends there";
    }

    private static PreviewedOccurrence Show(Schedule schedule, DateTimeOffset occurrence)
    {
        var instant = Seconds.Of(occurrence);
        var offset = schedule.Clock.ToLocal(instant) - instant;
        var local = Math.Clamp(instant + offset, 0, Seconds.Last);
        var text = $"{new DateTime(local * TimeSpan.TicksPerSecond):yyyy-MM-dd'T'HH:mm:ss}";
        return new PreviewedOccurrence(occurrence, text + OffsetText(offset), schedule.NoteOn(occurrence));
    }

    /// <summary>Before standard time some offsets had seconds; they are shown only then.</summary>
    private static string OffsetText(long offset)
    {
        var size = Math.Abs(offset);
        var seconds = size % 60 == 0 ? "" : $":{size % 60:00}";
        return $"{(offset < 0 ? '-' : '+')}{size / 3600:00}:{size / 60 % 60:00}{seconds}";
    }
}
