using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.OAuth;

/// <summary>Programs that are registered, by whom, and who sees them.</summary>
public sealed class ClientStories
{
    [Fact]
    public async Task Who_registered_a_client_sees_it_and_takes_it_away_and_a_stranger_does_not()
    {
        await using var app = await OrdinautApp.Start();
        var (owner, stranger, admin) = (
            await app.AsAgent("agents:manage"),
            await app.AsAgent("agents:manage"),
            await app.AsAdmin()
        );
        var input = new OAuthClientInput("Notes", ["http://127.0.0.1/callback", "com.example.notes:/done"]);

        var made = await owner.Send("POST", "/oauth/clients", Json.Write(input));

        var view = OrdinautApp.Read<OAuthClientView>(await OrdinautApp.Expect(made, 201));
        Assert.Equal($"/oauth/clients/{view.ClientId}", made.Headers.Location!.ToString());
        var shown = await owner.Get<OAuthClientView>($"/oauth/clients/{view.ClientId}");
        Assert.Equal(input.RedirectUris, shown.RedirectUris);
        Assert.Single((await owner.Get<Page<OAuthClientView>>("/oauth/clients")).Items);
        Assert.Single((await admin.Get<Page<OAuthClientView>>("/oauth/clients")).Items);
        Assert.Empty((await stranger.Get<Page<OAuthClientView>>("/oauth/clients")).Items);
        await stranger.Refused(404, "DELETE", $"/oauth/clients/{view.ClientId}");
        await OrdinautApp.Expect(await owner.Send("DELETE", $"/oauth/clients/{view.ClientId}"), 204);
        await owner.Refused(404, "GET", $"/oauth/clients/{view.ClientId}");
    }

    [Theory]
    [InlineData("""{}""", "/name")]
    [InlineData("""{"name": " x", "redirect_uris": ["https://a.example/"]}""", "/name")]
    [InlineData("""{"name": "x"}""", "/redirect_uris")]
    [InlineData("""{"name": "x", "redirect_uris": []}""", "/redirect_uris")]
    [InlineData("""{"name": "x", "redirect_uris": ["https://a.example/", "http://a.example/"]}""", "/redirect_uris/1")]
    [InlineData("""{"name": "x", "redirect_uris": ["javascript:alert(1)"]}""", "/redirect_uris/0")]
    public async Task What_is_wrong_is_named(string body, string pointer)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        var problem = await admin.Refused(422, "POST", "/oauth/clients", body);

        Assert.Equal(pointer, problem.Errors[0].Pointer);
    }

    [Theory]
    [InlineData(20, 201)]
    [InlineData(21, 422)]
    public async Task A_client_has_at_most_20_redirect_uris(int count, int status)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var input = new OAuthClientInput("x", [.. Enumerable.Range(0, count).Select(n => $"https://a.example/{n}")]);

        await OrdinautApp.Expect(await admin.Send("POST", "/oauth/clients", Json.Write(input)), status);
    }
}
