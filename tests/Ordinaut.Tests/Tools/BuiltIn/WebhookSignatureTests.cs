using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools.BuiltIn;

/// <summary>The scheme of Standard Webhooks, both sides.</summary>
public sealed class WebhookSignatureTests
{
    // The vector that the standard's own libraries are tested with.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long At = 1614265330;
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static ReadOnlySpan<byte> Body => """{"test": 2432232314}"""u8;

    [Fact]
    public void The_standards_own_vector_is_made_and_taken()
    {
        var signer = WebhookSignature.TryParse(Secret)!;

        Assert.Equal(Signature, signer.Sign(Id, At, Body));
        Assert.True(signer.Verifies(Id, At, Body, Signature));
        Assert.False(signer.Verifies(Id, At + 1, Body, Signature));
        Assert.False(signer.Verifies(Id + "x", At, Body, Signature));
        Assert.False(signer.Verifies(Id, At, Body[1..], Signature));
    }

    [Theory]
    [InlineData("v1a,xyz SIGNATURE", true)]
    [InlineData("SIGNATURE v1,AAAA", true)]
    [InlineData("v1,AAAA  SIGNATURE", true)]
    [InlineData("v1,AAAA,SIGNATURE", false)]
    [InlineData("xSIGNATURE", false)]
    [InlineData("SIGNATUREx", false)]
    [InlineData("ü", false)]
    [InlineData("", false)]
    public void One_of_several_suffices(string given, bool isTaken) =>
        Assert.Equal(
            isTaken,
            WebhookSignature
                .TryParse(Secret)!
                .Verifies(Id, At, Body, given.Replace("SIGNATURE", Signature, StringComparison.Ordinal))
        );

    [Theory]
    [InlineData(WebhookSignature.MaxSignatures - 1, true)]
    [InlineData(WebhookSignature.MaxSignatures, false)]
    public void Sixteen_signatures_are_looked_at(int before, bool isTaken)
    {
        var given = string.Concat(Enumerable.Repeat("v1,AAAA ", before)) + Signature;

        Assert.Equal(isTaken, WebhookSignature.TryParse(Secret)!.Verifies(Id, At, Body, given));
    }

    [Fact]
    public void While_a_secret_is_replaced_there_are_two_signatures()
    {
        var other = WebhookSignature.TryParse("whsec_" + Convert.ToBase64String(new byte[32]))!;
        WebhookSignature[] signers = [WebhookSignature.TryParse(Secret)!, other];
        var headers = WebhookSignature
            .Headers(signers, Id, DateTimeOffset.FromUnixTimeSeconds(At), Body.ToArray())
            .ToDictionary();

        Assert.Equal($"{Signature} {other.Sign(Id, At, Body)}", headers["webhook-signature"]);
        Assert.Equal((Id, "1614265330"), (headers["webhook-id"], headers["webhook-timestamp"]));
    }
}
