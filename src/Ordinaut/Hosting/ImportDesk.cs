#pragma warning disable RS0030 // A composition root: takes the process's randomness.

using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Imports;
using Ordinaut.Nodes;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>What an import came to.</summary>
/// <param name="IsWhole">Whether nothing was refused.</param>
internal sealed record Imported(IReadOnlyList<string> Words, bool IsWhole);

/// <summary>
/// Brings over what the original system has, for its operator: without a server on SQLite, whose folder belongs to one
/// process; also beside those that run on PostgreSQL.
/// </summary>
internal static class ImportDesk
{
    /// <param name="from">The address of the original's database.</param>
    /// <param name="isRehearsal">Whether only the report remains.</param>
    public static async Task<Imported> Run(OrdinautOptions options, string from, bool isRehearsal)
    {
        var report = await Report(options, from, isRehearsal);
        return new Imported([.. report.Words(isRehearsal)], report.Count(ImportOutcome.Refused) == 0);
    }

    /// <summary>The same, line by line.</summary>
    internal static async Task<ImportReport> Report(OrdinautOptions options, string from, bool isRehearsal)
    {
        if (!PostgresSettings.IsReadable(from))
        {
            throw Problem.Invalid(
                "--from",
                "--from must be the original's database, such as postgres://user:password@host:5432/database."
            );
        }

        var rows = await OriginalRows.Read(new PostgresSettings(from));
        var clock = TimeProvider.System;
        using var folder = DataFolder.Open(options.Data, options.Postgres is null ? options.DatabaseName : null);
        using var db = options.Postgres is { } postgres
            ? await Db.Open(postgres, clock)
            : await Db.Open(folder.DatabaseFile!, clock, options.Rewrite);
        options = await SecretSettings.AskForKeys(options, clock);
        var ids = new Ids(clock, Random.Shared);
        await new FirstStart(db, new AuditLog(ids), ids).Run(folder.FullPath);

        var services = new ServiceCollection();
        var levels = new LogLevels(options.LogLevel, clock);
        services.AddLogging(logging => Logging.Add(logging, options, levels));
        services.AddSingleton(clock).AddSingleton(options).AddSingleton(db).AddSingleton(ids).AddSingleton(levels);
        services.AddSingleton(new KeyRing(SecretSettings.SourceOf(options)));
        services.AddSingleton<OriginalImport>();
        Wiring.Add(services, options);
        await using var provider = services.BuildServiceProvider();
        // A task may use what the catalogue file declares.
        await ToolSettings.Load(provider, options);
        return await provider.GetRequiredService<OriginalImport>().Run(rows, isRehearsal);
    }
}
