using Npgsql;

namespace Ordinaut.Store;

/// <summary>
/// PostgreSQL: any number of nodes. A piece of work is one <c>read committed</c> transaction that takes the locks it
/// needs by itself, and is run again from its beginning when it met another or lost its connection before the commit.
/// </summary>
internal sealed class PostgresEngine : Engine
{
    /// <summary>How often a piece of work is run before its caller is told to come back.</summary>
    public const int MaxTries = 8;

    /// <summary>What a piece waits, times its tries, before it is run again, so that the others get through.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a migration is tried while others hold the tables it changes, or migrate.</summary>
    private static readonly TimeSpan MigrationPatience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan BetweenMigrations = TimeSpan.FromMilliseconds(500);

    /// <summary>A server that took longer than this to fail is away: the caller is told, not kept.</summary>
    private static readonly TimeSpan LongestRepeating = TimeSpan.FromSeconds(2);

    private const string SelectNow = "select clock_timestamp()";

    private readonly NpgsqlDataSource _writing;
    private readonly NpgsqlDataSource _reading;
    private readonly NpgsqlDataSource _owning;
    private readonly PostgresPool _work;
    private readonly PostgresPool _urgent;
    private readonly PostgresPool _reads;
    private readonly PostgresPool _upkeep;
    private readonly PostgresClock _clock;
    private readonly TimeProvider _machine;
    private readonly Func<DateTimeOffset>? _fixedNow;
    private DatabaseRoles? _missing;

    private PostgresEngine(PostgresSettings settings, TimeProvider machine)
    {
        _writing = settings.Source(writes: true);
        _reading = settings.Source(writes: false);
        _work = new PostgresPool(_writing, settings.WorkConnections, settings, Traffic);
        _urgent = new PostgresPool(_writing, PostgresSettings.UrgentConnections, settings, Traffic);
        _reads = new PostgresPool(_reading, settings.ReadConnections, settings, Traffic);
        var asOwner = settings with { Roles = null };
        _owning = asOwner.Source(writes: true);
        _upkeep = new PostgresPool(_owning, PostgresSettings.UpkeepConnections, asOwner, Traffic);
        IsGuarded = settings.Roles is not null;
        _machine = machine;
        _clock = new PostgresClock(machine);
        _fixedNow = settings.FixedNow;
    }

    public override bool IsShared => true;

    public override bool IsGuarded { get; }

    public override DatabaseRoles? MissingRoles => _missing;

    /// <summary>Connects and brings the schema up to date; any number of nodes may do so at once.</summary>
    public static async Task<PostgresEngine> Open(PostgresSettings settings, TimeProvider machine)
    {
        var engine = new PostgresEngine(settings, machine);
        try
        {
            var (roles, mayBeUsed) = await engine.Migrate(settings);
            // The login that works through a pooler may be another than the one that migrates.
            if (!mayBeUsed || !await engine.Read(roles.MayBeUsed))
            {
                engine._missing = roles;
                return engine;
            }

            engine.Dispose();
            return new PostgresEngine(settings with { Roles = roles }, machine);
        }
        catch (Problem problem)
        {
            engine.Dispose();
            throw new Problem(problem.Kind, $"{settings.Shown}: {problem.Message}") { RetryAfter = problem.RetryAfter };
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    public override DateTimeOffset Now() => _fixedNow?.Invoke() ?? _clock.Now();

    public override async Task<T> Read<T>(Func<Session, ValueTask<T>> work, Guid? owner = null)
    {
        var began = _machine.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await With(
                    _reads,
                    async session =>
                    {
                        session.Owner = owner;
                        return await work(session);
                    }
                );
            }
            catch (NpgsqlException failure)
            {
                await Again(failure, tries, began);
            }
        }
    }

    public override async Task<T> Write<T>(Func<Session, ValueTask<T>> work, Lane lane)
    {
        var pool = lane switch
        {
            Lane.Urgent => _urgent,
            Lane.Upkeep => _upkeep,
            _ => _work,
        };
        var began = _machine.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await With(pool, session => Transact(session, work));
            }
            catch (NpgsqlException failure)
            {
                await Again(failure, tries, began);
            }
        }
    }

    public override void Dispose()
    {
        _work.Dispose();
        _urgent.Dispose();
        _reads.Dispose();
        _upkeep.Dispose();
        _writing.Dispose();
        _reading.Dispose();
        _owning.Dispose();
    }

    /// <summary>
    /// Tries again for as long as others hold what it wants to change: it waits for them only for moments, so that
    /// nobody waits for it.
    /// </summary>
    private async Task<(DatabaseRoles Roles, bool MayBeUsed)> Migrate(PostgresSettings settings)
    {
        await using var source = settings.Direct();
        using var pool = new PostgresPool(source, 1, settings with { DirectAddress = null }, Traffic);
        var began = _machine.GetTimestamp();
        var failures = 0;
        while (true)
        {
            try
            {
                return await With(pool, session => Transact(session, Migrator.MigratePostgres));
            }
            catch (NpgsqlException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                if (_machine.GetElapsedTime(began) > MigrationPatience)
                {
                    throw PostgresFaults.Explain(failure);
                }

                await Task.Delay(BetweenMigrations, _machine);
            }
            catch (NpgsqlException failure)
            {
                await Again(failure, ++failures, _machine.GetTimestamp());
            }
        }
    }

    private async Task<T> With<T>(PostgresPool pool, Func<PostgresSession, Task<T>> work)
    {
        var session = await pool.Take();
        try
        {
            session.Now = await NowOver(session);
            return await work(session);
        }
        finally
        {
            session.Owner = null;
            pool.Give(session);
        }
    }

    private static async Task<T> Transact<T>(PostgresSession session, Func<Session, ValueTask<T>> work)
    {
        var commits = false;
        try
        {
            session.BeginWork();
            // What is left here is of a try that failed.
            session.TakeAfterwards();
            var result = await work(session);
            commits = true;
            await session.CommitWork();
            foreach (var signal in session.TakeAfterwards())
            {
                signal.Set();
            }

            return result;
        }
        catch (NpgsqlException failure) when (commits && session.IsBroken && PostgresFaults.IsLoss(failure))
        {
            // While the connection is whole the server has answered, and what it refused it has not committed.
            throw PostgresFaults.Unknown();
        }
        catch
        {
            await Undo(session);
            throw;
        }
    }

    private static async ValueTask Undo(PostgresSession session)
    {
        try
        {
            if (!session.IsBroken)
            {
                await session.RollbackWork();
            }
        }
        catch (NpgsqlException)
        {
            // The connection is of no more use, and its end is the transaction's.
            session.Abandon();
        }
    }

    /// <summary>Returns when the work is to be run again; throws what the caller should see when it is not.</summary>
    private async ValueTask Again(NpgsqlException failure, int tries, long began)
    {
        var isAway = PostgresFaults.IsLoss(failure) && _machine.GetElapsedTime(began) > LongestRepeating;
        var worth = PostgresFaults.IsMeeting(failure) || PostgresFaults.IsLoss(failure);
        if (!worth || isAway || tries >= MaxTries)
        {
            throw PostgresFaults.Explain(failure);
        }

        await Task.Delay(Pause * (tries - 1), _machine);
    }

    private async ValueTask<DateTimeOffset> NowOver(PostgresSession session)
    {
        if (_fixedNow is null && _clock.IsStale)
        {
            _clock.Saw(await session.First(SelectNow, row => row.Instant(0)));
        }

        return Now();
    }
}
