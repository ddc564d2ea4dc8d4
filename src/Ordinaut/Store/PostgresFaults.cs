using Npgsql;

namespace Ordinaut.Store;

/// <summary>PostgreSQL's errors: which are met by running the work again, and what the caller should see.</summary>
internal static class PostgresFaults
{
    private const string PoolerRefuses = "unsupported startup parameter";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Two pieces of work met: one of them is undone and looks again. A unique key that another node's work took at
    /// the same moment is such a meeting, too: the second look finds the first one's row.
    /// </summary>
    public static bool IsMeeting(NpgsqlException failure) =>
        failure.SqlState
            is PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.UniqueViolation;

    /// <summary>The connection or the server is gone; nothing of a transaction that was open is left.</summary>
    public static bool IsLoss(NpgsqlException failure) =>
        failure is not PostgresException postgres || postgres.SqlState is ['5', '7', 'P', ..] or ['0', '8', ..];

    /// <summary>
    /// The server answers and does not let us in: the database is being restored, the password was changed. A node that
    /// worked goes on when somebody mends it.
    /// </summary>
    private static bool IsTurnedAway(NpgsqlException failure) => failure.SqlState is ['2', '8', ..] or ['3', 'D', ..];

    /// <summary>The failure as the caller should see it: a problem to wait out, or a defect of ours.</summary>
    public static Exception Explain(NpgsqlException failure)
    {
        if (failure.SqlState is PostgresErrorCodes.DiskFull)
        {
            return new Problem(
                ProblemKind.OutOfSpace,
                "The disk that holds the database is full; nothing was changed. Free space and try again."
            )
            {
                RetryAfter = TimeSpan.FromSeconds(10),
            };
        }

        if (
            failure is PostgresException { MessageText: var text }
            && text.StartsWith(PoolerRefuses, StringComparison.Ordinal)
        )
        {
            return new Problem(
                ProblemKind.Unavailable,
                "database_url leads to a connection pooler; set database_direct_url to the address of the database "
                    + "itself as well, and let the pooler work by transactions."
            );
        }

        if (
            failure
                is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege, MessageText: var refused }
            && refused.Contains("set role", StringComparison.Ordinal)
        )
        {
            return Unavailable(
                $"The login of database_url may not work under its roles any more ({refused}); nothing was changed. "
                    + "Grant it ordinaut_app_<database> and ordinaut_caller_<database>, or start the server again: it "
                    + "goes on without them, and says so (docs/security.md#in-the-database)."
            );
        }

        if (IsTurnedAway(failure))
        {
            return Unavailable(
                $"The database turned the server away ({failure.SqlState}): the user, the password or the name of the "
                    + "database in database_url is not what it was, or it is being restored; nothing was changed."
            );
        }

        var passes =
            IsLoss(failure)
            || IsMeeting(failure)
            || failure.SqlState
                is ['5', '3', ..]
                    or PostgresErrorCodes.LockNotAvailable
                    or PostgresErrorCodes.QueryCanceled
                    or PostgresErrorCodes.ReadOnlySqlTransaction;
        return passes
            ? Unavailable("The database cannot be used at the moment; nothing was changed. Try again shortly.")
            : new InvalidOperationException("The database refused a statement.", failure);
    }

    /// <summary>The connection broke while the commit was on its way: it may have arrived.</summary>
    public static Problem Unknown() =>
        Unavailable(
            "The database was lost while it confirmed, so the change may have been made or not. Look before you "
                + "repeat it, or repeat it with the same Idempotency-Key."
        );

    public static Problem Busy() =>
        Unavailable("All connections to the database are in use; nothing was changed. Try again shortly.");

    private static Problem Unavailable(string detail) => new(ProblemKind.Unavailable, detail) { RetryAfter = Soon };
}
