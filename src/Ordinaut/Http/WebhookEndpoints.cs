using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Webhooks;

namespace Ordinaut.Http;

/// <summary><c>/webhooks</c>: where events are sent.</summary>
internal sealed class WebhookEndpoints(WebhookOperations webhooks)
{
    private const string Tag = "Webhooks";
    private const string Noun = "webhook";
    private const string ListName = "webhooks";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/webhooks", List)
            .Named("listWebhooks", Tag, "List your webhooks: all but their secrets")
            .Asks(Queries.Limit, Queries.Cursor)
            .Gives<Page<WebhookView>>()
            .Needs(Scope.EventsRead);
        app.Post("/webhooks", Create)
            .Named("createWebhook", Tag, "Have your events sent to an address; the secret is shown this once")
            .Takes<WebhookInput>()
            .Gives<NewWebhook>(StatusCodes.Status201Created)
            .Needs(Scope.EventsRead, RateClass.Write);
        app.Get("/webhooks/{id}", async call => await call.Answer(await webhooks.Get(call.Caller, call.Id(Noun))))
            .Named("getWebhook", Tag, "Show a webhook, with how it goes")
            .Gives<WebhookView>()
            .Needs(Scope.EventsRead);
        app.Patch("/webhooks/{id}", Patch)
            .Named("updateWebhook", Tag, "Change the members that are named (RFC 7396)")
            .Takes<WebhookInput>(optional: false, Route.MergePatchType)
            .Gives<WebhookView>()
            .Needs(Scope.EventsRead, RateClass.Write);
        app.Post("/webhooks/{id}/rotate", Rotate)
            .Named("rotateWebhook", Tag, "Make a new secret, shown this once; for 24 hours both sign")
            .Gives<RenewedSecret>()
            .Needs(Scope.EventsRead, RateClass.Write);
        app.Delete("/webhooks/{id}", Delete)
            .Named("deleteWebhook", Tag, "Delete a webhook; what waits is not sent")
            .GivesNothing()
            .Needs(Scope.EventsRead, RateClass.Write);
    }

    private async Task List(Call call) =>
        await call.Page(await webhooks.List(call.Caller, call.Query(Queries.Limit), call.After(ListName)), ListName);

    private async Task Create(Call call)
    {
        var made = await webhooks.Create(call.Caller, call.Body<WebhookInput>());
        await call.Created(made, $"/webhooks/{made.Id}");
    }

    private async Task Patch(Call call) =>
        await call.Answer(await webhooks.Patch(call.Caller, call.Id(Noun), call.Patch<WebhookInput>()));

    private async Task Rotate(Call call) => await call.Answer(await webhooks.Rotate(call.Caller, call.Id(Noun)));

    private async Task Delete(Call call)
    {
        await webhooks.Delete(call.Caller, call.Id(Noun));
        await call.Nothing();
    }
}
