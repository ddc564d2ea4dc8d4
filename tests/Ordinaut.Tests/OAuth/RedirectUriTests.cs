using Ordinaut.OAuth;

namespace Ordinaut.Tests.OAuth;

/// <summary>Where people may be sent back to: what programs need, and what sent codes to strangers.</summary>
public sealed class RedirectUriTests
{
    [Theory]
    [InlineData("https://app.example/done")]
    [InlineData("https://app.example:8443/done?x=1")]
    [InlineData("http://127.0.0.1/cb")]
    [InlineData("http://127.0.0.1:49152/cb")]
    [InlineData("http://[::1]:49152/cb")]
    [InlineData("http://localhost:3000/callback")]
    [InlineData("com.example.app:/done")]
    [InlineData("com.example.app://done")]
    public void A_client_may_have_it(string uri) => Assert.True(RedirectUris.IsAcceptable(uri));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/done")]
    [InlineData("http://app.example/done")]
    [InlineData("http://127.0.0.1.app.example/done")]
    [InlineData("http://localhost.app.example/done")]
    [InlineData("http://192.168.0.1/done")]
    [InlineData("https://app.example/done#part")]
    [InlineData("https://user@app.example/done")]
    [InlineData("https://app.example@evil.example/done")]
    [InlineData("https://app.example\\@evil.example/done")]
    [InlineData("https://*.app.example/done")]
    [InlineData("https://app.example/a b")]
    [InlineData("https://app.example/\u00e9")]
    [InlineData("https:///done")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("app:/done")]
    [InlineData("http://localhost:99999/done")]
    public void A_client_may_not(string? uri) => Assert.False(RedirectUris.IsAcceptable(uri));

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void It_has_at_most_500_characters(int length, bool fine) =>
        Assert.Equal(fine, RedirectUris.IsAcceptable("https://a.example/".PadRight(length, 'x')));

    [Theory]
    [InlineData("https://app.example/done", "https://app.example/done", true)]
    [InlineData("https://app.example/done", "https://app.example/done/", false)]
    [InlineData("https://app.example/done", "https://app.example/done?x=1", false)]
    [InlineData("https://app.example/done", "https://app.example/Done", false)]
    [InlineData("https://app.example/done", "https://APP.example/done", false)]
    [InlineData("https://app.example/done", "https://app.example:443/done", false)]
    [InlineData("https://app.example/done", "https://app.example/x/../done", false)]
    [InlineData("https://app.example/done", "https://app.example/%64one", false)]
    [InlineData("https://app.example/done", "http://app.example/done", false)]
    [InlineData("https://app.example:8443/done", "https://app.example:8444/done", false)]
    [InlineData("https://app.example/done", "https://app.example.evil.example/done", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", true)]
    [InlineData("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb", true)]
    [InlineData("http://127.0.0.1:1/cb", "http://127.0.0.1/cb", true)]
    [InlineData("http://[::1]/cb", "http://[::1]:49152/cb", true)]
    [InlineData("http://localhost/cb", "http://localhost:3000/cb", true)]
    [InlineData("http://127.0.0.1/cb", "http://localhost:49152/cb", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:49152/other", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb?x=1", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:49152@evil.example/cb", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:x/cb", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:/cb", false)]
    [InlineData("http://127.0.0.1/cb", "http://127.1:49152/cb", false)]
    [InlineData("http://127.0.0.1/cb", "https://127.0.0.1:49152/cb", false)]
    [InlineData("com.example.app:/done", "com.example.app:/done", true)]
    [InlineData("com.example.app:/done", "com.example.app:/other", false)]
    public void One_that_is_given_matches_one_that_is_known(string known, string given, bool matches) =>
        Assert.Equal(matches, RedirectUris.Matches(["https://other.example/", known], given));

    [Theory]
    [InlineData("https://app.example:8443/done?x=1", "https://app.example:8443", "https://app.example:8443")]
    [InlineData("http://[::1]:49152/cb", "http://[::1]:49152", "http:")]
    [InlineData("com.example.app:/done", "com.example.app:", "com.example.app:")]
    public void It_is_shown_and_allowed_by_where_it_leads(string uri, string shown, string source) =>
        Assert.Equal((shown, source), (RedirectUris.Shown(uri), RedirectUris.Source(uri)));
}
