using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Npgsql;
using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

/// <summary>
/// Every statement of the program, read from its own file: statements are constants, and a constant that is used is a
/// literal there, whole, however it was put together.
/// </summary>
internal static partial class Statements
{
    /// <summary>Stands between two of a list.</summary>
    public const string Divider = "\n--\n";

    /// <summary>The bench makes and drops it by itself.</summary>
    private const string BenchTable = "bench_raw";

    private const string SelectColumns = """
        select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'
        """;

    /// <summary>What only one of the databases is ever asked.</summary>
    private static readonly string[] OnlyPostgres =
    [
        "pg_",
        "for no key update",
        "for update",
        "for share of",
        "clock_timestamp",
        "set_config",
        "::",
    ];

    private static readonly string[] OnlySqlite = ["sqlite_", "pragma_"];

    /// <summary>Values that no column is named after, where the statement does not say what they are.</summary>
    private static readonly Dictionary<string, ArgKind> Others = new()
    {
        ["seen_state"] = ArgKind.Number,
        ["place"] = ArgKind.Number,
        ["places"] = ArgKind.Number,
        ["all"] = ArgKind.Flag,
        ["from_priority"] = ArgKind.Number,
        ["from_due"] = ArgKind.Instant,
        ["seen_nominal"] = ArgKind.Instant,
        ["skipped"] = ArgKind.Flag,
        ["since"] = ArgKind.Instant,
        ["until"] = ArgKind.Instant,
        ["id"] = ArgKind.Id,
        ["of_id"] = ArgKind.Id,
        ["owner_id"] = ArgKind.Id,
        ["query"] = ArgKind.Text,
        ["success"] = ArgKind.Flag,
        ["key"] = ArgKind.Text,
        ["state"] = ArgKind.Text,
    };

    public static IReadOnlyList<string> All { get; } =
    [
        .. Literals()
            .Where(text => IsStatement().IsMatch(text) && !text.Contains(BenchTable, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    public static IEnumerable<string> OnSqlite() => All.Where(text => !Bare(text, OnlyPostgres));

    /// <summary>As they are sent, each as a <c>prepare</c> with the types of its values.</summary>
    public static IEnumerable<string> OnPostgres(NpgsqlConnection connection)
    {
        var columns = Columns(connection);
        return All.Where(text => !Bare(text, OnlySqlite)).Select((text, i) => Prepare(text, i, columns));
    }

    private static string Prepare(string sql, int number, Dictionary<(string, string), ArgKind> columns)
    {
        var isEach = sql.Contains("/* each: ", StringComparison.Ordinal);
        var names = Value()
            .Matches(sql)
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .Where(name => name != "now")
            .ToList();
        var known = names.ConvertAll(name => KindOf(sql, name, columns));
        Arg[] args = [.. names.Zip(known, (name, kind) => Of(name, kind ?? ArgKind.Text))];
        var text = PostgresStatement.Of(sql, args, isEach).Text;
        var types = known.ConvertAll(kind =>
            kind is null || isEach ? "unknown" : PostgresValues.ArrayType(kind.Value)[..^2]
        );
        var list = string.Join(", ", [.. types, "timestamptz"]);
        return $"prepare s{number} ({list}) as\n{text}";
    }

    private static Arg Of(string name, ArgKind kind) =>
        kind switch
        {
            ArgKind.Id => (name, (Guid?)null),
            ArgKind.Number => (name, (long?)null),
            ArgKind.Flag => (name, (bool?)null),
            ArgKind.Instant => (name, (DateTimeOffset?)null),
            ArgKind.Bytes => (name, (byte[]?)null),
            _ => (name, (string?)null),
        };

    private static Dictionary<(string Table, string Column), ArgKind> Columns(NpgsqlConnection connection)
    {
        // These lists are paged by no id.
        var kinds = new Dictionary<(string, string), ArgKind>
        {
            [("occurrence", "before")] = ArgKind.Instant,
            [("calendar", "after")] = ArgKind.Text,
        };
        using var command = new NpgsqlCommand(SelectColumns, connection);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            kinds[(reader.GetString(0), reader.GetString(1))] = KindOf(reader.GetString(2));
        }

        return kinds;
    }

    /// <summary>
    /// A value is named after a column of the statement's tables, that it writes before those that it reads; or it is
    /// among the others. Null where tables differ: there the statement says what it is.
    /// </summary>
    private static ArgKind? KindOf(string sql, string name, Dictionary<(string, string), ArgKind> columns)
    {
        var tables = Table().Matches(sql).Select(match => match.Groups[1].Value).Distinct();
        var kinds = tables.Where(table => columns.ContainsKey((table, name))).Select(table => columns[(table, name)]);
        var found = (sql.StartsWith("select", StringComparison.Ordinal) ? kinds.Distinct() : kinds.Take(1)).ToList();
        return found.Count == 1 ? found[0]
            : Others.TryGetValue(name, out var other) ? other
            : null;
    }

    private static ArgKind KindOf(string type) =>
        type switch
        {
            "uuid" => ArgKind.Id,
            "boolean" => ArgKind.Flag,
            "bytea" => ArgKind.Bytes,
            "text" => ArgKind.Text,
            _ when type.StartsWith("timestamp", StringComparison.Ordinal) => ArgKind.Instant,
            _ => ArgKind.Number,
        };

    private static bool Bare(string sql, string[] words)
    {
        var text = Comment().Replace(sql, "");
        return words.Any(word => text.Contains(word, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Literals()
    {
        using var file = new PEReader(File.OpenRead(typeof(Db).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var handle = MetadataTokens.UserStringHandle(0);
        for (handle = metadata.GetNextHandle(handle); !handle.IsNil; handle = metadata.GetNextHandle(handle))
        {
            yield return metadata.GetUserString(handle);
        }
    }

    [GeneratedRegex(@"^\s*(select|insert into|update \w+ set|delete from|with \w+ as)\s", RegexOptions.Singleline)]
    private static partial Regex IsStatement();

    [GeneratedRegex(@"\b(?:into|update|from|join) (\w+)")]
    private static partial Regex Table();

    [GeneratedRegex(@"@(\w+)")]
    private static partial Regex Value();

    [GeneratedRegex(@"/\* .*? \*/", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
