using System.Runtime.InteropServices;
using Ordinaut.Agents;
using Ordinaut.Events;
using Ordinaut.Schedules;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Webhooks;

/// <summary>
/// One attempt to send one event: looks anew at the webhook, the event and the owner's rights, makes the message and
/// judges the answer.
/// </summary>
/// <param name="send">The one way out.</param>
internal sealed class WebhookPost(
    Db db,
    SigningDesk secrets,
    AgentDirectory agents,
    Func<EgressRequest, CancellationToken, Task<EgressResult>> send,
    TimeProvider clock
)
{
    /// <summary>How long a receiver may take; 20 seconds.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>The most that is read of an answer; 16 KiB.</summary>
    public const int MaxAnswerBytes = 16 * 1024;

    private sealed record Parts(WebhookRow Webhook, EventRow Fact, IReadOnlyList<WebhookSignature> Signers);

    public async Task<DeliveryOutcome> Send(Delivery delivery, CancellationToken ct)
    {
        var parts = await db.Read(session => Gather(session, delivery));
        if (parts is null || !IsWanted(parts.Webhook, parts.Fact))
        {
            return new DeliveryOutcome.Dropped();
        }

        if (await agents.Find(delivery.OwnerId) is not { IsActive: true } owner)
        {
            return new DeliveryOutcome.Waits();
        }

        if (Refusal(parts, owner) is { } refusal)
        {
            return DeliveryOutcome.OfFailure(refusal, delivery.Attempt);
        }

        return DeliveryOutcome.Of(
            await Post(parts, owner, ct),
            parts.Webhook.Host,
            delivery.Attempt,
            clock.GetUtcNow()
        );
    }

    /// <summary>
    /// The body: the standard's envelope. One that would be larger than the standard's 20 kB names the event in place
    /// of its payload.
    /// </summary>
    public static byte[] Body(EventRow fact)
    {
        var whole = Envelope(fact, fact.News.Payload);
        return whole.Length < WebhookSendTool.BodyBytesBelow
            ? whole
            : Envelope(fact, $$"""{"event_id":"{{fact.Id}}"}""");
    }

    private static byte[] Envelope(EventRow fact, string data)
    {
        var envelope = ToolOutput.Object(members =>
        {
            members.WriteString("type", fact.News.Topic);
            members.WriteString("timestamp", Instants.Format(fact.At));
            members.WritePropertyName("data");
            members.WriteRawValue(data);
        });
        return JsonMarshal.GetRawUtf8Value(envelope).ToArray();
    }

    private async ValueTask<Parts?> Gather(Session session, Delivery delivery)
    {
        var webhook = await WebhookStore.Find(session, delivery.WebhookId);
        var fact = (await EventStore.Find(session, [delivery.EventId])).FirstOrDefault();
        var secret = await SigningSecretStore.Find(session, delivery.WebhookId);
        if (webhook is null || fact is null || secret is null)
        {
            return null;
        }

        var signers = secrets.Open(secret, session.Now).Select(WebhookSignature.TryParse).OfType<WebhookSignature>();
        return new Parts(webhook, fact, [.. signers]);
    }

    /// <summary>The pattern in the database let it through; the topics decide.</summary>
    private static bool IsWanted(WebhookRow webhook, EventRow fact) =>
        webhook.IsActive && webhook.Topics.Any(topic => TopicPattern.Parse(topic).Matches(fact.News.Topic));

    private static ToolResult.Failed? Refusal(Parts parts, Agent owner)
    {
        if (!owner.Scopes.Cover(Scope.EventsRead))
        {
            return Failed("Its owner no longer has the scope events:read.");
        }

        return parts.Signers.Count == 0 ? Failed("Its secret does not open; make a new one with rotate.") : null;
    }

    private async Task<EgressResult> Post(Parts parts, Agent owner, CancellationToken ct)
    {
        var (url, failure) = EgressUrl.Parse(parts.Webhook.Url);
        if (failure is not null)
        {
            return new EgressResult.Failed(failure);
        }

        var body = Body(parts.Fact);
        var request = new EgressRequest(HttpMethod.Post, url!)
        {
            Body = body,
            Headers = WebhookSignature.Headers(parts.Signers, parts.Fact.Id.ToString(), clock.GetUtcNow(), body),
            Hosts = owner.Limits.AllowedHosts,
            MaxResponseBytes = MaxAnswerBytes,
        };
        using var time = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            return await send(request, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new EgressResult.Failed(Failed($"No answer within {Timeout.TotalSeconds:0} seconds."));
        }
    }

    private static ToolResult.Failed Failed(string message) => new("webhook_failed", message, Retryable: true);
}
