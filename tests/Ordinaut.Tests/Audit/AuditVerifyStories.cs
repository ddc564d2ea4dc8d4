using Microsoft.Extensions.DependencyInjection;
using Ordinaut.Audit;
using Ordinaut.Cli;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tests.Audit;

/// <summary>Checking the log from outside: over HTTP, and on the command line beside the server.</summary>
public sealed class AuditVerifyStories
{
    [Fact]
    public async Task A_log_that_is_whole_is_said_to_be_and_one_that_is_not_is_said_where()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        await Sealed(app);
        var kept = Path.Combine(app.Options.Data, AuditHeads.FileName);
        string[] command = ["audit", "verify", "--data", app.Options.Data, "--heads", kept];

        var whole = await admin.Get<AuditVerdict>("/audit/verify");
        Assert.True(whole.Intact);
        Assert.Equal(Output.Success, await CommandLine.Run(command));

        await app.Get<Db>()
            .Write(async session =>
            {
                await session.Script("drop trigger audit_unchanged");
                await session.Execute("update audit set action = 'agent.deleted'");
            });

        var faults = (await admin.Get<AuditVerdict>("/audit/verify")).Faults;
        Assert.Equal(1, faults[0].Block);
        Assert.All(faults, fault => Assert.Equal("its lines are not what was sealed", fault.What));
        Assert.Equal(Output.Failure, await CommandLine.Run(command));
    }

    [Fact]
    public async Task A_log_that_ends_before_a_head_that_was_kept_is_not_whole()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        await Sealed(app);
        var hash = (await admin.Get<AuditVerdict>("/audit/verify")).Head!.Hash;

        var verdict = await admin.Get<AuditVerdict>($"/audit/verify?head=99:{hash}");

        Assert.False(verdict.Intact);
        Assert.Contains("the log ends before it", Assert.Single(verdict.Faults).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update audit set action = 'agent.deleted'")]
    [InlineData("delete from audit")]
    [InlineData("update audit_block set hash = zeroblob(32)")]
    public async Task The_database_itself_keeps_what_was_sealed(string change)
    {
        await using var app = await OrdinautApp.Start();
        await Sealed(app);

        var failure = await Record.ExceptionAsync(() =>
            app.Get<Db>().Write(async session => await session.Execute(change))
        );

        Assert.Contains("what was", failure!.ToString(), StringComparison.Ordinal);
        Assert.True((await (await app.AsAdmin()).Get<AuditVerdict>("/audit/verify")).Intact);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-1:00")]
    [InlineData("1:zz")]
    public async Task A_head_that_is_none_is_refused(string head)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        await OrdinautApp.Expect(await admin.Send("GET", $"/audit/verify?head={head}"), 422);
    }

    [Theory]
    [InlineData("nowhere", null)]
    [InlineData("", "no head\n")]
    public async Task What_cannot_be_read_is_no_verdict(string folder, string? heads)
    {
        await using var app = await OrdinautApp.Start();
        var file = Path.Combine(app.Options.Data, "heads");
        await File.WriteAllTextAsync(file, heads);

        var code = await CommandLine.Run([
            "audit",
            "verify",
            "--data",
            Path.Combine(app.Options.Data, folder),
            "--heads",
            file,
        ]);

        Assert.Equal(Output.Failure, code);
    }

    private static async Task Sealed(OrdinautApp app)
    {
        var sealer = ActivatorUtilities.CreateInstance<AuditSealer>(app.Services);
        while (await sealer.DoBatch()) { }
    }
}
