using Npgsql;

namespace Ordinaut.Store;

/// <summary>A PostgreSQL database that is not ours: read as it is at one instant, and changed in nothing.</summary>
internal static class ForeignDatabase
{
    private const string Begin = "begin isolation level repeatable read read only";

    /// <param name="whose">Whose it should be, in words.</param>
    /// <exception cref="Problem">It cannot be reached, or is another's.</exception>
    public static async Task<T> Read<T>(PostgresSettings place, string whose, Func<Session, ValueTask<T>> work)
    {
        try
        {
            await using var source = place.Direct();
            await using var connection = await source.OpenConnectionAsync();
            using var session = new PostgresSession(connection, place, new Traffic());
            await session.Script(Begin);
            return await work(session);
        }
        catch (PostgresException refusal)
            when (refusal.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            throw new Problem(
                ProblemKind.NotFound,
                $"{place.Shown} is no database of {whose}: {refusal.MessageText}; name the one that is."
            );
        }
        catch (NpgsqlException failure)
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"{place.Shown} cannot be read: {failure.Message}; name a server, a database and a user who may."
            );
        }
    }
}
