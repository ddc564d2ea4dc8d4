using Ordinaut.OAuth;

namespace Ordinaut.Tests.OAuth;

public sealed class PkceTests
{
    // RFC 7636, appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    public void The_example_of_the_standard_fits()
    {
        Assert.Equal(Challenge, Pkce.Challenge(Verifier));
        Assert.True(Pkce.Answers(Verifier, Challenge));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(Challenge)]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXkk")]
    [InlineData("dBjftJeZ4CVP+mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    public void Another_verifier_does_not(string? verifier) => Assert.False(Pkce.Answers(verifier, Challenge));

    [Theory]
    [InlineData(43, true)]
    [InlineData(42, false)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_verifier_has_43_to_128_characters(int length, bool fine)
    {
        var verifier = new string('a', length);
        Assert.Equal(fine, Pkce.Answers(verifier, Pkce.Challenge(verifier)));
    }

    [Theory]
    [InlineData(Challenge, true)]
    [InlineData(null, false)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", false)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", false)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", false)]
    public void A_challenge_is_a_hash(string? text, bool fine) => Assert.Equal(fine, Pkce.IsChallenge(text));
}
