using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Monitors;
using Ordinaut.Store;

namespace Ordinaut.Webhooks;

/// <summary>
/// Loop: sends events to webhooks, agents by turns. A delivery that is claimed is due again after a while, so that who
/// dies on the way leaves it to others: a receiver gets each event at least once, and knows it again by its id.
/// </summary>
internal sealed class WebhookSender(
    Db db,
    WebhookPost post,
    AuditLog audit,
    Alerts alerts,
    Signals signals,
    TimeProvider clock,
    ILogger<WebhookSender> log
) : BackgroundService
{
    /// <summary>Messages on their way at once; 16.</summary>
    public const int MaxAtOnce = 16;

    /// <summary>Those of one agent; 4. Three agents with slow receivers do not hold up the others.</summary>
    public const int MaxOfAgent = 4;

    /// <summary>When a claimed delivery is due again; longer than an attempt takes.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(1);

    /// <summary>The longest sleep between looks.</summary>
    public static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(1);

    /// <summary>What is written meanwhile goes together.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Turns _turns = new();
    private readonly List<(Guid OwnerId, Task Attempt)> _onTheWay = [];

    /// <summary>Starts what is due, as far as there are places; returns how many.</summary>
    public async Task<int> DoBatch(CancellationToken ct)
    {
        await TakeDone();
        var free = MaxAtOnce - _onTheWay.Count;
        var shares = free == 0 ? [] : await _turns.Deal(free, Waiting);
        if (shares.Count == 0)
        {
            return 0;
        }

        var claimed = await db.Write(session => DeliveryStore.Claim(session, [.. shares.Select(Capped)], ClaimTime));
        // Checkpoint: they are this process's for as long as an attempt may take.
        _onTheWay.AddRange(claimed.Select(delivery => (delivery.OwnerId, Send(delivery, ct))));
        return claimed.Count;
    }

    /// <summary>Returns when nothing is on its way any more.</summary>
    public async Task Settle()
    {
        await Task.WhenAll(_onTheWay.Select(one => one.Attempt));
        await TakeDone();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Loop.Repeat(Once, Loop.Tell(log, "webhooks"), PollLimit, clock, stoppingToken);
        await Settle();
    }

    private async Task Once(CancellationToken ct)
    {
        var signal = signals.Deliveries.Next();
        if (await DoBatch(ct) == 0)
        {
            await signals.Deliveries.Wait(signal, PollLimit, ct);
            await Task.Delay(Pause, clock, ct);
        }
    }

    /// <summary>A defect in an attempt ends the loop here.</summary>
    private async Task TakeDone()
    {
        foreach (var one in _onTheWay.FindAll(one => one.Attempt.IsCompleted))
        {
            _onTheWay.Remove(one);
            await one.Attempt;
        }
    }

    /// <summary>Agents with something due that have a place left.</summary>
    private async ValueTask<List<WaitingAgent>> Waiting(Guid after, int limit)
    {
        var full = _onTheWay.CountBy(one => one.OwnerId).Count(owner => owner.Value >= MaxOfAgent);
        var found = await db.Read(session => DeliveryStore.Waiting(session, after, limit + full));
        return [.. found.Where(agent => PlacesOf(agent.Id) > 0).Take(limit)];
    }

    private Share Capped(Share share) => share with { Places = Math.Min(share.Places, PlacesOf(share.AgentId)) };

    private int PlacesOf(Guid ownerId) => MaxOfAgent - _onTheWay.Count(one => one.OwnerId == ownerId);

    private async Task Send(Delivery delivery, CancellationToken ct)
    {
        using var span = DeliveryTrace.Begin(delivery);
        try
        {
            var outcome = await post.Send(delivery, ct);
            DeliveryTrace.End(span, outcome);
            await db.Write(session => Record(session, delivery, outcome));
            Meters.WebhookSent(outcome.Name);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // It is due again by itself.
        }
        catch (Problem problem)
        {
            Loop.Tell(log, "webhooks")(problem);
        }
        finally
        {
            signals.Deliveries.Ring();
        }
    }

    /// <summary>The webhook's row before the delivery's, in every transaction: of two that meet, one waits.</summary>
    private async ValueTask Record(Session session, Delivery delivery, DeliveryOutcome outcome)
    {
        switch (outcome)
        {
            case DeliveryOutcome.Taken:
                await WebhookStore.Succeeded(session, delivery.WebhookId);
                await DeliveryStore.Note(session, delivery, "delivered", null);
                await DeliveryStore.Remove(session, delivery);
                await alerts.Resolve(session, AlertSource.Webhook, delivery.WebhookId, "It takes events again.");
                break;
            case DeliveryOutcome.Failed failed:
                await Note(session, delivery, failed.Error, isGivenUp: false);
                await DeliveryStore.Note(session, delivery, "waiting", failed.Error);
                await DeliveryStore.Delay(session, delivery, session.Now + failed.Wait);
                break;
            case DeliveryOutcome.GivenUp givenUp:
                await Note(session, delivery, givenUp.Error, isGivenUp: true);
                await DeliveryStore.Note(session, delivery, "given_up", givenUp.Error);
                await DeliveryStore.Remove(session, delivery);
                break;
            case DeliveryOutcome.Gone gone:
                await Disable(session, delivery, gone.Error);
                break;
            case DeliveryOutcome.Dropped:
                await DeliveryStore.Forget(session, delivery);
                await DeliveryStore.Remove(session, delivery);
                break;
        }
    }

    private async ValueTask Note(Session session, Delivery delivery, string error, bool isGivenUp)
    {
        var since = await WebhookStore.Failed(session, delivery.WebhookId, error, isGivenUp);
        if (isGivenUp)
        {
            await Warn(
                session,
                delivery,
                $"It did not take an event in {delivery.Attempt} attempts. The last: {error}"
            );
        }

        if (since <= session.Now - WebhookRow.Patience)
        {
            var days = WebhookRow.Patience.TotalDays;
            await Disable(session, delivery, $"Disabled, for every attempt of {days:0} days failed. The last: {error}");
        }
    }

    private async ValueTask Disable(Session session, Delivery delivery, string error)
    {
        if (
            await WebhookStore.Find(session, delivery.WebhookId) is { } webhook
            && await WebhookStore.Disable(session, webhook, error)
        )
        {
            var entry = new AuditEntry("webhook.disabled", "webhook", webhook.Id.ToString(), webhook.OwnerId);
            await audit.Append(session, new Caller(webhook.OwnerId, Scope.None), entry);
            await Warn(session, delivery, error);
        }
    }

    /// <summary>Who is not told of something must hear of that in another way.</summary>
    private async ValueTask Warn(Session session, Delivery delivery, string why)
    {
        var about = (delivery.OwnerId, Severity.Warning);
        await alerts.Fire(session, (AlertSource.Webhook, delivery.WebhookId), about, ("A webhook fails", why));
    }
}
