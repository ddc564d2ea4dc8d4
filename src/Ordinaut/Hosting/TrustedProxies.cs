using Microsoft.AspNetCore.HttpOverrides;
using IPAddress = System.Net.IPAddress;
using IPNetwork = System.Net.IPNetwork;

namespace Ordinaut.Hosting;

/// <summary>
/// The proxies in front of the server whose word for a client's address counts (<c>X-Forwarded-For</c>). Nobody else's
/// does, for anybody can write that field.
/// </summary>
internal static class TrustedProxies
{
    public static readonly Setting Setting = new(
        "trusted_proxies",
        "addresses or CIDRs separated by commas, none of them of all addresses",
        o => o.TrustedProxies,
        (o, text) => Parse(text) is null ? null : o with { TrustedProxies = text }
    );

    /// <summary>From here on a request's address is that of the last who is no trusted proxy.</summary>
    public static void Use(WebApplication app, OrdinautOptions options)
    {
        var proxies = Parse(options.TrustedProxies)!;
        if (proxies.Count == 0)
        {
            return;
        }

        // However many stand one behind the other: each entry was written by the proxy after it.
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor,
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        proxies.ForEach(forwarded.KnownIPNetworks.Add);
        app.UseForwardedHeaders(forwarded);
    }

    private static List<IPNetwork>? Parse(string text)
    {
        var words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var networks = words.Select(Network).OfType<IPNetwork>().ToList();
        return networks.Count == words.Length ? networks : null;
    }

    private static IPNetwork? Network(string word)
    {
        var isAddress = word.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(word, out _);
        var cidr = !isAddress ? word : $"{word}/{(word.Contains(':', StringComparison.Ordinal) ? 128 : 32)}";
        return IPNetwork.TryParse(cidr, out var network) && network.PrefixLength > 0 ? network : null;
    }
}
