using System.Reflection;
using Npgsql;
using Ordinaut.Store;
using Ordinaut.Tests.Runs;

namespace Ordinaut.Tests.Store;

/// <summary>
/// A store is supported when it passes the same suite as the others: every story of the core, told once more on
/// PostgreSQL.
/// </summary>
public sealed class PostgresConformance : IClassFixture<PostgresConformance.Database>
{
    private static readonly string[] Folders =
    [
        "Tasks",
        "Runs",
        "Events",
        "Calendars",
        "Approvals",
        "Models",
        "Secrets",
        "Webhooks",
        "Monitors",
    ];

    private readonly Database _database;

    public PostgresConformance(Database database) => _database = database;

    public static TheoryData<string, string, int> Stories
    {
        get
        {
            var stories = new TheoryData<string, string, int>();
            foreach (var method in typeof(PostgresConformance).Assembly.GetTypes().Where(IsStories).SelectMany(Told))
            {
                for (var row = 0; row < Rows(method).Length; row++)
                {
                    stories.Add(method.DeclaringType!.FullName!, method.Name, row);
                }
            }

            return stories;
        }
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public void The_story_takes_the_same_course(string stories, string story, int row)
    {
        var type = typeof(PostgresConformance).Assembly.GetType(stories)!;
        var method = type.GetMethod(story)!;
        var teller = method.IsStatic ? null : Activator.CreateInstance(type);
        Story.Told = clock => _database.Open(clock);
        try
        {
            method.Invoke(teller, BindingFlags.DoNotWrapExceptions, null, Rows(method)[row], null);
        }
        finally
        {
            Story.Told = null;
            (teller as IDisposable)?.Dispose();
        }
    }

    private static bool IsStories(Type type) =>
        type.Name.EndsWith("Stories", StringComparison.Ordinal)
        && Folders.Any(folder => type.Namespace == $"{nameof(Ordinaut)}.{nameof(Tests)}.{folder}");

    private static IEnumerable<MethodInfo> Told(Type type) =>
        type.GetMethods()
            .Where(method =>
                method.ReturnType == typeof(void) && method.GetCustomAttribute<FactAttribute>() is not null
            );

    private static object?[][] Rows(MethodInfo method)
    {
        var rows = method.GetCustomAttributes<InlineDataAttribute>().Select(row => row.Data).ToArray();
        return rows.Length > 0
            ? [.. rows.Select(row => Filled(method, row))]
            :
            [
                [],
            ];
    }

    private static object?[] Filled(MethodInfo method, object?[] row)
    {
        var parameters = method.GetParameters();
        var last = parameters[^1];
        if (last.IsDefined(typeof(ParamArrayAttribute)) && row is not [.., Array])
        {
            var rest = Array.CreateInstance(last.ParameterType.GetElementType()!, row.Length - parameters.Length + 1);
            row.Skip(parameters.Length - 1).ToArray().CopyTo(rest, 0);
            return [.. row.Take(parameters.Length - 1), rest];
        }

        return [.. row, .. parameters.Skip(row.Length).Select(parameter => parameter.DefaultValue)];
    }

    /// <summary>One database for all stories, emptied before each.</summary>
    public sealed class Database
    {
        // To truncate would make new files for each table and each index; there is little in them. What the schema
        // itself wrote stays.
        private const string Emptying = """
            select string_agg(format('delete from %I', tablename), '; ') from pg_tables
            where schemaname = 'public' and tablename not in ('migration', 'cluster')
            """;

        private readonly string _address = PostgresServer.NewDatabase();

        internal Db Open(TimeProvider clock)
        {
            var settings = new PostgresSettings(_address) { FixedNow = clock.GetUtcNow, WorkConnections = 4 };
            var engine = Task.Run(() => PostgresEngine.Open(settings, TimeProvider.System)).GetAwaiter().GetResult();
            Empty();
            return new Db(new WatchedEngine(engine));
        }

        private void Empty()
        {
            using var connection = new NpgsqlConnection(_address);
            connection.Open();
            using var emptying = new NpgsqlCommand(Emptying, connection);
            using var empty = new NpgsqlCommand((string)emptying.ExecuteScalar()!, connection);
            empty.ExecuteNonQuery();
        }
    }
}
