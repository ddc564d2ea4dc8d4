using Ordinaut.Agents;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>
/// The rights a tool acts with: those its task's owner holds now, and of them what the task was granted, never more.
/// </summary>
internal sealed class OwnerRights(Db db)
{
    private const string Select = "select scopes, limits from agent where id = @id and status = 'active'";

    public async ValueTask<Caller> Of(ToolCall call)
    {
        var (scopes, limits) = await db.Read(session =>
            session.First(
                Select,
                row => (Scopes.Parse(row.Text(0)), Json.Read<AgentLimits>(row.Text(1))),
                ("id", call.OwnerId)
            )
        );
        limits ??= AgentLimits.None;
        var claim = new IdempotencyClaim(call.IdempotencyKey, "tool", []);
        return new Caller(call.OwnerId, call.Grant is null ? scopes : scopes.Within(OwnerTools.ScopesOf(call.Grant)))
        {
            Depth = call.CausationDepth + 1,
            TaskId = call.TaskId == Guid.Empty ? null : call.TaskId,
            Limits = call.Grant is null ? limits : limits.Within(call.Grant),
            RequestId = call.RunId.ToString(),
            Trace = Tracing.Current,
            Idempotency = claim,
        };
    }
}
