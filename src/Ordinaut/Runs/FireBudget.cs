using System.Collections.Concurrent;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Runs;

/// <summary>
/// How many occurrences may run for an agent in a day. Each process takes a hundredth of the limit at a time, at most
/// <see cref="MaxBlock"/>, so that a fire seldom costs a statement; with a limit below 200 each one does. What a
/// process has taken and not used when it ends is lost for that day; what it takes in work that then fails it may let
/// fire all the same.
/// </summary>
internal sealed class FireBudget(TaskLimits limits)
{
    public const int MaxBlock = 256;

    private const string Fires = "fires";
    private const string Told = "fires_told";

    private readonly ConcurrentDictionary<Guid, Block> _blocks = new();

    public int Most => limits.FiresPerDay;

    /// <summary>Takes one fire of today's; false when there is none left.</summary>
    public async ValueTask<bool> Take(Session session, Guid agentId)
    {
        var block = _blocks.GetOrAdd(agentId, _ => new Block());
        var count = DailyCount.Today(session, agentId, Fires);
        if (block.Take(count.Day))
        {
            return true;
        }

        var size = Math.Clamp(limits.FiresPerDay / 100, 1, MaxBlock);
        if (size > 1 && await DailyUse.Take(session, count, size, limits.FiresPerDay))
        {
            block.Add(count.Day, size - 1);
            return true;
        }

        return await DailyUse.Take(session, count, 1, limits.FiresPerDay);
    }

    /// <summary>True once a day: for the first that is refused.</summary>
    public static ValueTask<bool> IsNews(Session session, Guid agentId) =>
        DailyUse.Take(session, DailyCount.Today(session, agentId, Told), 1, 1);

    /// <summary>What this process has taken of an agent's day and not used.</summary>
    private sealed class Block
    {
        private readonly Lock _turn = new();
        private long _day;
        private int _left;

        public bool Take(long day)
        {
            lock (_turn)
            {
                if (_day != day || _left == 0)
                {
                    return false;
                }

                _left--;
                return true;
            }
        }

        public void Add(long day, int count)
        {
            lock (_turn)
            {
                _left = _day == day ? _left + count : count;
                _day = day;
            }
        }
    }
}
