using System.Text;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.OAuth;
using Ordinaut.Tools;

namespace Ordinaut.Tests.OAuth;

/// <summary>Documents by which clients say who they are: what is believed of them.</summary>
public sealed class ClientDocumentTests
{
    private const string Id = "https://app.example/client.json";

    [Theory]
    [InlineData("https://app.example/client.json", true)]
    [InlineData("https://app.example/a/b", true)]
    [InlineData("https://app.example", false)]
    [InlineData("https://app.example/", false)]
    [InlineData("http://app.example/client.json", false)]
    [InlineData("https://app.example/client.json#x", false)]
    [InlineData("https://app.example/client.json?x", false)]
    [InlineData("https://user@app.example/client.json", false)]
    [InlineData("https://app.example/a/../client.json", false)]
    [InlineData("https://APP.example/client.json", false)]
    [InlineData("https://app.example:443/client.json", false)]
    [InlineData("0190f3a0-0000-7000-8000-000000000000", false)]
    public void An_id_is_the_address_of_a_document(string id, bool isOne) =>
        Assert.Equal(isOne, ClientDocuments.IsAddress(id));

    [Fact]
    public void A_document_names_the_client_and_where_it_may_send_people()
    {
        var client = Read(
            $$"""
            {"client_id": "{{Id}}", "client_name": "Notes", "grant_types": ["authorization_code"], "jwks_uri": "x",
             "redirect_uris": ["http://127.0.0.1/cb", "http://app.example/insecure"],
             "token_endpoint_auth_method": "none"}
            """
        );

        Assert.Equal((Id, "Notes", "app.example"), (client.Id, client.Name, client.Host));
        Assert.Equal(["http://127.0.0.1/cb"], client.RedirectUris);
    }

    [Fact]
    public void Without_a_name_it_goes_by_its_host() =>
        Assert.Equal(
            "app.example",
            Read($$"""{"client_id": "{{Id}}", "redirect_uris": ["https://a.example/x"]}""").Name
        );

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "client_id")]
    [InlineData("{}", "client_id")]
    [InlineData("""{"client_id": "https://app.example/other.json"}""", "client_id")]
    [InlineData("""{"client_id": 1}""", "client_id")]
    [InlineData("""{"client_id": "https://app.example/client.json"}""", "redirect_uris")]
    [InlineData("""{"client_id": "https://app.example/client.json", "redirect_uris": []}""", "redirect_uris")]
    [InlineData("""{"client_id": "https://app.example/client.json", "redirect_uris": [1, "x"]}""", "redirect_uris")]
    [InlineData(
        """
            {"client_id": "https://app.example/client.json", "client_secret": "x",
             "redirect_uris": ["https://a.example/x"]}
            """,
        "public"
    )]
    [InlineData(
        """
            {"client_id": "https://app.example/client.json", "token_endpoint_auth_method": "private_key_jwt",
             "redirect_uris": ["https://a.example/x"]}
            """,
        "public"
    )]
    [InlineData(
        """
            {"client_id": "https://evil.example/", "client_id": "https://app.example/client.json",
             "redirect_uris": ["https://a.example/x"]}
            """,
        "not JSON"
    )]
    public void Whatever_else_is_not_believed(string json, string says)
    {
        var problem = Assert.Throws<Problem>(() => Read(json));

        Assert.Equal("invalid_client", problem.GrantError);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_is_fetched_once_in_ten_minutes()
    {
        var clock = new FakeTimeProvider();
        var fetched = new List<EgressRequest>();
        using var documents = Documents(Good, fetched, clock);

        await documents.Fetch(Id, CancellationToken.None);
        clock.Advance(ClientDocuments.Age - TimeSpan.FromSeconds(1));
        Assert.Equal("Notes", (await documents.Fetch(Id, CancellationToken.None)).Name);
        Assert.Equal((Id, ClientDocuments.MaxBytes), (fetched[0].Url.AbsoluteUri, fetched[0].MaxResponseBytes));
        Assert.Single(fetched);
        clock.Advance(TimeSpan.FromSeconds(1));
        await documents.Fetch(Id, CancellationToken.None);

        Assert.Equal(2, fetched.Count);
    }

    [Fact]
    public async Task What_could_not_be_fetched_is_asked_for_again()
    {
        var fetched = new List<EgressRequest>();
        EgressResult[] bad =
        [
            new EgressResult.Answered(404, [], Good.Body),
            new EgressResult.Answered(302, [], []),
            new EgressResult.Failed(new ToolResult.Failed("response_too_large", "It is too large.", false)),
        ];
        foreach (var result in bad)
        {
            using var documents = Documents(result, fetched, new FakeTimeProvider());
            for (var i = 0; i < 2; i++)
            {
                var problem = await Assert.ThrowsAsync<Problem>(() => documents.Fetch(Id, CancellationToken.None));
                Assert.Equal("invalid_client", problem.GrantError);
            }
        }

        Assert.Equal(6, fetched.Count);
    }

    [Fact]
    public async Task An_address_that_does_not_answer_is_given_up_after_ten_seconds()
    {
        var clock = new FakeTimeProvider();
        using var documents = new ClientDocuments(
            async (_, ct) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                return Good;
            },
            clock
        );

        var waiting = documents.Fetch(Id, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Contains("10 s", (await Assert.ThrowsAsync<Problem>(() => waiting)).Message, StringComparison.Ordinal);
    }

    private static EgressResult.Answered Good =>
        new(
            200,
            [],
            Encoding.UTF8.GetBytes(
                $$"""{"client_id": "{{Id}}", "client_name": "Notes", "redirect_uris": ["https://a.example/x"]}"""
            )
        );

    private static ClientDocuments Documents(EgressResult result, List<EgressRequest> fetched, TimeProvider clock) =>
        new(
            (request, _) =>
            {
                fetched.Add(request);
                return Task.FromResult(result);
            },
            clock
        );

    private static OAuthClient Read(string json) => ClientDocuments.Read(Id, Encoding.UTF8.GetBytes(json));
}
