using Ordinaut.Agents;
using Ordinaut.Events;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>Facts, published and read.</summary>
internal sealed class EventTools(EventOperations events)
{
    private const string ListName = "events";
    private const string TopicListName = "topics";

    public IEnumerable<McpTool> All()
    {
        yield return new McpTool(
            "publish_event",
            "publishEvent",
            "Publish an event",
            "Puts a fact on record and starts every task that listens to its topic; the answer lists them. Example: "
                + "{\"topic\":\"orders.created\",\"payload\":{\"id\":42}}."
        )
            .Requires("topic")
            .Needs(Scope.EventsPublish, Hints.OpenWorld)
            .Does(call => events.Publish(call.Caller, call.Body<PublishEvent>()));
        yield return new McpTool(
            "list_events",
            "listEvents",
            "List events",
            "Events, newest first; also the server's own, such as run.failed and task.created."
        )
            .Needs(Scope.EventsRead, Hints.ReadOnly)
            .Does(List);
        yield return new McpTool("get_event", "getEvent", "Show an event", "An event with its payload.")
            .Needs(Scope.EventsRead, Hints.ReadOnly)
            .Does(call => events.Get(call.Caller, call.Id("event_id")));
        yield return new McpTool(
            "list_topics",
            "listTopics",
            "List topics",
            "The topics in use, by name, with how many events each has."
        )
            .Needs(Scope.EventsRead, Hints.ReadOnly)
            .Does(async call =>
                call.Page(
                    await events.Topics(call.Caller, call.Position(TopicListName), call.Number("limit")),
                    TopicListName
                )
            );
    }

    private async Task<Page<EventView>> List(McpCall call)
    {
        var filter = new EventFilter(
            call.OptionalText("topic"),
            call.Instant("since"),
            call.Instant("until"),
            call.Number("limit"),
            call.After(ListName)
        );
        return call.Page(await events.List(call.Caller, filter), ListName);
    }
}
