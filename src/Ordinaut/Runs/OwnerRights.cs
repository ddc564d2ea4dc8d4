using Ordinaut.Agents;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>The rights a tool acts with: those its task's owner holds now, never more.</summary>
internal sealed class OwnerRights(Db db)
{
    private const string Select = "select scopes from agent where id = @id and status = 'active'";

    public async ValueTask<Caller> Of(ToolCall call)
    {
        var scopes = await db.Read(session => session.First(Select, row => row.Text(0), ("id", call.OwnerId)));
        var claim = new IdempotencyClaim(call.IdempotencyKey, "tool", []);
        return new Caller(call.OwnerId, Scopes.Parse(scopes ?? ""))
        {
            Depth = call.CausationDepth + 1,
            RequestId = call.RunId.ToString(),
            Idempotency = claim,
        };
    }
}
