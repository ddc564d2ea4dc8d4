#pragma warning disable RS0030 // Speaks the driver's interface: everything else hands it constants.

using System.Data;
using Npgsql;

namespace Ordinaut.Store;

/// <summary>
/// A connection to PostgreSQL, used by one piece of work at a time. What nobody waits for (the beginning, locks,
/// <see cref="Later"/>) is kept and goes with the next statement, so a piece costs as many trips as it has answers.
/// Statements are prepared by the driver at their second use on the connection.
/// </summary>
internal sealed class PostgresSession(NpgsqlConnection connection) : Session
{
    private const string Begin = "begin";
    private const string Commit = "commit";
    private const string Rollback = "rollback";

    /// <summary>A migration may read whole tables; the server's own limit ends it.</summary>
    private const int ScriptSeconds = 60;

    private readonly List<Waiting> _waiting = [];

    /// <summary>Whether the connection is of no use any more.</summary>
    public bool IsBroken => connection.FullState is not ConnectionState.Open;

    /// <summary>Statements sent; the figure behind "statements of a run".</summary>
    public long Sent { get; private set; }

    public void BeginWork() => _waiting.Add(new Waiting(new NpgsqlBatchCommand(Begin), false));

    /// <summary>Sends what is left with the commit, in one trip.</summary>
    public async ValueTask CommitWork() => await Run(new NpgsqlBatchCommand(Commit));

    public async ValueTask RollbackWork()
    {
        _waiting.Clear();
        await Run(new NpgsqlBatchCommand(Rollback));
    }

    public override ValueTask<int> Execute(string sql, params ReadOnlySpan<Arg> args) =>
        Run(PostgresStatement.Of(sql, args).Bind(args, Now));

    public override ValueTask<T?> First<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args)
        where T : default => ReadFirst(PostgresStatement.Of(sql, args).Bind(args, Now), read);

    public override ValueTask<List<T>> Query<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args) =>
        ReadAll(PostgresStatement.Of(sql, args).Bind(args, Now), read);

    public override async ValueTask Script(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = ScriptSeconds };
        await command.ExecuteNonQueryAsync();
    }

    public override ValueTask Later(string sql, params ReadOnlySpan<Arg> args)
    {
        _waiting.Add(new Waiting(PostgresStatement.Of(sql, args).Bind(args, Now), false));
        return ValueTask.CompletedTask;
    }

    public override ValueTask Lock(string sql, params ReadOnlySpan<Arg> args)
    {
        var hasResult = sql.StartsWith("select", StringComparison.Ordinal);
        _waiting.Add(new Waiting(PostgresStatement.Of(sql, args).Bind(args, Now), hasResult));
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

    private NpgsqlBatchCommand BindEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args)
    {
        var rows = new Arg[items.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = args(items[i]);
        }

        return PostgresStatement.Of(sql, rows[0], each: true).BindEach(rows, Now);
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
        foreach (var waiting in _waiting)
        {
            batch.BatchCommands.Add(waiting.Command);
            before += waiting.HasResult ? 1 : 0;
        }

        batch.BatchCommands.Add(command);
        Sent += batch.BatchCommands.Count;
        _waiting.Clear();
        return batch;
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
