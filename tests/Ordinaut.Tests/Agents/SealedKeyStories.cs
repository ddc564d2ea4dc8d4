using Ordinaut.Agents;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Agents;

/// <summary>The keys that sign tokens lie in the database as secrets do: a copy of it signs nothing.</summary>
public sealed class SealedKeyStories : IDisposable
{
    private const string Clear = "select count(*) from signing_key where key_id = '' and length(sealed) > 0";

    private static readonly string Given = SecretKey.Make().Write();

    private readonly string _folder = OrdinautApp.NewFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_private_parts_are_sealed_and_open_with_the_servers_key_alone()
    {
        await using var app = await OrdinautApp.Start(folder: _folder);
        var row = Assert.Single(await app.Get<Db>().Read(SigningKeyStore.Valid));

        Assert.True(row.IsSealed);
        Assert.NotNull(row.Open(app.Get<KeyRing>()));
        Assert.Null(row.Open(new KeyRing(new GivenKeys([SecretKey.Make()]))));
        Assert.Null((row with { Id = "another" }).Open(app.Get<KeyRing>()));
        await AreInClear(0, app.Get<Db>());
    }

    [Fact]
    public async Task Where_the_key_was_lost_another_signs_and_what_was_signed_is_still_verified()
    {
        string token;
        await using (var before = await OrdinautApp.Start(folder: _folder))
        {
            token = (await before.Login(before.Admin)).AccessToken;
        }

        File.Delete(Path.Combine(_folder, KeyFile.DefaultName));
        await using var app = await OrdinautApp.Start(folder: _folder);

        Assert.Equal([false, true], app.Get<SigningKeys>().All.Select(key => key.CanSign));
        Assert.Equal(200, await ThreeNodes.Status(app, token));
        Assert.Equal(200, await ThreeNodes.Status(app, (await app.Login(app.Admin)).AccessToken));
    }

    [Fact]
    public async Task A_rotation_of_the_secrets_key_takes_the_signing_keys_along()
    {
        await using var app = await OrdinautApp.Start(folder: _folder);
        var admin = await app.AsAdmin();
        await admin.Post<RotatedKeys>("/keys:rotate", "");

        var rotated = await admin.Post<RotatedSecrets>("/secrets:rotate", "");

        var rows = await app.Get<Db>().Read(SigningKeyStore.Valid);
        Assert.Equal([rotated.KeyId, rotated.KeyId], rows.Select(row => row.PrivateKey.KeyId));
        Assert.All(rows, row => Assert.NotNull(row.Open(app.Get<KeyRing>())));
    }

    [Fact]
    public async Task The_private_part_of_a_key_that_is_over_is_forgotten_and_its_signatures_hold()
    {
        await using var app = await OrdinautApp.Start(folder: _folder);
        var (keys, db) = (app.Get<SigningKeys>(), app.Get<Db>());
        var signature = keys.Sign(new byte[32]);
        await (await app.AsAdmin()).Post<RotatedKeys>("/keys:rotate", """{"at_once": true}""");

        Assert.Equal(0, await db.Write(session => SigningKeyStore.Forget(session, session.Now.AddMinutes(-1))));
        Assert.Equal(1, await db.Write(session => SigningKeyStore.Forget(session, session.Now.AddMinutes(1))));
        Assert.Equal(0, await db.Write(session => SigningKeyStore.Forget(session, session.Now.AddMinutes(1))));

        var kept = (await db.Read(SigningKeyStore.All)).Select(row => row.PrivateKey.Sealed.Length > 0);
        Assert.Equal([false, true], kept);
        Assert.Null((await Signatures.Read(db)).Fault(new byte[32], signature, db.Now()));
    }

    /// <summary>PostgreSQL without a key is served; with one, what lay in clear is sealed.</summary>
    [Fact]
    public async Task A_shared_database_without_a_key_is_told_of_and_sealed_when_there_is_one()
    {
        var address = PostgresServer.NewDatabase();

        OrdinautOptions WithoutKey(OrdinautOptions o) => o with { PostgresUrl = address };
        await using (await OrdinautApp.Start(folder: _folder, configure: WithoutKey)) { }

        using (var db = await Db.Open(new PostgresSettings(address), TimeProvider.System))
        {
            await AreInClear(1, db);
        }

        OrdinautOptions WithKey(OrdinautOptions o) => o with { PostgresUrl = address, SecretsKey = Given };
        await using (var app = await OrdinautApp.Start(folder: _folder, configure: WithKey))
        {
            Assert.True(app.Get<SigningKeys>().AreSealed);
            await AreInClear(0, app.Get<Db>());
        }

        // From here on no process weakens it.
        var refusal = await Assert.ThrowsAsync<Problem>(() =>
            OrdinautApp.Start(folder: _folder, configure: WithoutKey)
        );
        Assert.Contains("this process has no key to open them. Set secrets_key", refusal.Message);
    }

    private static async Task AreInClear(long count, Db db) =>
        Assert.Equal(count, await db.Read(session => session.First(Clear, row => row.Long(0))));
}
