using Ordinaut.Tests.Faults;

namespace Ordinaut.Tests.Hosting;

/// <summary>Figure 11: the built program beside keys that are none.</summary>
public sealed class WeakKeyStories
{
    private const int Misuse = 2;

    [Theory]
    [InlineData("JWT_SECRET_KEY", "", "JWT_SECRET_KEY is set and empty.")]
    [InlineData("JWT_SECRET_KEY", "short", "JWT_SECRET_KEY is shorter than 32 bytes (256 bits).")]
    [InlineData("JWT_SECRET_KEY", "your-secret-key-change-in-production", "JWT_SECRET_KEY can be guessed")]
    [InlineData("ORDINAUT_SECRETS_KEY", "c2hvcnQ=", "ORDINAUT_SECRETS_KEY is not readable; it must be")]
    [InlineData("ORDINAUT_SECRETS_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "32 random bytes")]
    public async Task A_weak_key_refuses_to_start_with_a_sentence(string name, string value, string sentence)
    {
        var folder = OrdinautApp.NewFolder();
        await using var node = new NodeProcess(
            new NodeSetup(folder) { Variables = new Dictionary<string, string> { [name] = value } }
        );

        Assert.False(await node.TryStart());
        Assert.Equal(Misuse, await node.Exit());

        Assert.Contains(sentence, node.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Beside_a_key_that_is_one_it_starts()
    {
        // The mutant of the rows above: were any value refused, this would be too.
        var folder = OrdinautApp.NewFolder();
        var strong = new Dictionary<string, string> { ["JWT_SECRET_KEY"] = "q8Zr2LxT0vKe7NwYb4HsJd9GmPuC3FiA" };
        await using (var node = new NodeProcess(new NodeSetup(folder) { Variables = strong }))
        {
            await node.Start();
        }

        Directory.Delete(folder, recursive: true);
    }
}
