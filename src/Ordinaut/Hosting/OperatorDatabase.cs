#pragma warning disable RS0030 // A composition root: takes the process's randomness.

using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>The database that is configured, for a verb of its operator; also beside servers that work on it.</summary>
internal static class OperatorDatabase
{
    /// <summary>Whoever may start the program on the database; in the audit log the id of nobody.</summary>
    public static readonly Caller Operator = new(Guid.Empty, Scope.Admin);

    /// <exception cref="Problem">There is none.</exception>
    public static Task<Db> Open(OrdinautOptions options)
    {
        if (options.Postgres is { } server)
        {
            return Db.Open(server, TimeProvider.System);
        }

        var file = FileOf(options);
        return File.Exists(file)
            ? Db.Open(file, TimeProvider.System)
            : throw new Problem(
                ProblemKind.NotFound,
                $"There is no database at '{file}'; name its folder with --data."
            );
    }

    /// <summary>The file of a SQLite database.</summary>
    public static string FileOf(OrdinautOptions options) =>
        Path.Combine(Path.GetFullPath(options.Data), options.DatabaseName);

    /// <summary>Where what the verb changes is written down.</summary>
    public static AuditLog Audit() => new(new Ids(TimeProvider.System, Random.Shared));
}
