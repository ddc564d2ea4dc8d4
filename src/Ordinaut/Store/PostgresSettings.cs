using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Ordinaut.Store;

/// <summary>How to reach a PostgreSQL database.</summary>
/// <param name="Address">
/// A <c>postgres://</c> URL, with or without the driver SQLAlchemy names in it, or keywords as Npgsql reads them.
/// </param>
internal sealed partial record PostgresSettings(string Address)
{
    /// <summary>Connections for what must never wait: keeping leases, health.</summary>
    public const int UrgentConnections = 2;

    /// <summary>Connections for what only the schema's owner may.</summary>
    public const int UpkeepConnections = 1;

    private const int DefaultPort = 5432;
    private const int ConnectSeconds = 5;

    // A network that drops in silence answers neither a statement nor the wish to cancel it: together they show it
    // within ten seconds. Statements are led by keys and take milliseconds.
    private const int UsualStatementSeconds = 8;
    private const int CancelMilliseconds = 1_000;

    // On a connection that only listens: from when on, and how often, it is asked whether the other side is there.
    private const int SilenceSeconds = 10;
    private const int ProbeSeconds = 2;

    // Milliseconds. A statement, a wait for a lock and a transaction that waits for us end by themselves. The server
    // compiles nothing: that takes it half a second, for statements of milliseconds that look costly to it.
    private const string Always =
        "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000 -c jit=off";

    // The queue grows and shrinks by the second, so what the planner knows of it is never true, and a plan made while
    // it was small reads all of it. Every statement that writes is led by keys: it never gains from another plan, and
    // to make one for each call, with all the parts of history in it, costs as much as to carry it out.
    private const string ByKey =
        " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

    // The same for one transaction: behind a pooler a connection is ours no longer than that.
    public const string Limits = """
        select set_config('statement_timeout', '30000', true), set_config('lock_timeout', '10000', true),
          set_config('idle_in_transaction_session_timeout', '30000', true), set_config('enable_seqscan', 'off', true),
          set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
          set_config('jit', 'off', true)
        """;

    /// <summary>
    /// The way to the same database past the transaction pooler that <see cref="Address"/> names; null when it
    /// names the database itself.
    /// </summary>
    public string? DirectAddress { get; init; }

    /// <summary>Whether a connection may be another's after each transaction: nothing may be left on it.</summary>
    public bool IsPooled => DirectAddress is not null;

    /// <summary>The roles that the connections for work take on; null: none but their login's.</summary>
    public DatabaseRoles? Roles { get; init; }

    /// <summary>Connections for writing; each piece of work has one while it runs.</summary>
    public int WorkConnections { get; init; } = 8;

    /// <summary>Connections for reading.</summary>
    public int ReadConnections { get; init; } = 6;

    /// <summary>How long a statement may take, at most the server's own 30. Tests look at whole tables.</summary>
    public int StatementSeconds { get; init; } = UsualStatementSeconds;

    /// <summary>For tests: what the clock says in place of the database's.</summary>
    public Func<DateTimeOffset>? FixedNow { get; init; }

    /// <summary>Changes a statement's text before it is prepared; the port of mutation tests.</summary>
    public Func<string, string>? Rewrite { get; init; }

    /// <param name="writes">Whether the connections are for writing.</param>
    public NpgsqlDataSource Source(bool writes) => Source(Address, writes, IsPooled);

    /// <summary>For what needs a connection of its own: to listen, and to migrate.</summary>
    public NpgsqlDataSource Direct() =>
        (this with { Roles = null }).Source(DirectAddress ?? Address, writes: false, isPooled: false);

    /// <summary>Whether the server takes connections to the database.</summary>
    /// <exception cref="Problem">It runs, and refuses us.</exception>
    public async Task<ServerAnswer> Answers()
    {
        try
        {
            await using var source = Direct();
            await using var connection = await source.OpenConnectionAsync();
            return ServerAnswer.Open;
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.CannotConnectNow)
        {
            return ServerAnswer.Starting;
        }
        catch (PostgresException refusal)
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"The server refuses {Shown}: {refusal.MessageText}; name the user and the database as they are there."
            );
        }
        catch (NpgsqlException)
        {
            return ServerAnswer.None;
        }
    }

    private NpgsqlDataSource Source(string address, bool writes, bool isPooled)
    {
        var keywords = Keywords(address);
        keywords.Pooling = false;
        keywords.MaxAutoPrepare = isPooled ? 0 : 256;
        keywords.AutoPrepareMinUsages = 2;
        keywords.Timeout = ConnectSeconds;
        keywords.CommandTimeout = StatementSeconds;
        keywords.CancellationTimeout = CancelMilliseconds;
        // A pooler refuses a connection that asks for more than it can give back.
        keywords.Options = isPooled ? null : Always + (writes ? ByKey : "") + OfRoles();
        keywords.ApplicationName ??= "ordinaut";
        keywords.TcpKeepAlive = true;
        if (keywords.Host is not ['/' or '@', ..])
        {
            // A socket of this machine has no such options, and no network that could drop.
            keywords.TcpKeepAliveTime = SilenceSeconds;
            keywords.TcpKeepAliveInterval = ProbeSeconds;
        }

        var builder = new NpgsqlSlimDataSourceBuilder(keywords.ConnectionString);
        builder.EnableArrays().EnableTransportSecurity();
        return builder.Build();
    }

    private string OfRoles() =>
        Roles is null ? "" : $" -c role={Escaped(Roles.App)} -c search_path={Escaped(Roles.Path)}";

    /// <summary>The server divides the options at blanks.</summary>
    private static string Escaped(string value) => EscapedSign().Replace(value, @"\$0");

    [GeneratedRegex(@"[\\\s]")]
    private static partial Regex EscapedSign();

    /// <summary>Whether the address can be read; says nothing of whether somebody answers there.</summary>
    public static bool IsReadable(string address)
    {
        try
        {
            return Keywords(address).Host is not null;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>The address as it may be shown: never with its password.</summary>
    public string Shown
    {
        get
        {
            var keywords = Keywords(Address);
            var user = keywords.Username is { } name ? $"{name}@" : "";
            return $"postgres://{user}{keywords.Host}:{keywords.Port}/{keywords.Database}";
        }
    }

    /// <summary>
    /// The same for PostgreSQL's own programs, past a pooler: what they read from their environment, where no list of
    /// processes shows a password.
    /// </summary>
    public IReadOnlyDictionary<string, string> ForPrograms()
    {
        var keywords = Keywords(DirectAddress ?? Address);
        var all = new Dictionary<string, string?>
        {
            ["PGHOST"] = keywords.Host,
            ["PGPORT"] = keywords.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = keywords.Username,
            ["PGPASSWORD"] = keywords.Password,
            ["PGDATABASE"] = keywords.Database,
            ["PGSSLROOTCERT"] = keywords.RootCertificate,
            ["PGSSLMODE"] = keywords.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            },
            ["PGCONNECT_TIMEOUT"] = keywords.Timeout.ToString(CultureInfo.InvariantCulture),
        };
        return all.Where(pair => pair.Value is { Length: > 0 }).ToDictionary(pair => pair.Key, pair => pair.Value!);
    }

    public override string ToString() => Shown;

    private static NpgsqlConnectionStringBuilder Keywords(string address)
    {
        var scheme = address.Split("://", 2)[0].Split('+', 2)[0].ToLowerInvariant();
        return scheme is "postgres" or "postgresql"
            ? FromUrl(new Uri(address))
            : new NpgsqlConnectionStringBuilder(address);
    }

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var keywords = new NpgsqlConnectionStringBuilder
        {
            Host = Uri.UnescapeDataString(url.Host),
            Port = url.Port > 0 ? url.Port : DefaultPort,
        };
        var user = url.UserInfo.Split(':', 2);
        keywords.Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null;
        keywords.Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null;
        var database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));
        keywords.Database = database.Length > 0 ? database : null;
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            keywords[KeywordOf(parts[0])] = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
        }

        return keywords;
    }

    /// <summary>libpq's names for what Npgsql calls otherwise.</summary>
    private static string KeywordOf(string name) =>
        name switch
        {
            "sslmode" => "SSL Mode",
            "sslrootcert" => "Root Certificate",
            "user" => "Username",
            "application_name" => "Application Name",
            "connect_timeout" => "Timeout",
            _ => name,
        };
}

/// <summary>What a server says to who comes.</summary>
internal enum ServerAnswer
{
    None,

    /// <summary>It recovers, and will.</summary>
    Starting,

    Open,
}
