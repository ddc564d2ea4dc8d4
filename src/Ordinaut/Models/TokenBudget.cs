using System.Globalization;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Models;

/// <summary>
/// The tokens that an agent and a task may spend in a day, which begins at 00:00 UTC by the database's clock, and a run
/// in its life. The most that a question can cost is taken before it is asked and set right after it: a crash in
/// between leaves too much taken, never too little.
/// </summary>
internal sealed class TokenBudget(Db db, TokenLimits limits)
{
    private const string Tokens = "tokens";

    /// <summary>Takes these tokens from every budget they are of, or says which is used up.</summary>
    public Task<(TokenReserve? Reserve, ToolResult.Failed? Failure)> Reserve(TokenSpender spender, long tokens) =>
        db.Write<(TokenReserve?, ToolResult.Failed?)>(async session =>
        {
            var taken = new TokenReserve([], tokens);
            foreach (var purse in Purses(session, spender))
            {
                if (!await DailyUse.Take(session, purse.Count, tokens, purse.Most))
                {
                    await Correction(session, taken, -tokens);
                    return (null, Refusal(purse, tokens, await DailyUse.Used(session, purse.Count)));
                }

                taken = taken with { Purses = [.. taken.Purses, purse] };
            }

            return (taken, null);
        });

    /// <summary>Puts what was spent in the place of what was taken.</summary>
    public Task Settle(TokenReserve reserve, long spent) =>
        db.Write(session => Correction(session, reserve, spent - reserve.Tokens));

    /// <summary>What an agent has spent or taken today.</summary>
    public Task<long> Today(Guid agentId) =>
        db.Read(session => DailyUse.Used(session, DailyCount.Today(session, agentId, Tokens)));

    private List<TokenPurse> Purses(Session session, TokenSpender spender)
    {
        var agent = DailyCount.Today(session, spender.AgentId, Tokens);
        var purses = new List<TokenPurse>
        {
            new(agent, limits.AgentDay, "agent", "wait for 00:00 UTC", "llm_daily_tokens"),
        };
        if (spender.TaskId != Guid.Empty)
        {
            var task = agent with { SubjectId = spender.TaskId };
            var run = new DailyCount(spender.RunId, Tokens, DailyCount.DayOf(Ids.TimeOf(spender.RunId)));
            purses.Add(new(task, limits.TaskDay, "task", "wait for 00:00 UTC", "llm_task_tokens"));
            purses.Add(new(run, limits.Run, "run", "let a later run do it", "llm_run_tokens"));
        }

        return purses;
    }

    private static async ValueTask Correction(Session session, TokenReserve reserve, long difference)
    {
        foreach (var purse in reserve.Purses)
        {
            await DailyUse.Add(session, purse.Count, difference);
        }
    }

    private static ToolResult.Failed Refusal(TokenPurse purse, long tokens, long taken)
    {
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"This may take {tokens} tokens, and {taken} of the {purse.Whose}'s {purse.Most} are used; ask for less "
                + $"with max_tokens or a shorter input, {purse.Way}, or the operator raises {purse.Setting}."
        );
        return new ToolResult.Failed("budget", message, Retryable: false);
    }
}

/// <summary>What may be spent, in tokens.</summary>
/// <param name="AgentDay">By each agent in a day.</param>
internal sealed record TokenLimits(long AgentDay)
{
    /// <summary>By each task in a day.</summary>
    public long TaskDay { get; init; } = long.MaxValue;

    /// <summary>By each run.</summary>
    public long Run { get; init; } = long.MaxValue;
}

/// <summary>On whose budgets a question goes; task and run are empty when no run asks.</summary>
internal sealed record TokenSpender(Guid AgentId, Guid TaskId = default, Guid RunId = default);

/// <summary>One budget of one day.</summary>
/// <param name="Way">What helps whoever has used it up.</param>
internal sealed record TokenPurse(DailyCount Count, long Most, string Whose, string Way, string Setting);

/// <summary>Tokens that were taken before a question, and from where.</summary>
internal sealed record TokenReserve(IReadOnlyList<TokenPurse> Purses, long Tokens);
