using Ordinaut.Store;

namespace Ordinaut.Webhooks;

/// <summary>Whether webhooks get what they listen to.</summary>
internal static class WebhookGauges
{
    private const string SelectWaiting = "select count(*) from delivery";

    private const string SelectFailing = "select count(*) from webhook where failing_since is not null";

    public static IEnumerable<StateGauge> All =>
        [
            StateGauge.Of(
                "ordinaut.webhook.waiting",
                "Events that are still to be sent to a webhook.",
                async session => await session.First(SelectWaiting, row => row.Long(0))
            ),
            StateGauge.Of(
                "ordinaut.webhook.failing",
                "Webhooks whose last delivery failed.",
                async session => await session.First(SelectFailing, row => row.Long(0))
            ),
        ];
}
