using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Events;
using Ordinaut.Sdk.Wire;
using Ordinaut.Webhooks;

namespace Ordinaut.Http;

/// <summary><c>/hooks</c>: where others send what becomes an event.</summary>
internal sealed class HookEndpoints(HookOperations hooks, HookDesk desk)
{
    private const string Tag = "Webhooks";
    private const string Noun = "hook";
    private const string ListName = "hooks";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/hooks", List)
            .Named("listHooks", Tag, "List your hooks: all but their secrets")
            .Asks(Queries.Limit, Queries.Cursor)
            .Gives<Page<HookView>>()
            .Needs(Scope.EventsPublish);
        app.Post("/hooks", Create)
            .Named("createHook", Tag, "Make an address where others publish your events; the secret is shown this once")
            .Takes<HookInput>()
            .Gives<NewHook>(StatusCodes.Status201Created)
            .Needs(Scope.EventsPublish, RateClass.Write);
        app.Post("/hooks/{id}", Receive)
            .Named("receiveHook", Tag, "Publish the body as an event; proved by the headers of Standard Webhooks")
            .Takes<JsonElement>()
            .GivesNothing()
            .Anonymous(RateClass.Login, EventOperations.MaxPayloadBytes);
        app.Post("/hooks/{id}/rotate", Rotate)
            .Named("rotateHook", Tag, "Make a new secret, shown this once; for 24 hours both are taken")
            .Gives<RenewedSecret>()
            .Needs(Scope.EventsPublish, RateClass.Write);
        app.Delete("/hooks/{id}", Delete)
            .Named("deleteHook", Tag, "Delete a hook; messages to it are refused from then on")
            .GivesNothing()
            .Needs(Scope.EventsPublish, RateClass.Write);
    }

    private async Task List(Call call) =>
        await call.Page(await hooks.List(call.Caller, call.Query(Queries.Limit), call.After(ListName)), ListName);

    private async Task Create(Call call)
    {
        var made = await hooks.Create(call.Caller, call.Body<HookInput>());
        await call.Created(made, made.Path);
    }

    private async Task Receive(Call call)
    {
        var message = new HookMessage(
            One(call, "webhook-id"),
            One(call, "webhook-timestamp"),
            One(call, "webhook-signature"),
            call.RawBody.Bytes
        );
        await desk.Receive(call.Text("id"), message, call.RequestId);
        await call.Nothing();
    }

    /// <summary>A header that may come once.</summary>
    private static string? One(Call call, string name) => call.Http.Request.Headers[name] is [{ } value] ? value : null;

    private async Task Rotate(Call call) => await call.Answer(await hooks.Rotate(call.Caller, call.Id(Noun)));

    private async Task Delete(Call call)
    {
        await hooks.Delete(call.Caller, call.Id(Noun));
        await call.Nothing();
    }
}
