using Ordinaut.Sdk.Wire;
using Ordinaut.Webhooks;

namespace Ordinaut.Tests.Webhooks;

/// <summary>Short ways to make webhooks and to let them work.</summary>
internal static class WebhookWriting
{
    public static WebhookInput To(params string[] topics) => new("https://receiver.example/in?k=1", topics);

    public static async Task<Guid> Publish(this CoreBundle core, string topic, string payload = "null") =>
        (await core.Events.Publish(core.Ann, new PublishEvent(topic, Json.Parse(payload)))).EventId;

    /// <summary>Sends all that is due.</summary>
    public static async Task Send(this CoreBundle core)
    {
        do
        {
            await core.Sender.Settle();
        } while (await core.Sender.DoBatch(default) > 0);
    }

    public static Task Receive(this CoreBundle core, Guid hookId, HookMessage message) =>
        core.HookDesk.Receive(hookId.ToString(), message, "request");

    public static Task<long> Count(this CoreBundle core, string sql) =>
        core.Db.Read(session => session.First(sql, row => row.Long(0)));
}
