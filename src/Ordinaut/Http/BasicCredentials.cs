using System.Text;
using Ordinaut.Agents;

namespace Ordinaut.Http;

/// <summary>Who presents itself by HTTP Basic (RFC 6749 §2.3.1).</summary>
internal sealed record BasicCredentials(string Id, string Secret)
{
    private const string Scheme = "Basic ";

    /// <summary>Null when the request does not use it.</summary>
    public static BasicCredentials? Of(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out var length))
        {
            throw LoginDesk.Refusal();
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair.Length == 2
            ? new BasicCredentials(Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1]))
            : throw LoginDesk.Refusal();
    }
}
