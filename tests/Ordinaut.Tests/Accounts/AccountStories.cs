using Microsoft.Extensions.Time.Testing;
using Ordinaut.Accounts;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Accounts;

/// <summary>How people get, change and lose the way to sign in as an agent.</summary>
public sealed class AccountStories
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task An_account_is_set_shown_without_its_password_and_taken_away()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var agent = await app.AsAgent("tasks:read");
        var path = $"/agents/{agent.AgentId}/account";

        var body = Json.Write(new AccountInput("Ann", Password, "https://id.example", "1"));
        var answer = await OrdinautApp.Expect(await admin.Send("PUT", path, body), 200);

        Assert.DoesNotContain("correct horse", answer, StringComparison.Ordinal);
        var view = await admin.Get<AccountView>(path);
        Assert.Equal(("ann", "https://id.example", "1"), (view.Login, view.Issuer, view.Subject));
        Assert.DoesNotContain("argon2", await (await admin.Send("GET", "/audit")).Content.ReadAsStringAsync());
        await OrdinautApp.Expect(await admin.Send("DELETE", path), 204);
        await admin.Refused(404, "GET", path);
    }

    [Fact]
    public async Task A_password_is_good_ten_years_on()
    {
        var folder = OrdinautApp.NewFolder();
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using (var app = await OrdinautApp.Start(clock, folder: folder))
        {
            var agent = await app.AsAgent();
            var body = Json.Write(new AccountInput("ann", Password));
            var admin = await app.AsAdmin();
            await OrdinautApp.Expect(await admin.Send("PUT", $"/agents/{agent.AgentId}/account", body), 200);
        }

        var later = new FakeTimeProvider(clock.GetUtcNow().AddYears(10));
        await using (var again = await OrdinautApp.Start(later, folder: folder))
        {
            var signIns = again.Get<SignInOperations>();
            Assert.NotEmpty(await signIns.WithPassword("ann", Password, "r-1"));
            await Assert.ThrowsAsync<Problem>(() => signIns.WithPassword("ann", Password + "!", "r-2"));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Only_who_may_manage_the_agent_can_set_it_and_nobody_gets_more_by_it()
    {
        await using var app = await OrdinautApp.Start();
        var manager = await app.AsAgent("agents:manage");
        var other = await app.AsAgent("tasks:read");
        var body = Json.Write(new AccountInput("ann", Password));

        await manager.Refused(404, "PUT", $"/agents/{app.Admin.AgentId}/account", body);
        await manager.Refused(404, "PUT", $"/agents/{other.AgentId}/account", body);
        await other.Refused(403, "PUT", $"/agents/{other.AgentId}/account", body);
        await OrdinautApp.Expect(await manager.Send("PUT", $"/agents/{manager.AgentId}/account", body), 200);
    }

    [Fact]
    public async Task A_login_and_an_identity_are_one_agents()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var (one, two) = (await app.AsAgent(), await app.AsAgent());
        var account = new AccountInput("ann", Password, "https://id.example", "1");
        await OrdinautApp.Expect(await admin.Send("PUT", $"/agents/{one.AgentId}/account", Json.Write(account)), 200);

        var path = $"/agents/{two.AgentId}/account";
        await admin.Refused(409, "PUT", path, Json.Write(new AccountInput("ANN", Password)));
        await admin.Refused(409, "PUT", path, Json.Write(account with { Login = "bob" }));
        var free = Json.Write(account with { Login = "bob", Subject = "2" });
        await OrdinautApp.Expect(await admin.Send("PUT", path, free), 200);
    }

    [Theory]
    [InlineData("""{}""", "")]
    [InlineData("""{"login": "ann"}""", "/password")]
    [InlineData("""{"password": "correct horse battery"}""", "")]
    [InlineData("""{"login": "anna", "password": "correct horse Anna"}""", "/password")]
    [InlineData("""{"login": "ann", "password": "my Ordinaut password"}""", "/password")]
    [InlineData("""{"login": "ann", "password": "passwordpassword1"}""", "/password")]
    [InlineData("""{"login": "a b", "password": "correct horse battery"}""", "/login")]
    [InlineData("""{"login": "", "password": "correct horse battery"}""", "/login")]
    [InlineData("""{"issuer": "https://id.example"}""", "")]
    [InlineData("""{"subject": "1"}""", "/subject")]
    [InlineData("""{"subject": "", "issuer": "https://id.example"}""", "/subject")]
    public async Task What_is_wrong_is_named(string body, string pointer)
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent();
        var admin = await app.AsAdmin();

        var problem = await admin.Refused(422, "PUT", $"/agents/{agent.AgentId}/account", body);

        Assert.Equal(pointer, problem.Errors[0].Pointer);
    }

    [Theory]
    [InlineData(14, 422)]
    [InlineData(15, 200)]
    [InlineData(256, 200)]
    [InlineData(257, 422)]
    public async Task A_password_has_15_to_256_characters_of_any_kind(int length, int status)
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent();
        var admin = await app.AsAdmin();

        var characters = Enumerable.Range(0, length).Select(i => (char)(' ' + 37 * i % 500));
        var body = Json.Write(new AccountInput("ann", string.Concat(characters)));

        await OrdinautApp.Expect(await admin.Send("PUT", $"/agents/{agent.AgentId}/account", body), status);
    }
}
