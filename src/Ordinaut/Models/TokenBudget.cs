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
    private const string Take = """
        insert into token_use (spender_id, day, tokens) values (@spender_id, @day, @tokens)
        on conflict (spender_id, day) do update set tokens = token_use.tokens + excluded.tokens
        where token_use.tokens + excluded.tokens <= @most
        """;

    private const string Correct = """
        update token_use set tokens = tokens + @difference where spender_id = @spender_id and day = @day
        """;

    private const string SelectTaken = "select tokens from token_use where spender_id = @spender_id and day = @day";

    // A run may go on for longer than a day, and what it spent counts for as long.
    private const string DeleteBefore = """
        delete from token_use where (spender_id, day) in (
          select spender_id, day from token_use
          where day < @day and not exists (select 1 from queue where run_id = spender_id) limit @limit)
        """;

    /// <summary>Takes these tokens from every budget they are of, or says which is used up.</summary>
    public Task<(TokenReserve? Reserve, ToolResult.Failed? Failure)> Reserve(TokenSpender spender, long tokens) =>
        db.Write<(TokenReserve?, ToolResult.Failed?)>(async session =>
        {
            var taken = new TokenReserve([], tokens);
            foreach (var purse in Purses(session, spender))
            {
                if (!await TakeFrom(session, purse, tokens))
                {
                    await Correction(session, taken, -tokens);
                    return (null, Refusal(purse, tokens, await Taken(session, purse)));
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
        db.Read(session => Taken(session, Purses(session, new TokenSpender(agentId))[0]));

    /// <summary>Forgets past days; returns how many rows went.</summary>
    public static ValueTask<int> Prune(Session session, int limit) =>
        session.Execute(DeleteBefore, ("day", DayOf(session.Now) - 1), ("limit", limit));

    private List<TokenPurse> Purses(Session session, TokenSpender spender)
    {
        var today = DayOf(session.Now);
        var purses = new List<TokenPurse>
        {
            new(spender.AgentId, today, limits.AgentDay, "agent", "wait for 00:00 UTC", "llm_daily_tokens"),
        };
        if (spender.TaskId != Guid.Empty)
        {
            purses.Add(new(spender.TaskId, today, limits.TaskDay, "task", "wait for 00:00 UTC", "llm_task_tokens"));
            var made = DayOf(Ids.TimeOf(spender.RunId));
            purses.Add(new(spender.RunId, made, limits.Run, "run", "let a later run do it", "llm_run_tokens"));
        }

        return purses;
    }

    /// <summary>The database decides, in one statement.</summary>
    private static async ValueTask<bool> TakeFrom(Session session, TokenPurse purse, long tokens) =>
        tokens <= purse.Most
        && await session.Execute(
            Take,
            ("spender_id", purse.SpenderId),
            ("day", purse.Day),
            ("tokens", tokens),
            ("most", purse.Most)
        ) == 1;

    private static async ValueTask Correction(Session session, TokenReserve reserve, long difference)
    {
        foreach (var purse in reserve.Purses)
        {
            await session.Later(
                Correct,
                ("difference", difference),
                ("spender_id", purse.SpenderId),
                ("day", purse.Day)
            );
        }
    }

    private static ValueTask<long> Taken(Session session, TokenPurse purse) =>
        session.First(SelectTaken, row => row.Long(0), ("spender_id", purse.SpenderId), ("day", purse.Day));

    private static long DayOf(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / (24 * 60 * 60);

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
internal sealed record TokenPurse(Guid SpenderId, long Day, long Most, string Whose, string Way, string Setting);

/// <summary>Tokens that were taken before a question, and from where.</summary>
internal sealed record TokenReserve(IReadOnlyList<TokenPurse> Purses, long Tokens);
