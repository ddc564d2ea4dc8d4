namespace Ordinaut.Schedules;

/// <summary>Due when an event with a fitting topic is published, never by the clock.</summary>
internal sealed class EventSchedule(TopicPattern pattern, ZoneClock clock) : Schedule(clock)
{
    public TopicPattern Pattern { get; } = pattern;

    public override string Description => $"on event {Pattern.Text}";

    public static EventSchedule Parse(string expression, ZoneClock clock) => new(TopicPattern.Parse(expression), clock);

    public override DateTimeOffset? Next(DateTimeOffset after) => null;
}
