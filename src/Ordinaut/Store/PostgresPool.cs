using System.Collections.Concurrent;
using Npgsql;

namespace Ordinaut.Store;

/// <summary>
/// A bounded set of open connections. Kept by us and not by the driver, because a session's prepared statements
/// belong to its connection, and because each lane has connections that no other lane can take.
/// </summary>
internal sealed class PostgresPool(NpgsqlDataSource source, int size, PostgresSettings settings, Traffic traffic)
    : IDisposable
{
    /// <summary>How long a piece of work waits for a connection before its caller is told to come back.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _free = new(size, size);
    private readonly ConcurrentStack<PostgresSession> _idle = new();

    public async ValueTask<PostgresSession> Take()
    {
        if (!await _free.WaitAsync(Patience))
        {
            throw PostgresFaults.Busy();
        }

        if (_idle.TryPop(out var session))
        {
            return session;
        }

        try
        {
            return new PostgresSession(await source.OpenConnectionAsync(), settings, traffic);
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    public void Give(PostgresSession session)
    {
        if (session.IsBroken)
        {
            session.Dispose();
            // Those that lay idle were most likely cut by the same event.
            Dispose();
        }
        else
        {
            _idle.Push(session);
        }

        _free.Release();
    }

    /// <summary>Closes the connections nobody uses.</summary>
    public void Dispose()
    {
        while (_idle.TryPop(out var session))
        {
            session.Dispose();
        }
    }
}
