using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>
/// Reads the audit log, newest first. An admin reads all of it; anyone else reads what it did itself and, for one
/// subject that it owns, what others did to it.
/// </summary>
internal sealed class AuditOperations(Db db)
{
    public async Task<Page<AuditView>> List(Caller caller, AuditFilter filter)
    {
        caller.Require(Scope.AuditRead);
        var rows = await db.ReadFor(caller.Reach(), session => AuditStore.Page(session, caller, filter));
        return Pages.Of(rows, filter.Limit, row => row, row => row.Id.ToString());
    }
}

/// <summary>Which lines to list.</summary>
/// <param name="SubjectId">The changed thing's id or name.</param>
/// <param name="After">The last line of the page before.</param>
internal sealed record AuditFilter(
    Guid? ActorId,
    string? Action,
    string? Noun,
    string? SubjectId,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    int Limit,
    Guid? After
);
