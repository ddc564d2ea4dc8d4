using Ordinaut.Agents;
using Ordinaut.Events;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/events</c>: facts, published and read.</summary>
internal sealed class EventEndpoints(EventOperations events)
{
    private const string Tag = "Events";
    private const string ListName = "events";
    private const string TopicListName = "topics";

    private static readonly QueryText Topic = new("topic", "Only events on this topic.");

    public void Map(IEndpointRouteBuilder app)
    {
        app.Post("/events", Publish)
            .Named("publishEvent", Tag, "Publish a fact; it may trigger tasks")
            .Takes<PublishEvent>()
            .Gives<PublishedEvent>(StatusCodes.Status202Accepted)
            .Once()
            .Needs(Scope.EventsPublish, RateClass.Write);
        app.Get("/events", List)
            .Named("listEvents", Tag, "List events, newest first")
            .Asks(Topic, Queries.Since, Queries.Until, Queries.Limit, Queries.Cursor)
            .Gives<Page<EventView>>()
            .Needs(Scope.EventsRead);
        app.Get("/events/stream/recent", List)
            .Named("listRecentEvents", Tag, "List the newest events")
            .Asks(Topic, Queries.Since, Queries.Until, Queries.Limit, Queries.Cursor)
            .Gives<Page<EventView>>()
            .Needs(Scope.EventsRead);
        app.Get("/events/topics", Topics)
            .Named("listTopics", Tag, "List the topics in use, by name")
            .Asks(Queries.Limit, Queries.Cursor)
            .Gives<Page<TopicView>>()
            .Needs(Scope.EventsRead);
        app.Get("/events/{id}", async call => await call.Answer(await events.Get(call.Caller, call.Id("event"))))
            .Named("getEvent", Tag, "Show an event")
            .Gives<EventView>()
            .Needs(Scope.EventsRead);
    }

    private async Task Publish(Call call)
    {
        var published = await events.Publish(call.Caller, call.Body<PublishEvent>());
        await call.Accepted(published, $"/events/{published.EventId}");
    }

    private async Task Topics(Call call)
    {
        var topics = await events.Topics(call.Caller, call.Position(TopicListName), call.Query(Queries.Limit));
        await call.Page(topics, TopicListName);
    }

    private async Task List(Call call)
    {
        var filter = new EventFilter(
            call.Query(Topic),
            call.Query(Queries.Since),
            call.Query(Queries.Until),
            call.Query(Queries.Limit),
            call.After(ListName)
        );
        await call.Page(await events.List(call.Caller, filter), ListName);
    }
}
