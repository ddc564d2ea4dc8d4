using Ordinaut.Expressions;
using Ordinaut.Runs;
using Ordinaut.Schedules;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Webhooks;

namespace Ordinaut.Events;

/// <summary>
/// Facts and what they set off. An event's row, the occurrence of every task it triggers, and what is to be sent to
/// webhooks, are written in the caller's transaction: there is no moment in which one exists without the other.
/// </summary>
internal sealed class EventLog(Ids ids, RunIntake intake, Outbox? outbox = null)
{
    /// <summary>
    /// How many tasks one event may trigger, for its transaction must stay short; each further one that it would
    /// trigger gets its line in the ledger.
    /// </summary>
    public const int MaxTriggered = 1_000;

    /// <summary>How many listeners are read at once.</summary>
    public const int ListenerPage = 500;

    public const string FromAgent = "agent";
    public const string FromServer = "ordinaut";

    private readonly BoundedCache<string, Condition> _filters = new(1_024);

    /// <summary>Writes the event and triggers every task that listens; returns what it triggered.</summary>
    public async ValueTask<AppendedEvent> Append(Session session, NewEvent news)
    {
        var fact = new EventRow(ids.Next(), news, session.Now);
        var triggered = await SubscriberStore.Any(session, Head(news.Topic)) ? await Tell(session, fact) : [];
        await Write(session, [fact with { Triggered = triggered.Count }]);
        return new AppendedEvent(fact.Id, triggered);
    }

    /// <summary>Writes many events; those that nobody could hear with one statement.</summary>
    public async ValueTask Append(Session session, IReadOnlyList<NewEvent> many)
    {
        var unheard = new List<EventRow>(many.Count);
        foreach (var sameHead in many.GroupBy(news => Head(news.Topic)))
        {
            if (await SubscriberStore.Any(session, sameHead.Key))
            {
                foreach (var news in sameHead)
                {
                    await Append(session, news);
                }
            }
            else
            {
                unheard.AddRange(sameHead.Select(news => new EventRow(ids.Next(), news, session.Now)));
            }
        }

        await Write(session, unheard);
    }

    private async ValueTask Write(Session session, List<EventRow> facts)
    {
        await EventStore.Insert(session, facts);
        await DeliveryStore.Post(session, facts);
        if (outbox is not null && facts.Count > 0)
        {
            await outbox.Post(session, facts);
        }
    }

    private static string Head(string topic) => topic.Split('.', 2)[0];

    /// <summary>Tells the event to every listener; returns those that it triggered.</summary>
    private async ValueTask<List<Guid>> Tell(Session session, EventRow fact)
    {
        var request = Request(fact);
        var wishes = new List<Wish>();
        foreach (var head in new[] { Head(fact.News.Topic), "*", "#" })
        {
            await AddWishes(session, fact, head, request, wishes);
        }

        // Together, so that their slots are locked together and in order.
        var admissions = await intake.Admit(session, wishes);
        return [.. wishes.Where((_, i) => admissions[i] is not Admission.Known).Select(wish => wish.Task.Id)];
    }

    /// <summary>Adds a wish for every listener whose pattern begins with this word.</summary>
    private async ValueTask AddWishes(
        Session session,
        EventRow fact,
        string head,
        OccurrenceRequest request,
        List<Wish> wishes
    )
    {
        TaskDefinition? last = null;
        do
        {
            var page = await SubscriberStore.Of(session, head, fact.News.OwnerId, last, ListenerPage);
            foreach (var task in page.Where(task => Hears(task, fact)))
            {
                var (passes, fault) = Filter(task.Settings.EventFilter, fact);
                if (fault is not null)
                {
                    await Skip(session, task, request, (SkipReason.Filter, fault));
                }
                else if (passes && wishes.Count < MaxTriggered)
                {
                    wishes.Add(new Wish(task, request));
                }
                else if (passes)
                {
                    var why = $"The event had triggered {MaxTriggered} tasks already.";
                    await Skip(session, task, request, (SkipReason.Budget, why));
                }
            }

            last = page.Count == ListenerPage ? page[^1] : null;
        } while (last is not null);
    }

    private static async ValueTask Skip(
        Session session,
        TaskDefinition task,
        OccurrenceRequest request,
        (string Reason, string Detail) why
    )
    {
        var line = request.Line(null) with { Reason = why.Reason, Detail = why.Detail };
        await OccurrenceStore.Skip(session, task.Id, line);
    }

    private static bool Hears(TaskDefinition task, EventRow fact)
    {
        var settings = task.Settings;
        if (settings.StartsAt > fact.At || settings.EndsAt < fact.At)
        {
            return false;
        }

        return TopicPattern.Parse(settings.ScheduleExpr!).Matches(fact.News.Topic);
    }

    /// <summary>
    /// Whether the event is meant for the task. A filter that fails on it (a wrong type, a limit) does not let it pass,
    /// and nobody knows whether it should have: that is said, where a plain no is not.
    /// </summary>
    private (bool Passes, string? Fault) Filter(string? filter, EventRow fact)
    {
        if (filter is null)
        {
            return (true, null);
        }

        try
        {
            if (!_filters.TryGet(filter, out var condition))
            {
                condition = Condition.Parse(filter);
                _filters.Add(filter, condition);
            }

            return (condition.Evaluate(JsonValue.Of(fact.ToJson()), new Fuel()), null);
        }
        catch (ExpressionException failure)
        {
            return (false, failure.Message);
        }
    }

    private static OccurrenceRequest Request(EventRow fact) =>
        new(fact.At, OccurrenceKeys.Event(fact.Id), Trigger.Event)
        {
            Depth = fact.News.Depth,
            Input = RunTrace.Input(fact.News.Trace, $$"""{"event":{{fact.ToJson().GetRawText()}}}"""),
        };
}

/// <summary>A fact to write.</summary>
/// <param name="OwnerId">Whose fact it is: the publishing agent, or the owner of what it tells of.</param>
/// <param name="Payload">JSON text.</param>
/// <param name="Depth">How many events led to this one.</param>
internal sealed record NewEvent(Guid OwnerId, string Topic, string Payload, int Depth)
{
    public string Source { get; init; } = EventLog.FromServer;

    /// <summary>The span that tells it, as W3C's <c>traceparent</c>; null: none. Not stored with the fact.</summary>
    public string? Trace { get; init; }
}

/// <summary>A written fact.</summary>
internal sealed record AppendedEvent(Guid Id, IReadOnlyList<Guid> Triggered);
