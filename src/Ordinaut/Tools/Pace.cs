namespace Ordinaut.Tools;

/// <summary>Lets a tool that would tell of its progress all the time do so a few times a second.</summary>
internal sealed class Pace(TimeProvider clock)
{
    /// <summary>How long after one word the next one comes, at the earliest; 300 ms.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private readonly Lock _turn = new();
    private long? _told;

    /// <summary>Whether it is time for a word, which then counts as said.</summary>
    public bool IsTime()
    {
        lock (_turn)
        {
            if (_told is { } last && clock.GetElapsedTime(last) < Interval)
            {
                return false;
            }

            _told = clock.GetTimestamp();
            return true;
        }
    }
}
