using System.Text.RegularExpressions;
using Npgsql;
using Ordinaut.Store;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Store;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Imports;

/// <summary>What <c>docs/migrating.md</c> says to do with a dump of the original, done.</summary>
public sealed partial class DumpStories : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-dump-");

    [Fact]
    public async Task Of_a_dump_its_agents_and_tasks_come_over()
    {
        await using var server = await OwnPostgres.Start();
        var original = await OriginalDatabase.Make();
        await original.Task();
        Dump(original);
        var page = Repository.Texts.Single(file => file.Path == "docs/migrating.md");
        var commands = Block().Matches(page.Text).Single(block => block.Value.Contains("createdb")).Groups[1].Value;

        var ended = Run(server.Port, commands);

        Assert.True(ended.Code == 0, ended.Text);
        Assert.Contains("2 imported, 0 present, 0 left, 0 refused", ended.Text);
        using var db = await Db.Open(
            Path.Combine(_folder.FullName, "ordinaut-data", "ordinaut.db"),
            TimeProvider.System
        );
        Assert.Equal(1, (await db.Read(Ordinaut.Backups.DrillStore.Count))["task"]);
        Assert.Equal(0L, await server.Tell("select count(*) from pg_database where datname = 'original'"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>As the original's operator has it: of tables that belong to a role of theirs.</summary>
    private void Dump(OriginalDatabase original)
    {
        var database = new NpgsqlConnectionStringBuilder(original.Address).Database!;
        var program = Path.Combine(PostgresServer.Programs, "pg_dump");
        var dump = Debian.Run(program, "-h", PostgresServer.Socket, "-U", PostgresServer.Account, "-d", database);
        Assert.True(dump.Code == 0, dump.Text);
        var theirs = dump.Text.Replace($"OWNER TO {PostgresServer.Account};", "OWNER TO orchestrator;");
        Assert.NotEqual(dump.Text, theirs);
        File.WriteAllText(Path.Combine(_folder.FullName, "original.sql"), theirs);
    }

    private Debian.Ended Run(int port, string commands)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "ordinaut.dll");
        var verb = Path.Combine(_folder.FullName, "ordinaut");
        File.WriteAllText(verb, $"#!/bin/sh\nexec dotnet '{program}' \"$@\"\n");
        Assert.True(Debian.Does("chmod", "0700", verb));
        string[] where =
        [
            "PGHOST=127.0.0.1",
            $"PGPORT={port}",
            $"PGUSER={PostgresServer.Account}",
            $"PATH={_folder.FullName}:{PostgresServer.Programs}:{Environment.GetEnvironmentVariable("PATH")}",
        ];
        return Debian.Run("/usr/bin/env", ["-C", _folder.FullName, .. where, "bash", "-euc", commands]);
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
