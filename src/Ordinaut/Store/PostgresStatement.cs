#pragma warning disable RS0030 // One of the files that speak the driver's own interface.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace Ordinaut.Store;

/// <summary>
/// A statement in PostgreSQL's dialect, made once from the common text: the conditional comments are opened, and
/// named values become positions, so that the driver has nothing left to parse.
/// </summary>
internal sealed partial class PostgresStatement
{
    private const string NowName = "now";

    /// <summary>Where the items stand before a subquery that is read once for each of them.</summary>
    private const string Lateral = "lateral";

    private static readonly ConcurrentDictionary<object, PostgresStatement> One = new(
        ReferenceEqualityComparer.Instance
    );

    private static readonly ConcurrentDictionary<object, PostgresStatement> Many = new(
        ReferenceEqualityComparer.Instance
    );

    private readonly string[] _names;
    private readonly bool _asksNow;

    private PostgresStatement(string sql, ReadOnlySpan<Arg> args, bool each)
    {
        _names = new string[args.Length];
        for (var i = 0; i < args.Length; i++)
        {
            _names[i] = args[i].Name;
        }

        var types = new string[args.Length];
        for (var i = 0; i < args.Length; i++)
        {
            types[i] = $"${i + 1}::{PostgresValues.ArrayType(args[i].Kind)}";
        }

        var asksNow = false;
        var text = OnPostgres().Replace(sql, "$1");
        text = MadeBefore().Replace(text, "= any(array(select $1 from $2))");
        if (JoinedItems().IsMatch(text))
        {
            text = Key().Replace(text, "= any(array[@$1])");
        }

        text = Value()
            .Replace(
                text,
                match =>
                {
                    var name = match.Groups[1].Value;
                    asksNow |= name == NowName;
                    var place = name == NowName ? _names.Length : Array.IndexOf(_names, name);
                    Assert(place >= 0, name, sql);
                    var number = (place + 1).ToString(CultureInfo.InvariantCulture);
                    return each && name != NowName ? $"each.p{number}" : $"${number}";
                }
            );
        var columns = string.Join(", ", Enumerable.Range(1, args.Length).Select(n => $"p{n}"));
        Assert(!each || Items().Count(text) == 1, "one place for its items", sql);
        var list = $"unnest({string.Join(", ", types)}) as each({columns})";
        Text = each ? Items().Replace(text, match => Place(match.Groups[1].Value, list)) : text;
        _asksNow = asksNow;
    }

    public string Text { get; }

    /// <param name="each">Whether the statement is to run for a list of items, whose values come as arrays.</param>
    public static PostgresStatement Of(string sql, ReadOnlySpan<Arg> args, bool each = false)
    {
        var known = each ? Many : One;
        if (!known.TryGetValue(sql, out var statement))
        {
            statement = new PostgresStatement(sql, args, each);
            known[sql] = statement;
        }

        return statement;
    }

    public NpgsqlBatchCommand Bind(ReadOnlySpan<Arg> args, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(Text);
        for (var i = 0; i < args.Length; i++)
        {
            Assert(ReferenceEquals(_names[i], args[i].Name) || _names[i] == args[i].Name, _names[i], args[i].Name);
            command.Parameters.Add(PostgresValues.Parameter(args[i]));
        }

        return WithNow(command, now);
    }

    public NpgsqlBatchCommand BindEach(IReadOnlyList<Arg[]> items, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(Text);
        for (var i = 0; i < _names.Length; i++)
        {
            Assert(_names[i] == items[0][i].Name, _names[i], items[0][i].Name);
            command.Parameters.Add(PostgresValues.Column(items, i));
        }

        return WithNow(command, now);
    }

    private NpgsqlBatchCommand WithNow(NpgsqlBatchCommand command, DateTimeOffset now)
    {
        if (_asksNow)
        {
            command.Parameters.Add(
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz }
            );
        }

        return command;
    }

    private static string Place(string word, string list) => word == Lateral ? $"{list}, lateral" : $"{word} {list}";

    private static void Assert(bool holds, string what, string where)
    {
        if (!holds)
        {
            throw new UnreachableException($"'{what}' does not stand where it was prepared: {where}");
        }
    }

    [GeneratedRegex(@"/\* pg: (.*?) \*/", RegexOptions.Singleline)]
    private static partial Regex OnPostgres();

    [GeneratedRegex(@"/\* each: (.*?) \*/")]
    private static partial Regex Items();

    // What the planner believes of a table that fills and empties by the second is never true. Of one that was empty
    // it reads all, in the order of its key, to join it with a list of ids. An array can only be looked up.
    [GeneratedRegex(@"(?<=\w )in \(select (\w+) from (\w+)\)")]
    private static partial Regex MadeBefore();

    [GeneratedRegex(@"/\* each: (from|using|,) \*/")]
    private static partial Regex JoinedItems();

    [GeneratedRegex(@"(?<=\bwhere\b.*)= @(\w+)", RegexOptions.Singleline)]
    private static partial Regex Key();

    [GeneratedRegex(@"@(\w+)")]
    private static partial Regex Value();
}
