using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Secrets;

/// <summary>Secrets are kept for their owner, and shown to nobody.</summary>
public sealed class SecretStories
{
    private const string Value = "correct horse battery";

    [Fact]
    public void Everything_is_told_but_the_value() =>
        Story.Play(async core =>
        {
            var input = new SecretInput(Value, ["http.request", "crm.*"], ["api.example"], "For the CRM");

            var view = await core.Secrets.Put(core.Ann, "crm", input);

            Assert.Equal(("crm", "For the CRM", 1), (view.Name, view.Description, view.Version));
            Assert.Equal(["http.request", "crm.*"], view.Tools);
            Assert.Equal(["api.example"], view.Hosts);
            Assert.Equal((core.Now, core.Now, null), (view.CreatedAt, view.UpdatedAt, view.LastUsedAt));
            Assert.DoesNotContain("horse", Json.Write(view));
            Assert.DoesNotContain("horse", input.ToString());
            Assert.Equal("crm", Assert.Single((await core.Secrets.List(core.Ann)).Items).Name);
        });

    [Fact]
    public void A_value_can_be_replaced_and_deleted() =>
        Story.Play(async core =>
        {
            await core.Secrets.Put(core.Ann, "crm", new SecretInput(Value));
            await core.Advance(TimeSpan.FromHours(1));

            var second = await core.Secrets.Put(core.Ann, "crm", new SecretInput("another horse"));

            Assert.Equal((2, core.Now - TimeSpan.FromHours(1)), (second.Version, second.CreatedAt));
            await core.Secrets.Delete(core.Ann, "crm");
            Assert.Empty((await core.Secrets.List(core.Ann)).Items);
            await Refused(ProblemKind.NotFound, () => core.Secrets.Delete(core.Ann, "crm"));
            Assert.Equal(["secret.saved", "secret.saved", "secret.deleted"], await core.Audit("crm"));
        });

    [Fact]
    public void Another_agents_secret_is_not_there() =>
        Story.Play(async core =>
        {
            await core.Secrets.Put(core.Ann, "crm", new SecretInput(Value));

            Assert.Empty((await core.Secrets.List(core.Bob)).Items);
            Assert.Empty((await core.Secrets.List(core.Admin)).Items);
            await Refused(ProblemKind.NotFound, () => core.Secrets.Delete(core.Bob, "crm"));
            Assert.Equal(1, (await core.Secrets.Put(core.Bob, "crm", new SecretInput(Value))).Version);
            Assert.Single((await core.Secrets.List(core.Ann)).Items);
        });

    [Fact]
    public void Who_may_not_use_tools_has_no_secrets() =>
        Story.Play(async core =>
        {
            var reader = core.Agent("reader", "tasks:read");

            await Refused(ProblemKind.Forbidden, () => core.Secrets.List(reader));
            await Refused(ProblemKind.Forbidden, () => core.Secrets.Put(reader, "crm", new SecretInput(Value)));
            await Refused(ProblemKind.Forbidden, () => core.Secrets.Delete(reader, "crm"));
            await Refused(ProblemKind.Forbidden, () => core.Secrets.Rotate(core.Ann));
        });

    [Fact]
    public void An_agent_keeps_a_hundred_secrets() =>
        Story.Play(async core =>
        {
            for (var i = 0; i < SecretCheck.MaxSecrets; i++)
            {
                await core.Secrets.Put(core.Ann, $"s{i}", new SecretInput(Value));
            }

            await Refused(ProblemKind.Conflict, () => core.Secrets.Put(core.Ann, "more", new SecretInput(Value)));
            await core.Secrets.Put(core.Ann, "s7", new SecretInput("another horse"));
            await core.Secrets.Put(core.Bob, "more", new SecretInput(Value));
        });

    [Fact]
    public void A_row_that_was_changed_in_the_database_is_refused() =>
        Story.Play(async core =>
        {
            core.Work.HostOf = _ => "api.example";
            await core.Secrets.Put(core.Ann, "crm", new SecretInput(Value, Hosts: ["other.example"]));
            const string Step = """{"id": "a", "uses": "test.work", "with": {"key": "${secrets.crm}"}}""";
            var task = await core.Tasks.Create(core.Ann, Idle(Step));
            await core.Db.Write(async session =>
            {
                await session.Execute("update secret set hosts = '[]'");
            });

            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(("failed", "secret_refused"), (run.State, run.Error!.Code));
            Assert.Empty(core.Work.Calls);
        });
}
