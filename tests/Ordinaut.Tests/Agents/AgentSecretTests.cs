using Ordinaut.Agents;

namespace Ordinaut.Tests.Agents;

public sealed class AgentSecretTests
{
    [Fact]
    public void A_secret_looks_right_and_a_changed_one_does_not()
    {
        var secret = AgentSecret.Create();

        Assert.True(AgentSecret.LooksRight(secret));
        for (var at = 0; at < secret.Length; at++)
        {
            var changed = secret[..at] + (secret[at] == 'A' ? 'B' : 'A') + secret[(at + 1)..];
            Assert.False(AgentSecret.LooksRight(changed), changed);
        }
    }

    [Fact]
    public void Secrets_differ() =>
        Assert.Equal(1_000, Enumerable.Range(0, 1_000).Select(_ => AgentSecret.Create()).Distinct().Count());

    [Theory]
    [InlineData("", false)]
    [InlineData("ord_", false)]
    public void Other_texts_do_not_look_right(string text, bool looksRight) =>
        Assert.Equal(looksRight, AgentSecret.LooksRight(text));

    [Fact]
    public void Nobody_has_no_secret() => Assert.False(AgentSecret.Matches("nobody", null));
}
