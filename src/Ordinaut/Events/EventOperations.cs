using System.Text;
using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Events;

/// <summary>Publishes and shows events.</summary>
internal sealed class EventOperations(Db db, Changes changes, EventLog log, AuditLog audit, Signals signals)
{
    public const int MaxPayloadBytes = 256 * 1024;

    private static readonly string[] Reserved = ["task", "run", "approval", "agent", "alert", "ordinaut"];

    public async Task<PublishedEvent> Publish(Caller caller, PublishEvent request)
    {
        caller.Require(Scope.EventsPublish);
        var topic = Check(caller, request);
        var payload = request.Payload is { ValueKind: not JsonValueKind.Undefined } given ? given.GetRawText() : "null";
        var published = await changes.Make(
            caller,
            async session =>
            {
                var news = new NewEvent(caller.AgentId, topic, payload, caller.Depth)
                {
                    Source = EventLog.FromAgent,
                    Trace = caller.Trace,
                };
                var written = await log.Append(session, news);
                await audit.Append(
                    session,
                    caller,
                    new AuditEntry("event.published", "event", written.Id.ToString(), caller.AgentId)
                );
                return new PublishedEvent(written.Id, topic, written.Triggered);
            }
        );
        signals.Queue.Set();
        Meters.EventPublished();
        return published;
    }

    public async Task<EventView> Get(Caller caller, Guid id)
    {
        caller.Require(Scope.EventsRead);
        var row = await db.ReadFor(caller.Reach(), session => EventStore.FindOwned(session, caller, id));
        return row is null ? throw Problem.NotFound("event", id.ToString()) : row.ToView();
    }

    public async Task<Page<EventView>> List(Caller caller, EventFilter filter)
    {
        caller.Require(Scope.EventsRead);
        var rows = await db.ReadFor(caller.Reach(), session => EventStore.Page(session, caller, filter));
        return Pages.Of(rows, filter.Limit, row => row.ToView(), row => row.Id.ToString());
    }

    public async Task<Page<TopicView>> Topics(Caller caller, string? after, int limit)
    {
        caller.Require(Scope.EventsRead);
        var topics = await db.ReadFor(
            caller.Reach(),
            session => EventStore.Topics(session, caller, after ?? "", limit + 1)
        );
        return Pages.Of(topics, limit, topic => topic, topic => topic.Topic);
    }

    /// <exception cref="Problem">It is no topic that agents publish on.</exception>
    public static void RequireTopic(string topic)
    {
        TopicPattern.CheckTopic(topic, "/topic");
        if (Reserved.Contains(topic.Split('.', 2)[0]))
        {
            var words = string.Join(", ", Reserved);
            throw Problem.Invalid("/topic", $"Topics that begin with {words} are for the server's own events.");
        }
    }

    private static string Check(Caller caller, PublishEvent request)
    {
        if (request.SourceAgentId is { } source && source != caller.AgentId)
        {
            throw Problem.Invalid("/source_agent_id", "source_agent_id must be the calling agent; leave it out.");
        }

        var topic = request.Topic ?? "";
        RequireTopic(topic);
        if (request.Payload is { } payload && Encoding.UTF8.GetByteCount(payload.GetRawText()) > MaxPayloadBytes)
        {
            throw new Problem(
                ProblemKind.TooLarge,
                $"payload is larger than {MaxPayloadBytes} bytes; publish a reference instead.",
                new FieldError("/payload", $"At most {MaxPayloadBytes} bytes.")
            );
        }

        return topic;
    }
}
