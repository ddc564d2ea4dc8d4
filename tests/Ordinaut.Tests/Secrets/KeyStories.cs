using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Secrets;

/// <summary>The keys that secrets are under: where they come from, and how they are changed.</summary>
public sealed class KeyStories
{
    private static readonly string Given = SecretKey.Make().Write();
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task The_embedded_server_makes_a_key_at_its_first_start_and_keeps_it_to_itself()
    {
        var folder = OrdinautApp.NewFolder();
        var file = Path.Combine(folder, KeyFile.DefaultName);
        await using (var app = await OrdinautApp.Start(folder: folder))
        {
            await Put(await app.AsAdmin(), "correct horse");

            Assert.True(File.Exists(file));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }

        File.Move(file, file + ".away");
        var refusal = await Assert.ThrowsAsync<Problem>(() => OrdinautApp.Start(folder: folder));
        Assert.Contains("which this process does not have. Set secrets_key", refusal.Message);
        File.Move(file + ".away", file);
        await using (await OrdinautApp.Start(folder: folder)) { }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Rotation_goes_on_under_calls_and_leaves_all_under_the_new_key()
    {
        await using var api = new FakeServer(_ => FakeServer.Answer(204));
        await using var app = await OrdinautApp.Start(configure: o => o with { EgressAllow = "127.0.0.1" });
        var file = Path.Combine(app.Options.Data, KeyFile.DefaultName);
        var ann = await app.AsAgent("tasks:create", "tasks:run", "tools:use", "runs:read");
        await Put(ann, "correct horse");
        var task = await ann.Post<TaskView>("/tasks", TaskOf(api.Url), 201);
        var before = Assert.Single(await File.ReadAllLinesAsync(file));
        var admin = await app.AsAdmin();
        Assert.Equal(403, (await ann.Refused(403, "POST", "/secrets:rotate")).Status);

        var first = await admin.Post<RotatedSecrets>("/secrets:rotate", "");
        await Run(app, ann, task.Id);
        var second = await admin.Post<RotatedSecrets>("/secrets:rotate", "");
        await Run(app, ann, task.Id);

        Assert.Equal((1, 1), (first.Resealed, second.Resealed));
        Assert.All(api.Requests, request => Assert.Equal("correct horse", request.Headers["X-Key"]));
        // Those before stay for who has just sealed with one of them.
        var keys = await File.ReadAllLinesAsync(file);
        Assert.Equal(3, keys.Length);
        Assert.Contains(before, keys);
        Assert.Equal(second.KeyId, SecretKey.TryParse(keys[0])!.Id);
        Assert.Equal([second.KeyId], await app.Get<Db>().Read(SecretStore.Keys));
        var version = Assert.Single((await ann.Get<Page<SecretView>>("/secrets")).Items).Version;
        Assert.Equal(1, version);
    }

    [Fact]
    public async Task A_key_that_the_operator_gives_is_changed_by_the_operator()
    {
        var folder = OrdinautApp.NewFolder();
        await using (var app = await OrdinautApp.Start(folder: folder, configure: o => o with { SecretsKey = Given }))
        {
            await Put(await app.AsAdmin(), "correct horse");
            Assert.Equal(0, (await (await app.AsAdmin()).Post<RotatedSecrets>("/secrets:rotate", "")).Resealed);
            Assert.False(File.Exists(Path.Combine(folder, KeyFile.DefaultName)));
        }

        var next = SecretKey.Make().Write();
        await using (
            var app = await OrdinautApp.Start(folder: folder, configure: o => o with { SecretsKey = $"{next},{Given}" })
        )
        {
            var rotated = await (await app.AsAdmin()).Post<RotatedSecrets>("/secrets:rotate", "");
            Assert.Equal((SecretKey.TryParse(next)!.Id, 1), (rotated.KeyId, rotated.Resealed));
        }

        await Assert.ThrowsAsync<Problem>(() =>
            OrdinautApp.Start(folder: folder, configure: o => o with { SecretsKey = Given })
        );
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Who_shares_a_database_makes_no_key_alone()
    {
        var file = Path.Combine(OrdinautApp.NewFolder(), KeyFile.DefaultName);
        var ring = new KeyRing(new KeyFile(file, isOurs: false));

        var refusal = Assert.Throws<Problem>(ring.Current);

        Assert.Equal(ProblemKind.Unavailable, refusal.Kind);
        Assert.Contains("secrets_key", refusal.Message);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void A_process_learns_of_a_key_that_another_made()
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-test-").FullName;
        var file = Path.Combine(folder, KeyFile.DefaultName);
        var (one, other) = (
            new KeyRing(new KeyFile(file, isOurs: true)),
            new KeyRing(new KeyFile(file, isOurs: false))
        );
        var first = one.Current();
        Assert.Equal(first.Id, other.Current().Id);

        var second = one.Renew(new HashSet<string> { first.Id });

        Assert.Equal(second.Id, other.Find(second.Id)!.Id);
        Assert.Equal(first.Id, other.Find(first.Id)!.Id);
        Assert.Equal(second.Id, other.Current().Id);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The third of three at once took the key away that the first was sealing under.</summary>
    [Fact]
    public async Task Rotations_at_the_same_time_lose_no_secret()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        for (var i = 0; i < 5; i++)
        {
            await OrdinautApp.Expect(await admin.Send("PUT", $"/secrets/s{i}", """{"value": "correct horse"}"""), 200);
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => admin.Send("POST", "/secrets:rotate")));

        Assert.All(answers, answer => Assert.Equal(200, (int)answer.StatusCode));
        await OrdinautApp.Expect(await admin.Send("POST", "/secrets:rotate"), 200);
        await SecretOperations.RequireKeys(app.Get<Db>(), app.Get<KeyRing>());
    }

    [Fact]
    public void Processes_that_renew_at_the_same_time_keep_each_others_keys()
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-test-").FullName;
        var file = Path.Combine(folder, KeyFile.DefaultName);
        var rings = Enumerable.Range(0, 6).Select(_ => new KeyRing(new KeyFile(file, isOurs: true))).ToList();

        var made = rings
            .AsParallel()
            .WithDegreeOfParallelism(6)
            .Select(ring => ring.Renew(new HashSet<string>()))
            .ToList();

        Assert.All(made, key => Assert.NotNull(rings[0].Find(key.Id)));
        Assert.Equal(6, new KeyFile(file, isOurs: false).Read().Count);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_secret_that_does_not_open_stops_a_rotation_by_name() =>
        Story.Play(async core =>
        {
            await core.Secrets.Put(core.Ann, "crm", new SecretInput("correct horse"));
            await core.Db.Write(async session =>
            {
                await session.Execute("update secret set key_id = 'another'");
            });

            var refusal = await TaskWriting.Refused(ProblemKind.Conflict, () => core.Secrets.Rotate(core.Admin));

            Assert.Contains("'crm'", refusal.Message);
        });

    [Theory]
    [InlineData("secrets_key", "change-me", "base64")]
    [InlineData("secrets_key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "32 random bytes")]
    [InlineData("secrets_key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "32 random bytes")]
    [InlineData("secrets_key", "Y2hhbmdlLW1lLXBsZWFzZS0zMi1ieXRlcy1sb25nISE=", "32 random bytes")]
    [InlineData("secrets_key", "", "")]
    [InlineData("secrets_key_file", "keys.txt", "")]
    public void A_key_that_is_none_is_explained_and_not_repeated(string name, string value, string expected)
    {
        var check = OptionsCheck.Read(Nothing, Nothing, new Dictionary<string, string> { [name] = value });

        Assert.Equal(expected.Length == 0 ? 0 : 1, check.Errors.Count);
        Assert.All(check.Errors, error => Assert.Contains(expected, error));
        Assert.All(check.Errors, error => Assert.DoesNotContain("change-me", error));
    }

    [Fact]
    public void A_key_is_never_shown_and_stands_in_one_place()
    {
        var check = OptionsCheck.Read(
            Nothing,
            Nothing,
            new Dictionary<string, string> { ["secrets_key"] = Given, ["secrets_key_file"] = "keys.txt" }
        );

        Assert.Contains("both set", Assert.Single(check.Errors));
        Assert.All(Settings.All, setting => Assert.DoesNotContain(Given, setting.Show(check.Options)));
    }

    private static async Task Put(OrdinautApp.Client who, string value) =>
        await OrdinautApp.Expect(await who.Send("PUT", "/secrets/crm", Json.Write(new SecretInput(value))), 200);

    private static async Task Run(OrdinautApp app, OrdinautApp.Client who, Guid taskId)
    {
        var asked = await who.Post<RunView>($"/tasks/{taskId}/run_now", "", 202);
        Assert.True((await app.Finished(who, asked.Id)).GetProperty("success").GetBoolean());
    }

    private static string TaskOf(string url) =>
        $$$$"""
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z", "max_retries": 0,
             "payload": {"pipeline": [
               {"id": "a", "uses": "http.request",
                "with": {"url": "{{{{url}}}}", "headers": {"X-Key": "${secrets.crm}"}}}
             ]}}
            """;
}
