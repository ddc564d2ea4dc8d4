#pragma warning disable RS0030 // One of the two files that speak SQLite's own interface.

using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SQLitePCL;

namespace Ordinaut.Store;

/// <summary>A prepared statement and, while it runs, the current row of its result.</summary>
internal sealed class SqliteStatement : Row, IDisposable
{
    private const int IdBytes = 16;
    private const int OnStack = 512;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly (string Name, int Index)[] _parameters;
    private readonly int _now;

    /// <summary>Values are bound by position from now on: each argument's place is looked up once, here.</summary>
    public SqliteStatement(sqlite3 connection, string sql, ReadOnlySpan<Arg> args)
    {
        _connection = connection;
        var code = raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement, out var rest);
        SqliteFault.ThrowUnlessOk(code, connection);
        Assert(string.IsNullOrWhiteSpace(rest), "one statement", sql);
        _parameters = new (string, int)[args.Length];
        for (var i = 0; i < args.Length; i++)
        {
            _parameters[i] = (args[i].Name, raw.sqlite3_bind_parameter_index(_statement, "@" + args[i].Name));
            Assert(_parameters[i].Index > 0, args[i].Name, sql);
        }

        _now = raw.sqlite3_bind_parameter_index(_statement, "@now");
        Assert(raw.sqlite3_bind_parameter_count(_statement) == args.Length + (_now > 0 ? 1 : 0), "all values", sql);
    }

    public void Bind(ReadOnlySpan<Arg> args, DateTimeOffset now)
    {
        for (var i = 0; i < args.Length; i++)
        {
            ref readonly var arg = ref args[i];
            var (name, index) = _parameters[i];
            if (!ReferenceEquals(name, arg.Name))
            {
                Assert(name == arg.Name, name, arg.Name);
            }

            BindOne(index, arg);
        }

        if (_now > 0)
        {
            Require(raw.sqlite3_bind_int64(_statement, _now, Instants.ToMicroseconds(now)));
        }
    }

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return code == raw.SQLITE_ROW;
        }

        SqliteFault.ThrowUnlessOk(code, _connection);
        return false;
    }

    /// <summary>Ends the run of the statement. Its result code only repeats the last step's.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public void Dispose() => _statement.Dispose();

    public override bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public override Guid Id(int column) => new(raw.sqlite3_column_blob(_statement, column), bigEndian: true);

    public override DateTimeOffset Instant(int column) => Instants.FromMicroseconds(Long(column));

    public override string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    public override long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public override bool Bool(int column) => Long(column) != 0;

    public override double Double(int column) => raw.sqlite3_column_double(_statement, column);

    public override byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public override JsonElement Json(int column) => JsonElement.Parse(raw.sqlite3_column_blob(_statement, column));

    private void BindOne(int index, in Arg arg) =>
        Require(
            arg.Kind switch
            {
                _ when arg.IsNull => raw.sqlite3_bind_null(_statement, index),
                ArgKind.Id => BindId(index, arg.Id),
                ArgKind.Text => BindText(index, arg.Text!),
                ArgKind.Instant => raw.sqlite3_bind_int64(_statement, index, Instants.ToMicroseconds(arg.Instant)),
                ArgKind.Bytes => raw.sqlite3_bind_blob(_statement, index, arg.Bytes!),
                _ => raw.sqlite3_bind_int64(_statement, index, arg.Number),
            }
        );

    private int BindId(int index, Guid id)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return raw.sqlite3_bind_blob(_statement, index, bytes);
    }

    private int BindText(int index, string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = size <= OnStack ? stackalloc byte[OnStack] : new byte[Encoding.UTF8.GetByteCount(text)];
        return raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    private void Require(int code) => SqliteFault.ThrowUnlessOk(code, _connection);

    private static void Assert(bool holds, string what, string where)
    {
        if (!holds)
        {
            throw new UnreachableException($"'{what}' does not stand where it was prepared: {where}");
        }
    }
}
