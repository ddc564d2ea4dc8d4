#pragma warning disable RS0030 // The one file that gives a command its text: everything else hands it constants.

using System.Data.Common;
using System.Diagnostics;

namespace Ordinaut.Store;

/// <summary>
/// One connection for the length of one piece of work: runs statements, keeps them prepared, and knows the
/// database's time. Handed out by <see cref="Db"/> only. On SQLite every call completes at once.
/// </summary>
internal sealed class Session(DbConnection connection, Dialect dialect) : IDisposable
{
    private readonly Dictionary<object, Statement> _statements = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The database's clock at the start of this work; every <c>@now</c> in a statement is this instant.
    /// Due times, leases and expiries are decided by it alone, never by a caller's clock.
    /// </summary>
    public DateTimeOffset Now { get; internal set; }

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public ValueTask<int> Execute(string sql, params ReadOnlySpan<Arg> args) => new(Bind(sql, args).ExecuteNonQuery());

    /// <summary>Runs one statement for each item and returns how many rows were changed in all.</summary>
    public ValueTask<int> ExecuteEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args)
    {
        var changed = 0;
        foreach (var item in items)
        {
            changed += Bind(sql, args(item)).ExecuteNonQuery();
        }

        return new ValueTask<int>(changed);
    }

    public ValueTask<T?> First<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args)
    {
        using var reader = Bind(sql, args).ExecuteReader();
        return new ValueTask<T?>(reader.Read() ? read(new Row(reader, dialect)) : default);
    }

    public ValueTask<List<T>> Query<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args)
    {
        var rows = new List<T>();
        using var reader = Bind(sql, args).ExecuteReader();
        var row = new Row(reader, dialect);
        while (reader.Read())
        {
            rows.Add(read(row));
        }

        return new ValueTask<List<T>>(rows);
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Command.Dispose();
        }

        connection.Dispose();
    }

    private DbCommand Bind(string sql, ReadOnlySpan<Arg> args)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = Prepare(sql, args);
            _statements.Add(sql, statement);
        }

        var parameters = statement.Command.Parameters;
        for (var i = 0; i < args.Length; i++)
        {
            if (statement.Names[i] != args[i].Name)
            {
                throw new UnreachableException(
                    $"'{args[i].Name}' stands where '{statement.Names[i]}' was prepared: {sql}"
                );
            }

            parameters[i].Value = dialect.Encode(args[i].Value);
        }

        if (statement.UsesNow)
        {
            parameters[args.Length].Value = dialect.Encode(Now);
        }

        return statement.Command;
    }

    /// <summary>
    /// A statement is prepared once per connection and then bound by position, so each text belongs to one call
    /// site (or several that name their values in one order); a different order is a broken invariant.
    /// </summary>
    private Statement Prepare(string sql, ReadOnlySpan<Arg> args)
    {
        var command = connection.CreateCommand();
        command.CommandText = dialect.Translate(sql);
        foreach (var arg in args)
        {
            AddParameter(command, arg.Name);
        }

        var usesNow = command.CommandText.Contains("@now", StringComparison.Ordinal);
        if (usesNow)
        {
            AddParameter(command, "now");
        }

        // Without this the provider parses the text again at every execution. A script (a migration) cannot be
        // prepared ahead: its later statements use what the earlier ones make.
        if (!command.CommandText.Contains(';', StringComparison.Ordinal))
        {
            command.Prepare();
        }

        return new Statement(command, usesNow, [.. args.ToArray().Select(arg => arg.Name)]);
    }

    private static void AddParameter(DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@" + name;
        command.Parameters.Add(parameter);
    }

    private sealed record Statement(DbCommand Command, bool UsesNow, string[] Names);
}
