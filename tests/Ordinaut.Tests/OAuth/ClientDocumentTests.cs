using System.Text;
using Ordinaut.OAuth;

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

    private static OAuthClient Read(string json) => ClientDocuments.Read(Id, Encoding.UTF8.GetBytes(json));
}
