using System.Net;
using System.Text;
using Ordinaut.Events;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Mcp;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Webhooks;

/// <summary>Webhooks and hooks over the real wire, in both directions.</summary>
public sealed class WebhookHttpStories
{
    [Fact]
    public async Task An_event_goes_out_to_an_endpoint_that_verifies_it()
    {
        var arrived = new TaskCompletionSource<Receiver.Message>();
        await using var endpoint = new FakeServer(sent =>
        {
            arrived.TrySetResult(new Receiver.Message(sent.Target, sent.Headers, sent.Body));
            return FakeServer.Answer(200);
        });
        await using var app = await OrdinautApp.Start(configure: o => o with { EgressAllow = "127.0.0.1" });
        var agent = await app.AsAgent("events:read", "events:publish");
        var webhook = await Make(agent, endpoint.Url + "in?k=1");

        var published = await agent.Post<PublishedEvent>("/events", """{"topic": "a.b", "payload": {"n": 1}}""", 202);

        var message = await arrived.Task.WaitAsync(OrdinautApp.Patience);
        Assert.Equal(("/in?k=1", published.EventId.ToString()), (message.Url, message.Id));
        Assert.True(message.IsSignedWith(webhook.Secret));
        Assert.Equal(1, message.Json.GetProperty("data").GetProperty("n").GetInt32());
        await When(agent, webhook.Id, view => view is { Pending: 0, LastSuccessAt: not null });
    }

    [Fact]
    public async Task A_private_address_is_refused_when_it_is_called()
    {
        await using var endpoint = new FakeServer(_ => FakeServer.Answer(200));
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("events:read", "events:publish");
        var webhook = await Make(agent, endpoint.Url);

        await agent.Post<PublishedEvent>("/events", """{"topic": "a.b"}""", 202);

        var view = await When(agent, webhook.Id, view => view.LastError is not null);
        Assert.Contains("127.0.0.1", view.LastError);
        Assert.Equal(0, endpoint.Connections);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = new FakeServer(_ => FakeServer.Answer(200));
        await using var endpoint = new FakeServer(_ => FakeServer.Answer(307, $"Location: {elsewhere.Url}\r\n"));
        await using var app = await OrdinautApp.Start(configure: o => o with { EgressAllow = "127.0.0.1" });
        var agent = await app.AsAgent("events:read", "events:publish");
        var webhook = await Make(agent, endpoint.Url);

        await agent.Post<PublishedEvent>("/events", """{"topic": "a.b"}""", 202);

        Assert.Contains("307", (await When(agent, webhook.Id, view => view.LastError is not null)).LastError);
        Assert.Equal(0, elsewhere.Connections);
    }

    [Fact]
    public async Task Anyone_with_the_secret_publishes_and_everyone_else_gets_one_answer()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("events:read", "events:publish");
        var hook = await agent.Post<NewHook>("/hooks", """{"topic": "shop.paid"}""", 201);

        await OrdinautApp.Expect(await Send(app, hook.Path, hook.Secret, "1", """{"no": 42}"""), 204);
        await OrdinautApp.Expect(await Send(app, hook.Path, hook.Secret, "1", """{"no": 42}"""), 204);

        var fact = Assert.Single((await agent.Get<Page<EventView>>("/events?topic=shop.paid")).Items);
        Assert.Equal(42, fact.Payload.GetProperty("no").GetInt32());
        var other = "whsec_" + Convert.ToBase64String(new byte[32]);
        var refusals = new List<string>();
        foreach (var path in new[] { hook.Path, $"/hooks/{Guid.Empty}", "/hooks/x", "/hooks/%20" })
        {
            using var answer = await Send(app, path, other, "2", "{}");
            var problem = OrdinautApp.Read<ProblemView>(await OrdinautApp.Expect(answer, 401));
            refusals.Add($"{problem.Type} {problem.Detail} {answer.Headers.WwwAuthenticate}");
        }

        using var bare = await app.Http.PostAsync(hook.Path, OrdinautApp.Body("{}"));
        Assert.Equal(HttpStatusCode.Unauthorized, bare.StatusCode);
        Assert.Single(refusals.Distinct());
    }

    [Theory]
    [InlineData(EventOperations.MaxPayloadBytes, 204)]
    [InlineData(EventOperations.MaxPayloadBytes + 1, 413)]
    public async Task A_message_has_256_kib(int bytes, int status)
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("events:publish");
        var hook = await agent.Post<NewHook>("/hooks", """{"topic": "a"}""", 201);

        using var answer = await Send(app, hook.Path, hook.Secret, "1", $"\"{new string('x', bytes - 2)}\"");

        await OrdinautApp.Expect(answer, status);
    }

    [Fact]
    public async Task A_hooks_owner_publishes_no_faster_through_it()
    {
        await using var app = await OrdinautApp.Start(configure: o => o with { RateLimitWrites = 2 });
        var agent = await app.AsAgent("events:publish");
        var hook = await agent.Post<NewHook>("/hooks", """{"topic": "a"}""", 201);

        var statuses = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            using var answer = await Send(app, hook.Path, hook.Secret, $"{i}", "{}");
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Contains(429, statuses);
        Assert.All(statuses, status => Assert.Contains(status, new[] { 204, 429 }));
    }

    [Fact]
    public async Task Another_key_of_the_server_changes_no_secret()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("events:publish");
        var hook = await agent.Post<NewHook>("/hooks", """{"topic": "a"}""", 201);
        var admin = await app.AsAdmin();

        var rotated = await admin.Post<RotatedSecrets>("/secrets:rotate", "");

        Assert.Equal(1, rotated.Resealed);
        await OrdinautApp.Expect(await Send(app, hook.Path, hook.Secret, "1", "{}"), 204);
    }

    [Fact]
    public async Task A_model_sees_webhooks_and_hooks_and_no_secret()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("events:read", "events:publish");
        var webhook = await Make(agent, "https://receiver.example/");
        var hook = await agent.Post<NewHook>("/hooks", """{"topic": "a"}""", 201);
        await using var assistant = await app.Connect(agent);

        var shown =
            McpApp.TextOf(await assistant.Call("list_webhooks")) + McpApp.TextOf(await assistant.Call("list_hooks"));
        await assistant.Call("delete_webhook", $$"""{"webhook_id": "{{webhook.Id}}"}""");
        await assistant.Call("delete_hook", $$"""{"hook_id": "{{hook.Id}}"}""");

        Assert.Contains("https://receiver.example/", shown);
        Assert.Contains(hook.Path, shown);
        Assert.DoesNotContain("whsec_", shown);
        Assert.Empty((await agent.Get<Page<WebhookView>>("/webhooks")).Items);
        Assert.Empty((await agent.Get<Page<HookView>>("/hooks")).Items);
    }

    private static Task<NewWebhook> Make(OrdinautApp.Client agent, string url) =>
        agent.Post<NewWebhook>("/webhooks", Json.Write(new WebhookInput(url, ["a.*"])), 201);

    private static async Task<WebhookView> When(OrdinautApp.Client agent, Guid id, Func<WebhookView, bool> wanted)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var view = await agent.Get<WebhookView>($"/webhooks/{id}");
            if (wanted(view))
            {
                return view;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began) < OrdinautApp.Patience, Json.Write(view));
        }
    }

    private static async Task<HttpResponseMessage> Send(
        OrdinautApp app,
        string path,
        string secret,
        string id,
        string body
    )
    {
        var seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", $"{seconds}");
        request.Headers.Add("webhook-signature", Receiver.Sign(secret, id, seconds, body));
        request.Headers.ExpectContinue = true;
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await app.Http.SendAsync(request);
    }
}
