using Microsoft.AspNetCore.WebUtilities;
using Ordinaut.OAuth;

namespace Ordinaut.Tests.OAuth;

/// <summary>What a client asks, read without a server around it.</summary>
public sealed class AuthorizeRequestTests
{
    private const string Document = "https://app.example/client.json";

    /// <summary>Anyone can have a document: a link here must not lead there before a person said anything.</summary>
    [Theory]
    [InlineData("0190f3a0-0000-7000-8000-000000000000", "https://app.example/done", true)]
    [InlineData(Document, "https://app.example/done", false)]
    [InlineData(Document, "http://127.0.0.1:49152/done", true)]
    [InlineData(Document, "com.example.app:/done", true)]
    public void A_fault_is_told_to_whom_it_is_safe_to_tell(string id, string redirectUri, bool isSafe)
    {
        var request = Read(id, redirectUri, "response_type=token");

        Assert.Equal("unsupported_response_type", request.Fault!.GrantError);
        Assert.Equal(isSafe, request.IsSafeToSendBack);
    }

    [Theory]
    [InlineData("https://app.example/done", "https://app.example/done?code=c&state=a%26b%3Dc%20d&iss=https%3A%2F%2Fme")]
    [InlineData("https://app.example/?x=1", "https://app.example/?x=1&code=c&state=a%26b%3Dc%20d&iss=https%3A%2F%2Fme")]
    [InlineData("com.example.app:/done", "com.example.app:/done?code=c&state=a%26b%3Dc%20d&iss=https%3A%2F%2Fme")]
    public void An_answer_keeps_the_address_and_quotes_what_it_adds(string redirectUri, string expected)
    {
        var request = Read(Document, redirectUri, "state=a%26b%3Dc%20d");

        Assert.Equal(expected, request.Answer(("code", "c")));
    }

    [Fact]
    public void Without_a_state_none_is_answered() =>
        Assert.Equal(
            "https://app.example/done?code=c&iss=https%3A%2F%2Fme",
            Read(Document, "https://app.example/done", "").Answer(("code", "c"))
        );

    [Theory]
    [InlineData(2_000, null)]
    [InlineData(2_001, "invalid_request")]
    public void A_value_has_at_most_2000_characters(int length, string? error)
    {
        var given = new Parameters(QueryHelpers.ParseQuery("state=" + new string('s', length)));
        var problem = Record.Exception(() => given.One("state")) as Problem;

        Assert.Equal(error, problem?.GrantError);
    }

    private static AuthorizeRequest Read(string id, string redirectUri, string query) =>
        new AuthorizeRequest(new OAuthClient(id, "Notes", [redirectUri]), redirectUri, "https://me").Read(
            new Parameters(QueryHelpers.ParseQuery(query)),
            _ => true
        );
}
