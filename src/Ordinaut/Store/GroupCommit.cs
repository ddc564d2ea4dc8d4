using System.Diagnostics;

namespace Ordinaut.Store;

/// <summary>
/// The one writer of a SQLite database. Pieces of work that arrive while a commit is under way share the next
/// transaction, each behind its own savepoint, so one fsync pays for many and one bad piece cannot fail its group.
/// </summary>
internal sealed class GroupCommit : IDisposable
{
    /// <summary>The most pieces of work that share one transaction; bounds how long the first one waits.</summary>
    public const int MaxGroup = 512;

    private const string Begin = "begin immediate";
    private const string Commit = "commit";
    private const string Rollback = "rollback";
    private const string Savepoint = "savepoint piece";
    private const string Release = "release piece";
    private const string RollbackPiece = "rollback to piece";

    private readonly Session _session;
    private readonly SteadyClock _clock;
    private readonly Lock _turn = new();
    private readonly Queue<Piece> _waiting = new();
    private readonly Thread? _thread;
    private volatile SqliteWal? _follower;
    private SqliteWal? _followed;
    private readonly AutoResetEvent _arrived = new(false);
    private bool _closed;

    private GroupCommit(Session session, TimeProvider clock, bool ownThread)
    {
        _session = session;
        _clock = new SteadyClock(clock.GetUtcNow);
        if (ownThread)
        {
            _thread = new Thread(Loop) { IsBackground = true, Name = "ordinaut-writer" };
            _thread.Start();
        }
    }

    public static GroupCommit OnOwnThread(Session session, TimeProvider clock) => new(session, clock, true);

    public static GroupCommit Inline(Session session, TimeProvider clock) => new(session, clock, false);

    public Task<T> Run<T>(Func<Session, ValueTask<T>> work)
    {
        var piece = new Piece<T>(work);
        if (_thread is null)
        {
            lock (_turn)
            {
                CommitTogether([piece]);
            }

            return piece.Task;
        }

        lock (_waiting)
        {
            if (_closed)
            {
                throw new Problem(ProblemKind.Unavailable, "The server is shutting down; try again shortly.");
            }

            _waiting.Enqueue(piece);
        }

        _arrived.Set();
        return piece.Task;
    }

    /// <summary>Has the database's log followed from the next commit on; null: not any more.</summary>
    public void Follow(SqliteWal? follower) => _follower = follower;

    /// <summary>One process owns a SQLite database and so owns its time.</summary>
    public DateTimeOffset Now() => _clock.Now();

    public void Dispose()
    {
        lock (_waiting)
        {
            _closed = true;
        }

        _arrived.Set();
        _thread?.Join();
        _session.Dispose();
        _arrived.Dispose();
    }

    private void Loop()
    {
        var group = new List<Piece>(MaxGroup);
        while (TakeGroup(group))
        {
            CommitTogether(group);
            group.Clear();
        }
    }

    private bool TakeGroup(List<Piece> group)
    {
        while (true)
        {
            lock (_waiting)
            {
                while (group.Count < MaxGroup && _waiting.TryDequeue(out var piece))
                {
                    group.Add(piece);
                }

                if (group.Count > 0 || _closed)
                {
                    return group.Count > 0;
                }
            }

            _arrived.WaitOne();
        }
    }

    private void CommitTogether(List<Piece> group)
    {
        try
        {
            _session.Now = Now();
            Run(Begin);
            foreach (var piece in group)
            {
                RunPiece(piece);
            }

            Run(Commit);
        }
        catch (SqliteFault failure)
        {
            TryRollback();
            var problem = SqliteConnections.Explain(failure);
            group.ForEach(piece => piece.Fail(problem));
        }

        group.ForEach(piece => piece.Acknowledge());
        // After the answer: whoever waits for a commit does not wait for its copy.
        LookAfter();
    }

    private void LookAfter()
    {
        if (_followed != _follower)
        {
            if (_followed is not null)
            {
                SqliteWal.Leave((SqliteSession)_session);
            }

            _followed = _follower;
        }

        _followed?.Look((SqliteSession)_session, Now());
    }

    private void RunPiece(Piece piece)
    {
        Run(Savepoint);
        if (!piece.Run(_session))
        {
            Run(RollbackPiece);
        }

        Run(Release);
    }

    private void Run(string sql)
    {
        var done = _session.Execute(sql);
        Debug.Assert(done.IsCompleted, "SQLite completes at once");
    }

    private void TryRollback()
    {
        try
        {
            Run(Rollback);
        }
        catch (SqliteFault)
        {
            // SQLite has already rolled back by itself (disk full, I/O error): nothing is left to undo.
        }
    }

    private abstract class Piece
    {
        public abstract bool Run(Session session);

        public abstract void Fail(Exception failure);

        public abstract void Acknowledge();
    }

    private sealed class Piece<T>(Func<Session, ValueTask<T>> work) : Piece
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _failure;
        private IReadOnlyList<Signal> _afterwards = [];
        private T _result = default!;

        public Task<T> Task => _done.Task;

        public override bool Run(Session session)
        {
            try
            {
                var running = work(session);
                if (!running.IsCompleted)
                {
                    throw new UnreachableException("Work in a transaction waited for something but the session.");
                }

                _result = running.GetAwaiter().GetResult();
                return true;
            }
            catch (SqliteFault failure) when (SqliteConnections.EndsTransaction(failure))
            {
                throw;
            }
            catch (Exception failure)
            {
                _failure = failure is SqliteFault sqlite ? SqliteConnections.Explain(sqlite) : failure;
                return false;
            }
            finally
            {
                _afterwards = session.TakeAfterwards();
            }
        }

        public override void Fail(Exception failure) => _failure = failure;

        public override void Acknowledge()
        {
            if (_failure is null)
            {
                _done.SetResult(_result);
                foreach (var signal in _afterwards)
                {
                    signal.Set();
                }
            }
            else
            {
                _done.SetException(_failure);
            }
        }
    }
}
