using System.Diagnostics;
using Npgsql;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Backups;

/// <summary>A dump by the database's own programs, and its restore into another one, whole or not at all.</summary>
internal static class DatabaseDump
{
    public static void OfPostgres(string from, string to)
    {
        var file = Path.Combine(Path.GetTempPath(), "ordinaut-dump-" + Path.GetRandomFileName());
        string[] server = ["-h", PostgresServer.Socket, "-U", PostgresServer.Account];
        try
        {
            Run(
                Path.Combine(PostgresServer.Programs, "pg_dump"),
                ["-F", "custom", "-f", file, .. server, NameOf(from)]
            );
            string[] into = [.. server, "-d", NameOf(to)];
            Run(Path.Combine(PostgresServer.Programs, "pg_restore"), ["--exit-on-error", .. into, file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static void OfSqlite(string from, string to)
    {
        var program = Debian.Program("sqlite3", "sqlite3");
        var text = to + ".sql";
        Run(program, [from, $".output {text}", ".dump"]);
        Run(program, ["-bail", to, $".read {text}"]);
        var verdict = Debian.Run(program, to, "pragma foreign_key_check; pragma integrity_check").Text;
        Assert.Equal("ok", verdict.Trim());
        File.Delete(text);
    }

    private static void Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && !said.Contains("error", StringComparison.OrdinalIgnoreCase), said);
    }

    private static string NameOf(string address) => new NpgsqlConnectionStringBuilder(address).Database!;
}
