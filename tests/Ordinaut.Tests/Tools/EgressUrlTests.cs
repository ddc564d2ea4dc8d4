using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

public sealed class EgressUrlTests
{
    [Theory]
    [InlineData("http://a.example")]
    [InlineData("HTTPS://A.example:8443/p?q=%20#f")]
    [InlineData("http://[2606:4700::1111]/")]
    [InlineData("https://bücher.example/straße?q=ä")]
    public void A_url_is_read(string text)
    {
        var (url, failure) = EgressUrl.Parse(text);

        Assert.Null(failure);
        Assert.Equal(new Uri(text), url);
    }

    [Theory]
    [InlineData("", "not absolute")]
    [InlineData("a.example/path", "not absolute")]
    [InlineData("/path", "scheme 'file'")]
    [InlineData("http://", "not absolute")]
    [InlineData("http://a b/", "blank")]
    [InlineData("http://a/\n", "control")]
    [InlineData("http://a/\u007f", "control")]
    [InlineData("http:\\\\a", "'\\'")]
    [InlineData("ftp://a.example/", "scheme 'ftp'")]
    [InlineData("file:///etc/passwd", "scheme 'file'")]
    [InlineData("https://u:p@a.example/", "Authorization")]
    [InlineData("https://u@a.example/", "Authorization")]
    [InlineData("http://[fe80::1%25eth0]/", "zone id")]
    public void A_wrong_url_is_explained(string text, string says)
    {
        var (url, failure) = EgressUrl.Parse(text);

        Assert.Null(url);
        Assert.Equal("url_invalid", failure!.Code);
        Assert.False(failure.Retryable);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_url_may_have_8192_characters_and_not_one_more()
    {
        var longest = "http://a.example/".PadRight(EgressUrl.MaxLength, 'x');

        Assert.Null(EgressUrl.Parse(longest).Failure);
        Assert.Equal("url_invalid", EgressUrl.Parse(longest + "x").Failure!.Code);
    }

    [Fact]
    public void A_host_may_have_253_characters_and_not_one_more()
    {
        var host = string.Join('.', Enumerable.Repeat(new string('a', 61), 4)) + ".abcdef";
        Assert.Equal(EgressUrl.MaxHostLength + 1, host.Length);

        Assert.Null(EgressUrl.Parse($"http://{host[1..]}/").Failure);
        Assert.Contains("at most 253", EgressUrl.Parse($"http://{host}/").Failure!.Message, StringComparison.Ordinal);
    }
}
