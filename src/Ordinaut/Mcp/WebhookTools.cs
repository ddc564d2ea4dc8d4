using Ordinaut.Agents;
using Ordinaut.Webhooks;

namespace Ordinaut.Mcp;

/// <summary>Webhooks and hooks. They are made over HTTP, for their secret must not pass through a model.</summary>
internal sealed class WebhookTools(WebhookOperations webhooks, HookOperations hooks)
{
    private const string ListName = "webhooks";
    private const string HookListName = "hooks";

    public IEnumerable<McpTool> All()
    {
        yield return new McpTool(
            "list_webhooks",
            "listWebhooks",
            "List webhooks",
            "Where your events are sent, by topic, with how it goes. To make one, people use POST /webhooks, where no "
                + "model sees its secret."
        )
            .Needs(Scope.EventsRead, Hints.ReadOnly)
            .Does(async call =>
                call.Page(await webhooks.List(call.Caller, call.Number("limit"), call.After(ListName)), ListName)
            );
        yield return new McpTool(
            "delete_webhook",
            "deleteWebhook",
            "Delete a webhook",
            "Nothing is sent to it from then on, nor what waits."
        )
            .Needs(Scope.EventsRead, Hints.Destructive | Hints.Idempotent)
            .DoesQuietly(call => webhooks.Delete(call.Caller, call.Id("webhook_id")));
        yield return new McpTool(
            "list_hooks",
            "listHooks",
            "List hooks",
            "Addresses where others publish your events, each on its topic. To make one, people use POST /hooks."
        )
            .Needs(Scope.EventsPublish, Hints.ReadOnly)
            .Does(async call =>
                call.Page(await hooks.List(call.Caller, call.Number("limit"), call.After(HookListName)), HookListName)
            );
        yield return new McpTool(
            "delete_hook",
            "deleteHook",
            "Delete a hook",
            "Messages to its address are refused from then on."
        )
            .Needs(Scope.EventsPublish, Hints.Destructive | Hints.Idempotent)
            .DoesQuietly(call => hooks.Delete(call.Caller, call.Id("hook_id")));
    }
}
