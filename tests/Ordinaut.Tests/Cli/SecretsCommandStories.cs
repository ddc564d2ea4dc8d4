using Ordinaut.Cli;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Cli;

/// <summary>The verbs of secrets, against a running server.</summary>
public sealed class SecretsCommandStories
{
    [Fact]
    public async Task Secrets_are_listed_deleted_and_put_under_a_new_key()
    {
        await using var app = await OrdinautApp.Start();
        using var client = await OrdinautClient.SignIn(app.Http.BaseAddress!, app.Admin);
        await client.PutSecret("crm", new SecretInput("correct horse"));
        Task<int> Run(params string[] words) =>
            CommandLine.Run([
                "secrets",
                .. words,
                "--url",
                app.Http.BaseAddress!.ToString(),
                "--data",
                app.Options.Data,
            ]);

        Assert.Equal(Output.Success, await Run("list"));
        Assert.Equal(Output.Success, await Run("rotate"));
        Assert.Equal(Output.Success, await Run("delete", "crm"));
        Assert.Equal(Output.Failure, await Run("delete", "crm"));

        Assert.Empty((await client.ListSecrets()).Items);
        Assert.Equal(0, (await client.RotateSecrets()).Resealed);
        await Assert.ThrowsAsync<OrdinautException>(() => client.DeleteSecret("crm"));
    }

    [Theory]
    [InlineData("no address")]
    [InlineData("http://127.0.0.1:1")]
    public async Task A_server_that_is_not_there_is_a_failure(string url)
    {
        await using var app = await OrdinautApp.Start();

        Assert.Equal(
            Output.Failure,
            await CommandLine.Run(["secrets", "list", "--url", url, "--data", app.Options.Data])
        );
    }
}
