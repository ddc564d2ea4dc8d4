using System.Buffers;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Ordinaut.Store;

/// <summary>Values as PostgreSQL takes them: typed also when null, one by one or as columns of an array each.</summary>
internal static class PostgresValues
{
    private const char Unreadable = '\uFFFD';

    // What PostgreSQL's text cannot hold: the zero character, and halves of a surrogate pair.
    private static readonly SearchValues<char> Suspect = SearchValues.Create([
        '\0',
        .. Enumerable.Range(0xD800, 0x800).Select(code => (char)code),
    ]);

    public static string ArrayType(ArgKind kind) =>
        kind switch
        {
            ArgKind.Id => "uuid[]",
            ArgKind.Text => "text[]",
            ArgKind.Number => "bigint[]",
            ArgKind.Flag => "boolean[]",
            ArgKind.Instant => "timestamptz[]",
            _ => "bytea[]",
        };

    public static NpgsqlParameter Parameter(in Arg arg)
    {
        var type = TypeOf(arg.Kind);
        if (arg.IsNull)
        {
            return new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type };
        }

        return arg.Kind switch
        {
            ArgKind.Id => new NpgsqlParameter<Guid> { TypedValue = arg.Id, NpgsqlDbType = type },
            ArgKind.Text => new NpgsqlParameter<string> { TypedValue = Clean(arg.Text!), NpgsqlDbType = type },
            ArgKind.Number => new NpgsqlParameter<long> { TypedValue = arg.Number, NpgsqlDbType = type },
            ArgKind.Flag => new NpgsqlParameter<bool> { TypedValue = arg.Number != 0, NpgsqlDbType = type },
            ArgKind.Instant => new NpgsqlParameter<DateTimeOffset> { TypedValue = arg.Instant, NpgsqlDbType = type },
            _ => new NpgsqlParameter<byte[]> { TypedValue = arg.Bytes!, NpgsqlDbType = type },
        };
    }

    /// <summary>The n-th value of every item.</summary>
    public static NpgsqlParameter Column(IReadOnlyList<Arg[]> items, int n)
    {
        var kind = items[0][n].Kind;
        object values = kind switch
        {
            ArgKind.Id => Values(items, n, arg => arg.IsNull ? null : (Guid?)arg.Id),
            ArgKind.Text => Values(items, n, arg => arg.IsNull ? null : Clean(arg.Text!)),
            ArgKind.Number => Values(items, n, arg => arg.IsNull ? null : (long?)arg.Number),
            ArgKind.Flag => Values(items, n, arg => arg.IsNull ? null : (bool?)(arg.Number != 0)),
            ArgKind.Instant => Values(items, n, arg => arg.IsNull ? null : (DateTimeOffset?)arg.Instant),
            _ => Values(items, n, arg => arg.Bytes),
        };
        return new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | TypeOf(kind) };
    }

    private static T[] Values<T>(IReadOnlyList<Arg[]> items, int n, Func<Arg, T> value)
    {
        var values = new T[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(items[i][n]);
        }

        return values;
    }

    private static NpgsqlDbType TypeOf(ArgKind kind) =>
        kind switch
        {
            ArgKind.Id => NpgsqlDbType.Uuid,
            ArgKind.Text => NpgsqlDbType.Text,
            ArgKind.Number => NpgsqlDbType.Bigint,
            ArgKind.Flag => NpgsqlDbType.Boolean,
            ArgKind.Instant => NpgsqlDbType.TimestampTz,
            _ => NpgsqlDbType.Bytea,
        };

    /// <summary>Replaces what PostgreSQL's text cannot hold; in JSON text both stand as escapes and stay.</summary>
    private static string Clean(string text) =>
        text.AsSpan().ContainsAny(Suspect)
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', Unreadable)
            : text;
}
