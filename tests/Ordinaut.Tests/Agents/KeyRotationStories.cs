using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Cli;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tests.Agents;

public sealed class KeyRotationStories
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_new_key_is_shown_before_it_signs_and_the_old_one_until_its_tokens_end()
    {
        await using var app = await OrdinautApp.Start(_clock);
        var admin = await app.AsAdmin();
        var keys = app.Get<SigningKeys>();
        var first = keys.Signer.Key.KeyId;

        var rotated = await admin.Post<RotatedKeys>("/keys:rotate", "");

        Assert.Equal(_clock.GetUtcNow() + KeyRotation.Lead, rotated.SignsAt);
        Assert.Equal([first, rotated.KeyId], await Shown(app));
        Assert.Equal(first, keys.Signer.Key.KeyId);
        _clock.Advance(KeyRotation.Lead);
        Assert.Equal(rotated.KeyId, keys.Signer.Key.KeyId);
        _clock.Advance(rotated.OthersEndAt - _clock.GetUtcNow() - TimeSpan.FromTicks(10));
        Assert.NotNull(keys.Find(first));
        _clock.Advance(TimeSpan.FromTicks(10));
        Assert.Null(keys.Find(first));
        Assert.Equal([rotated.KeyId], await Shown(app));
    }

    [Fact]
    public async Task At_once_every_access_token_ends_and_refresh_tokens_give_new_ones()
    {
        await using var app = await OrdinautApp.Start(_clock);
        var session = await app.Login(app.Admin);
        var admin = new OrdinautApp.Client(app, session.AccessToken, Guid.Empty);
        await admin.Get<WhoAmI>("/agents/me");

        await admin.Post<RotatedKeys>("/keys:rotate", """{"at_once": true}""");

        // It was remembered as verified; that does not help it.
        await admin.Refused(401, "GET", "/agents/me");
        var next = (await ThreeNodes.Refresh(app, session.RefreshToken))!;
        Assert.Equal(200, await ThreeNodes.Status(app, next.AccessToken));
    }

    [Fact]
    public async Task A_token_of_an_hour_is_good_though_another_life_is_set_since()
    {
        var folder = OrdinautApp.NewFolder();
        TokenAnswer given;
        await using (
            var before = await OrdinautApp.Start(_clock, null, o => o with { AccessTokenMinutes = 60 }, folder)
        )
        {
            given = await before.Login(before.Admin);
        }

        await using (var after = await OrdinautApp.Start(_clock, null, o => o with { AccessTokenMinutes = 1 }, folder))
        {
            await (await after.AsAdmin()).Post<RotatedKeys>("/keys:rotate", "");
            _clock.Advance(TimeSpan.FromMinutes(59));

            Assert.Equal(200, await ThreeNodes.Status(after, given.AccessToken));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Only_an_admin_rotates_and_the_log_says_so()
    {
        await using var app = await OrdinautApp.Start(_clock);
        var manager = await app.AsAgent([.. Scopes.Names.Where(name => name != "admin")]);
        await manager.Refused(403, "POST", "/keys:rotate");

        var admin = await app.AsAdmin();
        var rotated = await admin.Post<RotatedKeys>("/keys:rotate", "");

        var line = Assert.Single((await admin.Get<Page<AuditView>>("/audit?action=keys.rotated")).Items);
        Assert.Equal(rotated.KeyId, line.SubjectId);
    }

    [Fact]
    public async Task Blocks_of_the_audit_log_are_verified_by_keys_whose_tokens_are_over()
    {
        await using var app = await OrdinautApp.Start(_clock);
        var sealer = app.Services.GetServices<IHostedService>().OfType<AuditSealer>().Single();
        await sealer.DoBatch();
        await (await app.AsAdmin()).Post<RotatedKeys>("/keys:rotate", """{"at_once": true}""");
        await sealer.DoBatch();

        var verdict = await app.Get<AuditVerifier>().Verify(new Caller(Guid.Empty, Scope.Admin), head: null);

        Assert.True(verdict.Intact);
        Assert.True(verdict.Blocks >= 2);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_block_signed_with_a_key_that_had_ended_is_a_fault(int milliseconds, bool isGood)
    {
        await using var app = await OrdinautApp.Start(_clock);
        var stolen = app.Get<SigningKeys>().All[0];
        var hash = new byte[32];
        var signature = app.Get<SigningKeys>().Sign(hash);
        await (await app.AsAdmin()).Post<RotatedKeys>("/keys:rotate", """{"at_once": true}""");
        var signatures = await Signatures.Read(app.Get<Db>());
        var ended = _clock.GetUtcNow();

        // A moment is left to a node that has not heard of it.
        var fault = signatures.Fault(
            hash,
            signature,
            ended + Signatures.Late + TimeSpan.FromMilliseconds(milliseconds - 1)
        );

        Assert.Equal(isGood ? null : "was signed by a key that had ended", fault);
        Assert.StartsWith(stolen.Id, signature, StringComparison.Ordinal);
        Assert.NotNull(signatures.Fault([1, .. hash[1..]], signature, ended));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 2)]
    public async Task A_key_that_is_past_its_time_is_changed_by_itself(int seconds, int keys)
    {
        await using var app = await OrdinautApp.Start(
            _clock,
            configure: options => options with { SigningKeyDays = 1 }
        );

        _clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(seconds));
        await app.Get<KeyRotation>().RotateWhenDue();
        await app.Get<KeyRotation>().RotateWhenDue();

        Assert.Equal(keys, app.Get<SigningKeys>().All.Count);
    }

    [Fact]
    public async Task So_many_keys_are_valid_at_once_and_no_more()
    {
        await using var app = await OrdinautApp.Start(_clock);
        var admin = await app.AsAdmin();
        for (var made = 1; made < KeyRotation.MaxKeys; made++)
        {
            await admin.Post<RotatedKeys>("/keys:rotate", "");
        }

        var problem = await admin.Refused(409, "POST", "/keys:rotate");

        Assert.Contains("100 keys", problem.Detail, StringComparison.Ordinal);
        // Who ends them all is not refused it.
        var last = await admin.Post<RotatedKeys>("/keys:rotate", """{"at_once": true}""");
        Assert.Equal([last.KeyId], await Shown(app));
    }

    [Fact]
    public async Task The_command_rotates()
    {
        await using var app = await OrdinautApp.Start();
        string[] rotate = ["keys", "rotate", "--url", app.Http.BaseAddress!.ToString(), "--data", app.Options.Data];

        Assert.Equal(Output.Success, await CommandLine.Run(rotate));
        Assert.Equal(Output.Success, await CommandLine.Run([.. rotate, "--at-once"]));

        Assert.Single(await Shown(app));
    }

    private static async Task<List<string>> Shown(OrdinautApp app)
    {
        var text = await app.Http.GetStringAsync("/.well-known/jwks.json");
        return [.. OrdinautApp.Read<KeySet>(text).Keys.Select(key => key.Kid)];
    }
}
