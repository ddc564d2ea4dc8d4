using System.Diagnostics;
using Npgsql;
using Ordinaut.Store;

[assembly: AssemblyFixture(typeof(Ordinaut.Tests.Store.PgBouncer.End))]

namespace Ordinaut.Tests.Store;

/// <summary>
/// A transaction pooler in front of the test run's PostgreSQL server, with fewer connections than its clients have:
/// what one leaves on a connection, another finds.
/// </summary>
internal sealed class PgBouncer
{
    public const string Engine = "pooler";

    private static readonly Lazy<PgBouncer> TheOne = new(() => new PgBouncer());

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-pgb-");
    private readonly Process _pooler;

    private PgBouncer()
    {
        var settings = Path.Combine(_folder.FullName, "pgbouncer.ini");
        var users = Path.Combine(_folder.FullName, "users.txt");
        File.WriteAllText(
            users,
            $"""
            "{PostgresServer.Account}" ""
            """
        );
        // Others it asks the server for: each works under its own login.
        File.WriteAllText(
            settings,
            $"""
            [databases]
            * = host={PostgresServer.Socket}
            [pgbouncer]
            pool_mode = transaction
            default_pool_size = 6
            max_client_conn = 300
            unix_socket_dir = {_folder.FullName}
            listen_port = 6432
            auth_type = trust
            auth_user = {PostgresServer.Account}
            auth_file = {users}
            """
        );
        PostgresServer.GiveAway(_folder.FullName);
        _pooler = PostgresServer.Start("TERM", [Debian.Program("pgbouncer", "pgbouncer"), settings]);
        PostgresServer.UntilReady(Through($"Username={PostgresServer.Account};Database=postgres"), _pooler);
    }

    /// <summary>A new database, and how to reach it: through the pooler where the engine says so.</summary>
    public static PostgresSettings Settings(string engine) => Settings(engine, PostgresServer.NewDatabase());

    /// <summary>How to reach a database: through the pooler where the engine says so.</summary>
    public static PostgresSettings Settings(string engine, string direct) =>
        engine == Engine
            ? new PostgresSettings(Address(direct)) { DirectAddress = direct }
            : new PostgresSettings(direct);

    /// <summary>The way to a database through the pooler.</summary>
    public static string Address(string direct) => TheOne.Value.Through(direct);

    private string Through(string direct) =>
        new NpgsqlConnectionStringBuilder(direct) { Host = _folder.FullName, Port = 6432 }.ConnectionString;

    private void Stop()
    {
        _pooler.StandardInput.Close();
        _pooler.WaitForExit();
        _folder.Delete(recursive: true);
    }

    /// <summary>Ends the pooler with the run, when there is one.</summary>
    public sealed class End : IDisposable
    {
        public void Dispose()
        {
            if (TheOne.IsValueCreated)
            {
                TheOne.Value.Stop();
            }
        }
    }
}
