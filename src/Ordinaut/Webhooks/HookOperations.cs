using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Events;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Webhooks;

/// <summary>
/// Ways for others to publish an agent's events: each hook has a topic, and a secret that messages prove.
/// </summary>
internal sealed class HookOperations(Db db, SigningDesk secrets, AuditLog audit, Ids ids)
{
    private const string What = "make or change hooks";

    public async Task<Page<HookView>> List(Caller caller, int limit, Guid? after)
    {
        caller.Require(Scope.EventsPublish);
        var rows = await db.ReadFor(
            caller.Reach(),
            session => HookStore.Page(session, caller, after ?? Guid.Empty, limit)
        );
        return Pages.Of(rows, limit, hook => hook.View(), hook => hook.Id.ToString());
    }

    public async Task<NewHook> Create(Caller caller, HookInput input)
    {
        caller.Require(Scope.EventsPublish);
        caller.RequireUnbound(What);
        EventOperations.RequireTopic(input.Topic ?? "");
        WebhookCheck.RequireDescription(input.Description);
        var secret = SigningValues.NewSecret();
        var id = ids.Next();
        await db.Write(async session =>
        {
            if (await HookStore.CountForNew(session, caller.AgentId) >= WebhookCheck.MaxPerAgent)
            {
                throw WebhookCheck.TooMany("hooks");
            }

            var hook = new HookRow(id, caller.AgentId, input.Topic!, input.Description ?? "", session.Now);
            await HookStore.Insert(session, hook);
            await secrets.Keep(session, id, caller.AgentId, secret);
            await Tell(session, caller, hook, "hook.created");
        });
        return new NewHook(id, HookRow.PathOf(id), input.Topic!, secret);
    }

    /// <summary>Makes a new secret; the one before is taken for a while as well.</summary>
    public async Task<RenewedSecret> Rotate(Caller caller, Guid id)
    {
        caller.Require(Scope.EventsPublish);
        caller.RequireUnbound(What);
        var secret = SigningValues.NewSecret();
        return await db.Write(async session =>
        {
            var hook = await HookStore.Hold(session, caller, id);
            var until = await secrets.Renew(session, id, secret);
            await Tell(session, caller, hook, "hook.rotated");
            return new RenewedSecret(id, secret, until);
        });
    }

    public async Task Delete(Caller caller, Guid id)
    {
        caller.Require(Scope.EventsPublish);
        await db.Write(async session =>
        {
            var hook = await HookStore.Hold(session, caller, id);
            await HookStore.Remove(session, id);
            await SigningSecretStore.Remove(session, id);
            await Tell(session, caller, hook, "hook.deleted");
        });
    }

    private ValueTask Tell(Session session, Caller caller, HookRow hook, string action) =>
        audit.Append(session, caller, new AuditEntry(action, "hook", hook.Id.ToString(), hook.OwnerId));
}
