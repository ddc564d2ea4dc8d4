using System.Globalization;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Models;

/// <summary>
/// The tokens that an agent may spend in a day, which begins at 00:00 UTC by the database's clock. The most that a
/// question can cost is taken before it is asked and set right after it: a crash in between leaves too much taken,
/// never too little.
/// </summary>
internal sealed class TokenBudget(Db db, long perDay)
{
    private const string Take = """
        insert into token_use (agent_id, day, tokens) values (@agent_id, @day, @tokens)
        on conflict (agent_id, day) do update set tokens = token_use.tokens + excluded.tokens
        where token_use.tokens + excluded.tokens <= @per_day
        """;

    private const string Correct = """
        update token_use set tokens = tokens + @difference where agent_id = @agent_id and day = @day
        """;

    private const string SelectTaken = "select tokens from token_use where agent_id = @agent_id and day = @day";

    private const string DeleteBefore = """
        delete from token_use where (agent_id, day) in (
          select agent_id, day from token_use where day < @day limit @limit)
        """;

    /// <summary>Takes these tokens, or says why not; the database decides, in one statement.</summary>
    public Task<(TokenReserve? Reserve, ToolResult.Failed? Failure)> Reserve(Guid agentId, long tokens) =>
        db.Write<(TokenReserve?, ToolResult.Failed?)>(async session =>
        {
            var day = DayOf(session);
            var fits =
                tokens <= perDay
                && await session.Execute(
                    Take,
                    ("agent_id", agentId),
                    ("day", day),
                    ("tokens", tokens),
                    ("per_day", perDay)
                ) == 1;
            return fits
                ? (new TokenReserve(agentId, day, tokens), null)
                : (null, Refusal(tokens, await Taken(session, agentId, day)));
        });

    /// <summary>Puts what was spent in the place of what was taken.</summary>
    public Task Settle(TokenReserve reserve, long spent) =>
        db.Write(async session =>
        {
            await session.Execute(
                Correct,
                ("difference", spent - reserve.Tokens),
                ("agent_id", reserve.AgentId),
                ("day", reserve.Day)
            );
        });

    /// <summary>What an agent has spent or taken today.</summary>
    public Task<long> Today(Guid agentId) => db.Read(session => Taken(session, agentId, DayOf(session)));

    /// <summary>Forgets past days; returns how many rows went.</summary>
    public static ValueTask<int> Prune(Session session, int limit) =>
        session.Execute(DeleteBefore, ("day", DayOf(session) - 1), ("limit", limit));

    private static ValueTask<long> Taken(Session session, Guid agentId, long day) =>
        session.First(SelectTaken, row => row.Long(0), ("agent_id", agentId), ("day", day));

    private static long DayOf(Session session) => session.Now.ToUnixTimeSeconds() / (24 * 60 * 60);

    private ToolResult.Failed Refusal(long tokens, long taken)
    {
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"This may take {tokens} tokens, and {taken} of the agent's {perDay} for today are used; ask for less with "
                + $"max_tokens or a shorter input, wait for 00:00 UTC, or the operator raises llm_daily_tokens."
        );
        return new ToolResult.Failed("budget", message, Retryable: false);
    }
}

/// <summary>Tokens that were taken before a question, on the day it was asked.</summary>
internal sealed record TokenReserve(Guid AgentId, long Day, long Tokens);
