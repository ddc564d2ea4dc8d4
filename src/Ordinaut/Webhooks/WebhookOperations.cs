using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Monitors;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Webhooks;

/// <summary>
/// Where agents have their events sent: each its own events, to addresses of its own. What answers with a secret cannot
/// be repeated by <c>Idempotency-Key</c>, because the answer would have to be kept.
/// </summary>
internal sealed class WebhookOperations(Db db, SigningDesk secrets, AuditLog audit, Alerts alerts, Ids ids)
{
    private const string What = "make or change webhooks";

    public async Task<Page<WebhookView>> List(Caller caller, int limit, Guid? after)
    {
        caller.Require(Scope.EventsRead);
        var rows = await db.ReadFor(
            caller.Reach(),
            session => WebhookStore.Page(session, caller, after ?? Guid.Empty, limit)
        );
        return Pages.Of(rows, limit, found => found.Row.View(found.Pending), found => found.Row.Id.ToString());
    }

    public async Task<WebhookView> Get(Caller caller, Guid id)
    {
        caller.Require(Scope.EventsRead);
        var found = await db.ReadFor(caller.Reach(), session => WebhookStore.FindOwned(session, caller, id));
        return found is (var row, var pending) ? row.View(pending) : throw Problem.NotFound("webhook", id.ToString());
    }

    public async Task<NewWebhook> Create(Caller caller, WebhookInput input)
    {
        caller.Require(Scope.EventsRead);
        caller.RequireUnbound(What);
        WebhookCheck.Require(input, caller.Limits);
        var secret = SigningValues.NewSecret();
        var id = ids.Next();
        await db.Write(async session =>
        {
            if (await WebhookStore.CountForNew(session, caller.AgentId) >= WebhookCheck.MaxPerAgent)
            {
                throw WebhookCheck.TooMany("webhooks");
            }

            var webhook = new WebhookRow
            {
                Id = id,
                OwnerId = caller.AgentId,
                Url = input.Url!,
                Topics = input.Topics!,
                Description = input.Description ?? "",
                Status = input.Status ?? WebhookRow.Active,
                CreatedAt = session.Now,
                UpdatedAt = session.Now,
            };
            await WebhookStore.Insert(session, webhook);
            await secrets.Keep(session, id, caller.AgentId, secret);
            await Tell(session, caller, webhook, "webhook.created");
        });
        return new NewWebhook(id, input.Url!, input.Topics!, secret);
    }

    /// <summary>Changes the members that are named (JSON Merge Patch, RFC 7396).</summary>
    public async Task<WebhookView> Patch(Caller caller, Guid id, JsonElement patch)
    {
        caller.Require(Scope.EventsRead);
        caller.RequireUnbound(What);
        await db.Write(async session =>
        {
            var webhook = await WebhookStore.Hold(session, caller, id);
            var input = MergePatch.Apply(webhook.Input(), patch);
            WebhookCheck.Require(input, caller.Limits);
            var changed = webhook with
            {
                Url = input.Url!,
                Topics = input.Topics!,
                Description = input.Description ?? "",
                Status = input.Status ?? WebhookRow.Active,
            };
            await WebhookStore.Update(session, changed);
            await Tell(session, caller, changed, "webhook.updated");
        });
        return await Get(caller, id);
    }

    /// <summary>Makes a new secret; until the one before is over, messages are signed with both.</summary>
    public async Task<RenewedSecret> Rotate(Caller caller, Guid id)
    {
        caller.Require(Scope.EventsRead);
        caller.RequireUnbound(What);
        var secret = SigningValues.NewSecret();
        return await db.Write(async session =>
        {
            var webhook = await WebhookStore.Hold(session, caller, id);
            var until = await secrets.Renew(session, id, secret);
            await Tell(session, caller, webhook, "webhook.rotated");
            return new RenewedSecret(id, secret, until);
        });
    }

    public async Task Delete(Caller caller, Guid id)
    {
        caller.Require(Scope.EventsRead);
        await db.Write(async session =>
        {
            var webhook = await WebhookStore.Hold(session, caller, id);
            await WebhookStore.Remove(session, webhook);
            await SigningSecretStore.Remove(session, id);
            await alerts.Resolve(session, AlertSource.Webhook, id, "The webhook was deleted.");
            await Tell(session, caller, webhook, "webhook.deleted");
        });
    }

    /// <summary>The audit log keeps where events go; the rest of an address may hold a secret.</summary>
    private ValueTask Tell(Session session, Caller caller, WebhookRow webhook, string action)
    {
        var detail = ToolOutput.Object(members =>
        {
            members.WriteString("host", webhook.Host);
            members.WriteString("topics", string.Join(' ', webhook.Topics));
            members.WriteString("status", webhook.Status);
        });
        var entry = new AuditEntry(action, "webhook", webhook.Id.ToString(), webhook.OwnerId, detail);
        return audit.Append(session, caller, entry);
    }
}
