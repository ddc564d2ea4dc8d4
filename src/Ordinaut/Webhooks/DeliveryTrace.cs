using System.Diagnostics;

namespace Ordinaut.Webhooks;

/// <summary>The span of an attempt to send an event: all those of one event have one trace.</summary>
internal static class DeliveryTrace
{
    public static Activity? Begin(Delivery delivery)
    {
        var span = Tracing.Root("deliver", ActivityKind.Producer, delivery.EventId, null);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(Tracing.EventId, delivery.EventId.ToString());
            span.SetTag(Tracing.WebhookId, delivery.WebhookId.ToString());
            span.SetTag(Tracing.AgentId, delivery.OwnerId.ToString());
        }

        return span;
    }

    public static void End(Activity? span, DeliveryOutcome outcome)
    {
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(Tracing.Outcome, outcome.Name);
            var isFailure = outcome is DeliveryOutcome.Failed or DeliveryOutcome.GivenUp or DeliveryOutcome.Gone;
            Tracing.Fail(span, isFailure ? outcome.Name : null);
        }
    }
}
