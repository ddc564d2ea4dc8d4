using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Hosting;

/// <summary>Reads the audit log of a database, also beside the server that works on it.</summary>
internal static class AuditCheck
{
    /// <param name="heads">A file with heads that were kept elsewhere; null for that of the data folder.</param>
    /// <exception cref="Problem">The database or the file cannot be read.</exception>
    public static async Task<AuditVerdict> Run(OrdinautOptions options, string? heads)
    {
        using var db = await OperatorDatabase.Open(options);
        var own = Path.Combine(options.Data, AuditHeads.FileName);
        heads ??= File.Exists(own) ? own : null;
        var kept = heads is null ? [] : await AuditHeads.Read(heads);
        var verifier = new AuditVerifier(db, TimeSpan.FromDays(options.AuditRetentionDays));
        return await verifier.Verify(OperatorDatabase.Operator, kept);
    }
}
