using System.Runtime.Versioning;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;

namespace Ordinaut.Tests.Secrets;

/// <summary>Keys from a program of the operator's: here, scripts of one line.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyCommandTests : IDisposable
{
    private static readonly string Key = SecretKey.Make().Write();
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("ordinaut-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_server_asks_once_and_seals_with_what_it_was_told()
    {
        var script = Script($"echo asked >> '{_folder}/asked'; echo {Key}");

        await using var app = await OrdinautApp.Start(configure: o => o with { SecretsKeyCommand = script });
        var admin = await app.AsAdmin();
        for (var i = 0; i < 3; i++)
        {
            await OrdinautApp.Expect(await admin.Send("PUT", $"/secrets/s{i}", """{"value": "correct horse"}"""), 200);
        }

        var rotated = await admin.Post<RotatedSecrets>("/secrets:rotate", "");
        Assert.Equal((SecretKey.TryParse(Key)!.Id, 0), (rotated.KeyId, rotated.Resealed));
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(_folder, "asked")));
        Assert.False(File.Exists(Path.Combine(app.Options.Data, KeyFile.DefaultName)));
    }

    [Theory]
    [InlineData("exit 3", "ended with code 3")]
    [InlineData("echo {key}; echo {key} >&2; exit 1", "ended with code 1")]
    [InlineData("exit 0", "printed something else than keys")]
    [InlineData("echo change-me", "printed something else than keys")]
    [InlineData("echo {key}; echo change-me", "printed something else than keys")]
    [InlineData("printf %s AAAAAAAAAAAAAAAAAAAAAA==", "printed something else than keys")] // 16 bytes
    [InlineData("echo {key}; head -c 4060 /dev/zero | tr '\\0' ' '", "printed more than 4096 bytes")]
    [InlineData("yes {key}", "printed more than 4096 bytes")]
    [InlineData("sleep 600", "did not end within")]
    [InlineData("echo {key}; exec sleep 600", "did not end within")]
    [InlineData("echo {key}; exec sleep 600 >&-", "did not end within")]
    public async Task What_it_does_wrong_is_said_without_its_words(string body, string expected)
    {
        var command =
            Command(body) is var made && expected.StartsWith("did not", StringComparison.Ordinal)
                ? new KeyCommand([Script(body)], _ => false, TimeProvider.System)
                {
                    Patience = TimeSpan.FromMilliseconds(300),
                }
                : made;

        var refusal = await Assert.ThrowsAsync<Problem>(command.Ask);

        Assert.Equal(ProblemKind.Unavailable, refusal.Kind);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("change-me", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo {key}; head -c 4051 /dev/zero | tr '\\0' ' '")] // 45 + 4051 = 4096
    [InlineData("printf '%s\\n\\n' {key}")]
    [InlineData("head -c 1000000 /dev/zero >&2; echo {key}")]
    [InlineData("cat; echo {key}")]
    public async Task What_is_within_the_limits_is_taken(string body) =>
        Assert.Equal(SecretKey.TryParse(Key)!.Id, Assert.Single(SecretKey.ParseAll(await Command(body).Ask())!).Id);

    [Fact]
    public async Task No_shell_reads_its_arguments()
    {
        var script = Script($"printf '%s\\n' \"$@\" > '{_folder}/args'; echo {Key}");

        await new KeyCommand([script, "$(id)", ";", "*"], _ => false, TimeProvider.System).Ask();

        Assert.Equal(["$(id)", ";", "*"], await File.ReadAllLinesAsync(Path.Combine(_folder, "args")));
    }

    [Fact]
    public async Task It_has_the_servers_environment_without_the_servers_own_variables()
    {
        var script = Script($"env > '{_folder}/env'; echo {Key}");

        await new KeyCommand([script], name => name == "PATH", TimeProvider.System).Ask();

        var seen = await File.ReadAllLinesAsync(Path.Combine(_folder, "env"));
        Assert.DoesNotContain(seen, line => line.StartsWith("PATH=", StringComparison.Ordinal) && line.Contains('/'));
        Assert.NotEmpty(seen);
        Assert.All(
            ["ORDINAUT_SMTP_PASSWORD", "ordinaut_x", "DATABASE_URL"],
            name => Assert.True(SecretSettings.IsOurs(name), name)
        );
        Assert.All(["PATH", "HOME", "REGION"], name => Assert.False(SecretSettings.IsOurs(name), name));
    }

    [Theory]
    [InlineData("keys", "it must be")]
    [InlineData("./keys now", "it must be")]
    [InlineData("/nowhere/keys now", "does not exist")]
    public void A_command_that_is_none_is_explained_before_the_start(string command, string expected)
    {
        var check = OptionsCheck.Read(
            Nothing,
            Nothing,
            new Dictionary<string, string> { ["secrets_key_command"] = command }
        );

        Assert.Contains(expected, Assert.Single(check.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_none_cannot_be_started()
    {
        var file = Path.Combine(_folder, "text");
        await File.WriteAllTextAsync(file, "no program");

        var refusal = await Assert.ThrowsAsync<Problem>(new KeyCommand([file], _ => false, TimeProvider.System).Ask);

        Assert.Contains("cannot be started", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_come_from_one_place_and_arguments_are_not_shown()
    {
        var script = Script("exit 0");
        var check = OptionsCheck.Read(
            Nothing,
            Nothing,
            new Dictionary<string, string> { ["secrets_key_command"] = $"{script} pin-1234", ["secrets_key"] = Key }
        );

        Assert.Contains("both set", Assert.Single(check.Errors), StringComparison.Ordinal);
        Assert.All(
            Settings.All,
            setting => Assert.DoesNotContain("pin-1234", setting.Show(check.Options), StringComparison.Ordinal)
        );
    }

    private KeyCommand Command(string body) => new([Script(body)], _ => false, TimeProvider.System);

    private string Script(string body)
    {
        var file = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(file, $"#!/bin/sh\n{body.Replace("{key}", Key, StringComparison.Ordinal)}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return file;
    }
}
