using Ordinaut.Agents;
using Ordinaut.Hosting;

namespace Ordinaut.Tests.Hosting;

/// <summary>Whose word counts for where a request comes from.</summary>
public sealed class TrustedProxyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.0/8, ::1,fd00::/8")]
    [InlineData("0.0.0.0/1")]
    public void A_list_of_addresses_is_taken(string text) =>
        Assert.Equal(text, TrustedProxies.Setting.Set(new OrdinautOptions(), text)?.TrustedProxies);

    [Theory]
    [InlineData("proxy.example")]
    [InlineData("10")]
    [InlineData("10.0.0.0/33")]
    [InlineData("127.0.0.1:80")]
    [InlineData("127.0.0.1;10.0.0.1")]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.0.0.1,::/0")]
    public void What_is_no_address_or_all_of_them_is_refused(string text) =>
        Assert.Null(TrustedProxies.Setting.Set(new OrdinautOptions(), text));

    [Theory]
    [InlineData("", "203.0.113.9", "127.0.0.1")]
    [InlineData("10.0.0.0/8", "203.0.113.9", "127.0.0.1")]
    [InlineData("127.0.0.1", null, "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("127.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("127.0.0.1,203.0.113.0/24", "198.51.100.7, 192.0.2.1, 203.0.113.9", "192.0.2.1")]
    [InlineData("127.0.0.1", "2001:db8::1", "2001:db8::1")]
    [InlineData("127.0.0.1", "unknown", "127.0.0.1")]
    public async Task The_last_who_is_no_trusted_proxy_is_where_a_request_comes_from(
        string trusted,
        string? forwarded,
        string expected
    )
    {
        await using var app = await OrdinautApp.Start(configure: o => o with { TrustedProxies = trusted });
        var heard = HeardLog.Of<RefusalLog>(app);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/runs");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded is null ? [] : [forwarded]);

        await OrdinautApp.Expect(await app.Http.SendAsync(request), 401);

        Assert.Contains($" from {expected} ", Assert.Single(heard.Take()), StringComparison.Ordinal);
    }
}
