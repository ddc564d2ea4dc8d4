using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ordinaut.Tools;

/// <summary>
/// The operator's exceptions to the egress guard, from <c>ORDINAUT_EGRESS_ALLOW</c>: a comma-separated list of
/// <list type="bullet">
/// <item><c>host</c>: this name, whatever it resolves to, on any port;</item>
/// <item><c>host:port</c>: the same on one port;</item>
/// <item><c>10.1.2.3</c>, <c>10.1.2.3:8080</c>, <c>[fd00::1]</c>, <c>[fd00::1]:8080</c>: one address;</item>
/// <item><c>10.0.0.0/8</c>, <c>fd00::/8</c>: a range, on any port.</item>
/// </list>
/// Names match whole and without regard to case; there are no wildcards. Who lists a name trusts its DNS.
/// Everything not listed must be a public address on port 80 or 443.
/// </summary>
internal sealed class EgressAllow
{
    /// <summary>The setting's name, as refusals print it.</summary>
    public const string Setting = "ORDINAUT_EGRESS_ALLOW";

    /// <summary>The most entries in the list; 1,000.</summary>
    public const int MaxEntries = 1000;

    private readonly List<Entry> _entries = [];

    private EgressAllow() { }

    /// <summary>The empty list: public addresses on ports 80 and 443 only.</summary>
    public static EgressAllow Nothing { get; } = new();

    /// <summary>Reads the list; blanks around entries and empty entries do not matter.</summary>
    /// <exception cref="Problem">Names every entry that cannot be read, with its place in the list.</exception>
    public static EgressAllow Parse(string? text)
    {
        var allow = new EgressAllow();
        var errors = new List<FieldError>();
        var entries = (text ?? "").Split(
            ',',
            MaxEntries + 1,
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        if (entries.Length > MaxEntries)
        {
            throw Problem.Invalid("/" + Setting, $"{Setting} has more than {MaxEntries} entries.");
        }

        for (var i = 0; i < entries.Length; i++)
        {
            var (entry, fault) = Read(entries[i]);
            if (fault is null)
            {
                allow._entries.Add(entry);
            }
            else
            {
                errors.Add(new($"/{Setting}/{i}", $"{Setting}: '{entries[i]}' {fault}."));
            }
        }

        return errors.Count == 0 ? allow : throw Problem.Invalid(errors);
    }

    /// <summary>Whether an entry allows to connect to this address and port for this host.</summary>
    /// <param name="port">The port of the URL.</param>
    /// <param name="host">The host as the URL has it; an address literal has no name to match.</param>
    /// <param name="address">Where the connection would go, see <see cref="SpecialAddresses.Unwrap"/>.</param>
    public bool Permits(string host, IPAddress address, int port)
    {
        var name = host.TrimEnd('.');
        foreach (var entry in _entries)
        {
            var matches = entry.Range is { } range
                ? range.Contains(address)
                : name.Equals(entry.Host, StringComparison.OrdinalIgnoreCase);
            if (matches && (entry.Port ?? port) == port)
            {
                return true;
            }
        }

        return false;
    }

    private static (Entry, string? Fault) Read(string text)
    {
        if (text.Contains('/'))
        {
            return ReadRange(text);
        }

        var (host, portText) = SplitPort(text);
        if (portText is not null && !IsPort(portText))
        {
            return (default, $"has the port '{portText}'; write a number from 1 to 65535");
        }

        int? port = portText is null ? null : int.Parse(portText, CultureInfo.InvariantCulture);
        if (IPAddress.TryParse(host, out var address))
        {
            var one = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            return IsCanonical(host, address)
                ? (new Entry(null, one, port), null)
                : (default, $"is an unusual spelling of the address {address}; write that");
        }

        return Uri.CheckHostName(host) == UriHostNameType.Dns
            ? (new Entry(new UriBuilder("http", host).Uri.IdnHost.TrimEnd('.'), null, port), null)
            : (default, "is not a host, host:port, address or CIDR range (there are no wildcards)");
    }

    private static (Entry, string? Fault) ReadRange(string text)
    {
        // IPNetwork.TryParse clears host bits silently: the operator may have meant the address.
        if (!IPNetwork.TryParse(text, out var range) || text.Contains('%'))
        {
            return (default, "is not a CIDR range such as 10.0.0.0/8 or fd00::/8");
        }

        var address = text[..text.IndexOf('/')];
        return IPAddress.Parse(address).Equals(range.BaseAddress) && IsCanonical(address, range.BaseAddress)
            ? (new Entry(null, range, null), null)
            : (default, $"does not start at the range's first address; write {range}");
    }

    private static (string Host, string? Port) SplitPort(string text)
    {
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            var rest = text[(end + 1)..];
            return rest.Length == 0 ? (text[1..end], null)
                : end > 0 && rest[0] == ':' ? (text[1..end], rest[1..])
                : (text, null);
        }

        // Two colons or more and no bracket: an IPv6 address without a port.
        var colon = text.IndexOf(':');
        return colon < 0 || text.LastIndexOf(':') != colon ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static bool IsPort(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    private static bool IsCanonical(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : !text.Contains('%');

    private readonly record struct Entry(string? Host, IPNetwork? Range, int? Port);
}
