#pragma warning disable RS0030 // Speaks the driver's interface: everything else hands it constants.

using System.Data;
using Npgsql;

namespace Ordinaut.Store;

/// <summary>
/// A connection to PostgreSQL, used by one piece of work at a time. What nobody waits for (the beginning, locks,
/// <see cref="Later"/>) is kept and goes with the next statement, so a piece costs as many trips as it has answers.
/// Statements are prepared by the driver at their second use on the connection; behind a pooler, where the next piece
/// may have another connection, never.
/// </summary>
internal sealed class PostgresSession(NpgsqlConnection connection, PostgresSettings settings, Traffic traffic) : Session
{
    private const string Start = "begin";
    private const string Nothing = "select 1";
    private const string Commit = "commit";
    private const string Rollback = "rollback";

    private readonly List<Waiting> _waiting = [];
    private bool _isAbandoned;
    private bool _isInWork;

    /// <summary>Whether the connection is of no use any more.</summary>
    public bool IsBroken => _isAbandoned || connection.FullState is not ConnectionState.Open;

    /// <summary>Nobody knows what state the connection is in: it is closed, not used again.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Whose rows alone the database shows outside of transactions; null: everyone's.</summary>
    public Guid? Owner { get; set; }

    public void BeginWork()
    {
        _waiting.Add(new Waiting(new NpgsqlBatchCommand(Start), false));
        if (settings.IsPooled)
        {
            _waiting.Add(new Waiting(new NpgsqlBatchCommand(PostgresSettings.Limits), true));
            if (settings.Roles is { } roles)
            {
                _waiting.Add(new Waiting(Begin(roles, null), true));
            }
        }

        _isInWork = true;
    }

    /// <summary>Sends what is left with the commit, in one trip.</summary>
    public async ValueTask CommitWork()
    {
        await Run(new NpgsqlBatchCommand(Commit));
        _isInWork = false;
        traffic.Committed();
    }

    public async ValueTask RollbackWork()
    {
        _waiting.Clear();
        await Run(new NpgsqlBatchCommand(Rollback));
        _isInWork = false;
    }

    public override ValueTask<int> Execute(string sql, params ReadOnlySpan<Arg> args) =>
        Run(Statement(sql, args).Bind(args, Now));

    public override ValueTask<T?> First<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args)
        where T : default => ReadFirst(Statement(sql, args).Bind(args, Now), read);

    public override ValueTask<List<T>> Query<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args) =>
        ReadAll(Statement(sql, args).Bind(args, Now), read);

    public override async ValueTask Script(string sql)
    {
        // It goes by itself, and not before what waits: the beginning of its transaction, and the role it is in.
        if (_waiting.Count > 0)
        {
            await Run(new NpgsqlBatchCommand(Nothing));
        }

        // A migration may read whole tables; the server's own limit ends it.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    public override ValueTask Later(string sql, params ReadOnlySpan<Arg> args)
    {
        _waiting.Add(new Waiting(Statement(sql, args).Bind(args, Now), false));
        return ValueTask.CompletedTask;
    }

    public override ValueTask LaterEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args)
    {
        if (items.Count > 0)
        {
            _waiting.Add(new Waiting(BindEach(sql, items, args), false));
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask Lock(string sql, params ReadOnlySpan<Arg> args)
    {
        var hasResult = sql.StartsWith("select", StringComparison.Ordinal);
        _waiting.Add(new Waiting(Statement(sql, args).Bind(args, Now), hasResult));
        return ValueTask.CompletedTask;
    }

    public override ValueTask LockEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args)
    {
        if (items.Count > 0)
        {
            _waiting.Add(new Waiting(BindEach(sql, items, args), true));
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask<int> ExecuteEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args) =>
        items.Count == 0 ? ValueTask.FromResult(0) : Run(BindEach(sql, items, args));

    public override ValueTask<List<TRow>> QueryEach<T, TRow>(
        string sql,
        Func<Row, TRow> read,
        IReadOnlyList<T> items,
        Func<T, Arg[]> args
    ) => items.Count == 0 ? ValueTask.FromResult<List<TRow>>([]) : ReadAll(BindEach(sql, items, args), read);

    public override void Dispose() => connection.Dispose();

    private PostgresStatement Statement(string sql, ReadOnlySpan<Arg> args, bool each = false) =>
        PostgresStatement.Of(settings.Rewrite?.Invoke(sql) ?? sql, args, each);

    private NpgsqlBatchCommand BindEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args)
    {
        var rows = new Arg[items.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = args(items[i]);
        }

        return Statement(sql, rows[0], each: true).BindEach(rows, Now);
    }

    private async ValueTask<int> Run(NpgsqlBatchCommand command)
    {
        await using var batch = Take(command, out _);
        await batch.ExecuteNonQueryAsync();
        return checked((int)command.Rows);
    }

    private async ValueTask<T?> ReadFirst<T>(NpgsqlBatchCommand command, Func<Row, T> read)
    {
        await using var batch = Take(command, out var before);
        await using var reader = await batch.ExecuteReaderAsync();
        await Skip(reader, before);
        return await reader.ReadAsync() ? read(new PostgresRow(reader)) : default;
    }

    private async ValueTask<List<T>> ReadAll<T>(NpgsqlBatchCommand command, Func<Row, T> read)
    {
        var rows = new List<T>();
        await using var batch = Take(command, out var before);
        await using var reader = await batch.ExecuteReaderAsync();
        await Skip(reader, before);
        var row = new PostgresRow(reader);
        while (await reader.ReadAsync())
        {
            rows.Add(read(row));
        }

        return rows;
    }

    /// <summary>Everything that waits and then this one.</summary>
    /// <param name="before">How many results come before its own.</param>
    private NpgsqlBatch Take(NpgsqlBatchCommand command, out int before)
    {
        before = 0;
        var batch = new NpgsqlBatch(connection);
        if (!_isInWork && settings.Roles is { } roles && (settings.IsPooled || Owner is not null))
        {
            // Without a transaction around it a batch is one by itself: with its end the role is gone.
            batch.BatchCommands.Add(Begin(roles, Owner));
            before++;
        }

        foreach (var waiting in _waiting)
        {
            batch.BatchCommands.Add(waiting.Command);
            before += waiting.HasResult ? 1 : 0;
        }

        batch.BatchCommands.Add(command);
        traffic.Sent(batch.BatchCommands.Count);
        _waiting.Clear();
        return batch;
    }

    private NpgsqlBatchCommand Begin(DatabaseRoles roles, Guid? owner)
    {
        Arg[] args = owner is null
            ? [("path", roles.Path), ("role", roles.App)]
            : [("path", roles.Path), ("role", roles.Caller), ("owner", owner.Value.ToString())];
        return PostgresStatement.Of(owner is null ? DatabaseRoles.Work : DatabaseRoles.ReadFor, args).Bind(args, Now);
    }

    private static async ValueTask Skip(NpgsqlDataReader reader, int results)
    {
        for (; results > 0; results--)
        {
            await reader.NextResultAsync();
        }
    }

    private readonly record struct Waiting(NpgsqlBatchCommand Command, bool HasResult);
}
