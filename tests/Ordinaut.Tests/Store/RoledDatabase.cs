using Npgsql;
using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

/// <summary>A database that belongs to a login of its own, with what that may by itself.</summary>
internal sealed class RoledDatabase
{
    private static int _logins;

    private readonly string _asRoot;

    private RoledDatabase(string asRoot, string login)
    {
        _asRoot = asRoot;
        Login = login;
    }

    public string Login { get; }

    public string Name => new NpgsqlConnectionStringBuilder(_asRoot).Database!;

    public string App => $"ordinaut_app_{Name}";

    public string Caller => $"ordinaut_caller_{Name}";

    public string Address => AddressFor(Login);

    /// <param name="kind">superuser, createrole, granted by an operator, or none.</param>
    public static async Task<RoledDatabase> Make(string kind)
    {
        var address = PostgresServer.NewDatabase();
        if (kind == "superuser")
        {
            return new RoledDatabase(address, PostgresServer.Account);
        }

        var made = new RoledDatabase(address, $"login_{Interlocked.Increment(ref _logins)}_{kind}");
        await made.AsRoot(
            $"""
            create role {made.Login} login {(kind == "createrole" ? "createrole" : "")};
            alter database {made.Name} owner to {made.Login};
            """
        );
        if (kind == "granted")
        {
            await made.Grant(made.Login);
        }

        return made;
    }

    /// <summary>What the documents tell operators to do.</summary>
    public async Task Grant(string login) =>
        await AsRoot(
            $"""
            do $$ begin
              if to_regrole('{App}') is null then create role {App} nologin; create role {Caller} nologin; end if;
            end $$;
            grant {App}, {Caller} to {login};
            """
        );

    public string AddressFor(string login) =>
        new NpgsqlConnectionStringBuilder(_asRoot) { Username = login }.ConnectionString;

    public Task<Db> Open(string engine = "postgres") =>
        Db.Open(PgBouncer.Settings(engine, Address), TimeProvider.System);

    public Task AsRoot(string script) => Run(_asRoot, script);

    public Task<T> Ask<T>(string question) => Ask<T>(_asRoot, question);

    public static async Task<T> Ask<T>(string address, string question)
    {
        await using var connection = new NpgsqlConnection(address + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(question, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task Run(string address, string script)
    {
        await using var connection = new NpgsqlConnection(address + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(script, connection);
        await command.ExecuteNonQueryAsync();
    }
}
