using System.Net;
using Ordinaut.Agents;
using Ordinaut.Cli;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Store;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Agents;

/// <summary>Who has the database can give an agent a new secret, without a server and without anybody's own.</summary>
public sealed class LostSecretStories
{
    /// <summary>Beside a server, which nobody tells of it: it knows when the verb has ended.</summary>
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task The_one_before_and_its_tokens_end_and_it_is_on_record(string engine)
    {
        await using var app = await OrdinautApp.Start(configure: own =>
            own with
            {
                PostgresUrl = engine == "sqlite" ? "" : PostgresServer.NewDatabase(),
            }
        );
        var lost = app.Admin;
        var session = await app.Login(lost);
        var before = new OrdinautApp.Client(app, session.AccessToken, Guid.Parse(lost.AgentId));
        Assert.Equal(HttpStatusCode.OK, (await before.Send("GET", "/agents")).StatusCode);

        var found = await AgentDesk.NewSecret(app.Options, "admin");

        Assert.Equal(HttpStatusCode.Unauthorized, (await before.Send("GET", "/agents")).StatusCode);
        Assert.Equal(lost.AgentId, found.AgentId);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOf(app, lost));
        var refresh = OrdinautApp.Body(Json.Write(new RefreshRequest(session.RefreshToken)));
        Assert.NotEqual(HttpStatusCode.OK, (await app.Http.PostAsync("/agents/auth/refresh", refresh)).StatusCode);
        var admin = new OrdinautApp.Client(app, (await app.Login(found)).AccessToken, Guid.Parse(found.AgentId));
        var page = await admin.Get<Page<AuditView>>("/audit?action=agent.credentials_issued");
        var line = Assert.Single(page.Items);
        Assert.Equal((Guid.Empty, lost.AgentId), (line.ActorId, line.SubjectId));
        Assert.Contains("beside the database", line.Detail!.Value.GetProperty("reason").GetString());
        Assert.DoesNotContain(found.AgentSecret, Json.Write(page));
    }

    /// <summary>As an operator does who finds a disk without its admin.json.</summary>
    [Fact]
    public async Task Without_a_server_the_file_is_made_anew()
    {
        var folder = OrdinautApp.NewFolder();
        await using (await OrdinautApp.Start(folder: folder)) { }
        var file = Path.Combine(folder, FirstStart.FileName);
        File.Delete(file);

        Assert.Equal(
            Output.Success,
            await CommandLine.Run(["agent", "secret", "admin", "--data", folder, "--to", file])
        );

        await using (var app = await OrdinautApp.Start(folder: folder))
        {
            Assert.Equal(HttpStatusCode.OK, (await (await app.AsAdmin()).Send("GET", "/agents")).StatusCode);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_told_with_who_is_admin()
    {
        await using var app = await OrdinautApp.Start();
        await app.AsAgent("tasks:read");

        var problem = await Refused(ProblemKind.NotFound, () => AgentDesk.NewSecret(app.Options, "root"));

        Assert.Equal("There is no agent 'root'; admins are: admin.", problem.Message);
        var nowhere = Path.Combine(app.Options.Data, "nowhere");
        Assert.Equal(Output.Failure, await CommandLine.Run(["agent", "secret", "admin", "--data", nowhere]));
    }

    private static async Task<HttpStatusCode> StatusOf(OrdinautApp app, AgentCredentials who)
    {
        var body = OrdinautApp.Body(Json.Write(new TokenRequest(who.AgentId, who.AgentSecret)));
        return (await app.Http.PostAsync("/agents/auth/token", body)).StatusCode;
    }
}
