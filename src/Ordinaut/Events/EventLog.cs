using Ordinaut.Expressions;
using Ordinaut.Runs;
using Ordinaut.Schedules;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Events;

/// <summary>
/// Facts and what they set off. An event's row, and the occurrence of every task it triggers, are written in the
/// caller's transaction: there is no moment in which one exists without the other.
/// </summary>
internal sealed class EventLog(Ids ids, RunIntake intake)
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
        var triggered = new List<Guid>();
        var head = news.Topic.Split('.', 2)[0];
        if (await TaskStore.HasSubscribers(session, head))
        {
            var request = Request(fact);
            await TellListeners(session, fact, head, request, triggered);
            await TellListeners(session, fact, "*", request, triggered);
            await TellListeners(session, fact, "#", request, triggered);
        }

        await EventStore.Insert(session, fact, triggered.Count);
        return new AppendedEvent(fact.Id, triggered);
    }

    /// <summary>Tells the event to every listener whose pattern begins with this word.</summary>
    private async ValueTask TellListeners(
        Session session,
        EventRow fact,
        string head,
        OccurrenceRequest request,
        List<Guid> triggered
    )
    {
        TaskDefinition? last = null;
        do
        {
            var page = await TaskStore.Subscribers(session, head, fact.News.OwnerId, last, ListenerPage);
            foreach (var task in page.Where(task => Hears(task, fact)))
            {
                var (passes, fault) = Filter(task.Settings.EventFilter, fact);
                if (fault is not null)
                {
                    await Skip(session, task, request, (SkipReason.Filter, fault));
                }
                else if (passes)
                {
                    await Tell(session, task, request, triggered);
                }
            }

            last = page.Count == ListenerPage ? page[^1] : null;
        } while (last is not null);
    }

    private async ValueTask Tell(Session session, TaskDefinition task, OccurrenceRequest request, List<Guid> triggered)
    {
        if (triggered.Count >= MaxTriggered)
        {
            var why = $"The event had triggered {MaxTriggered} tasks already.";
            await Skip(session, task, request, (SkipReason.Budget, why));
        }
        else if (await intake.Admit(session, task, request) is not Admission.Known)
        {
            triggered.Add(task.Id);
        }
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
            Input = $$"""{"event":{{fact.ToJson().GetRawText()}}}""",
        };
}

/// <summary>A fact to write.</summary>
/// <param name="OwnerId">Whose fact it is: the publishing agent, or the owner of what it tells of.</param>
/// <param name="Payload">JSON text.</param>
/// <param name="Depth">How many events led to this one.</param>
internal sealed record NewEvent(Guid OwnerId, string Topic, string Payload, int Depth)
{
    public string Source { get; init; } = EventLog.FromServer;
}

/// <summary>A written fact.</summary>
internal sealed record AppendedEvent(Guid Id, IReadOnlyList<Guid> Triggered);
