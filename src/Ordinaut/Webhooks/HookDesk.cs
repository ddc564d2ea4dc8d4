using System.Security.Cryptography;
using System.Text;
using Ordinaut.Agents;
using Ordinaut.Events;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Webhooks;

/// <summary>
/// Takes messages from anyone, and publishes those that prove a hook's secret, each once. All others are refused with
/// the same answer after the same work, so that nobody learns which hooks there are.
/// </summary>
internal sealed class HookDesk(Db db, SigningDesk secrets, EventOperations events, RateLimits limits)
{
    /// <summary>Stands in where there is no secret; nobody knows it.</summary>
    private static readonly string Nobody = SigningValues.NewSecret();

    /// <summary>A row to open where there is none.</summary>
    private static readonly (SigningSecret Row, SecretKey Key) Decoy = MakeDecoy();

    /// <param name="id">As the address has it; anything.</param>
    /// <exception cref="Problem">Refused, or not an event that may be published.</exception>
    public async Task Receive(string id, HookMessage message, string requestId)
    {
        var now = db.Now();
        var sentAt = message.SentAt(now);
        if (sentAt is null)
        {
            throw Refusal();
        }

        var hookId = Guid.TryParseExact(id, "D", out var parsed) ? parsed : Guid.Empty;
        var door = await db.Read(session => HookStore.Door(session, hookId));
        if (!Verifies(door, message, sentAt.Value, now) || door is not { IsOwnerActive: true })
        {
            throw Refusal();
        }

        await Publish(door, message, requestId);
    }

    private async Task Publish(HookDoor door, HookMessage message, string requestId)
    {
        if (limits.Writes.IsOn && await limits.Writes.Take(door.OwnerId) is { IsLet: false } standing)
        {
            throw limits.Writes.Refusal(standing);
        }

        BodyFaults.RequireText(message.Body.Span);
        var payload = BodyFaults.ReadAny(message.Body);
        var caller = new Caller(door.OwnerId, door.Scopes)
        {
            RequestId = requestId,
            Trace = Tracing.Current,
            Limits = door.Limits,
            Idempotency = OnceOnly(door.Id, message.Id!),
        };
        await events.Publish(caller, new PublishEvent(door.Topic, payload));
    }

    /// <summary>
    /// The message's id as a claim, kept in the event's transaction and for longer than a message is good. What is
    /// claimed by a client of the owner has no space in it.
    /// </summary>
    private static IdempotencyClaim OnceOnly(Guid hookId, string messageId)
    {
        var digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)));
        return new IdempotencyClaim($"hook {hookId:N} {digest}", "hook", []);
    }

    /// <summary>Opens one row and makes two signatures, whatever there is.</summary>
    private bool Verifies(HookDoor? door, HookMessage message, long sentAt, DateTimeOffset now)
    {
        var known = door is null ? OpenDecoy() : secrets.Open(door.Secret, now);
        var isOne = false;
        for (var i = 0; i < 2; i++)
        {
            var signer = WebhookSignature.TryParse(i < known.Count ? known[i] : Nobody)!;
            isOne |= signer.Verifies(message.Id!, sentAt, message.Body.Span, message.Signatures!);
        }

        return isOne && door is not null;
    }

    private static IReadOnlyList<string> OpenDecoy() =>
        Decoy.Row.Envelope.Open(Decoy.Key, Decoy.Row.Binding) is null ? [] : [Nobody];

    private static (SigningSecret, SecretKey) MakeDecoy()
    {
        var key = SecretKey.Make();
        return (new SigningSecret(Guid.Empty, Guid.Empty, 1).Seal(Nobody, key), key);
    }

    private static Problem Refusal() =>
        new(
            ProblemKind.Unauthenticated,
            "There is no such hook, or the message does not prove its secret: it needs webhook-id, webhook-timestamp "
                + "(now, within 5 minutes) and webhook-signature of Standard Webhooks, made over the exact body."
        );
}
