using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>Reads the audit log of a database, also beside the server that works on it.</summary>
internal static class AuditCheck
{
    /// <param name="heads">A file with heads that were kept elsewhere; null for that of the data folder.</param>
    /// <exception cref="Problem">The database or the file cannot be read.</exception>
    public static async Task<AuditVerdict> Run(OrdinautOptions options, string? heads)
    {
        using var db = await Open(options);
        var own = Path.Combine(options.Data, AuditHeads.FileName);
        heads ??= File.Exists(own) ? own : null;
        var kept = heads is null ? [] : await AuditHeads.Read(heads);
        var verifier = new AuditVerifier(db, TimeSpan.FromDays(options.AuditRetentionDays));
        return await verifier.Verify(new Caller(Guid.Empty, Scope.Admin), kept);
    }

    private static Task<Db> Open(OrdinautOptions options)
    {
        if (options.Postgres is { } postgres)
        {
            return Db.Open(postgres, TimeProvider.System);
        }

        var file = Path.Combine(options.Data, options.DatabaseName);
        return File.Exists(file)
            ? Db.Open(file, TimeProvider.System)
            : throw new Problem(
                ProblemKind.NotFound,
                $"There is no database at '{file}'; name its folder with --data."
            );
    }
}
