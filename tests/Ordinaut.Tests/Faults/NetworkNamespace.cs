using System.Globalization;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// A network of one node's own, with one cable to ours and real packets on it, that a firewall rule can drop, refuse or
/// lose. It takes root and Debian's iptables; where they are not to be had, tests go by <see cref="ChaosProxy"/>.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private readonly string _name = $"ordinaut-{Environment.ProcessId}";
    private readonly string _firewall;
    private readonly string _port;

    private NetworkNamespace(string firewall, int port)
    {
        _firewall = firewall;
        _port = port.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Our end of the cable.</summary>
    public const string Outside = "10.213.77.1";

    /// <summary>The node's end of it.</summary>
    public const string Inside = "10.213.77.2";

    /// <summary>How a program is started in it.</summary>
    public IReadOnlyList<string> Under => ["ip", "netns", "exec", _name];

    /// <summary>Makes it, or nothing where that is not permitted.</summary>
    /// <param name="port">The port whose packets have weather.</param>
    public static NetworkNamespace? TryMake(int port)
    {
        if (!Environment.IsPrivilegedProcess || Debian.Find("iptables") is not { } firewall)
        {
            return null;
        }

        var made = new NetworkNamespace(firewall, port);
        if (made.Make())
        {
            return made;
        }

        made.Dispose();
        return null;
    }

    public void Set(Weather weather)
    {
        Rule("-F");
        string[] what = weather switch
        {
            Weather.Drop => ["-j", "DROP"],
            Weather.Reject => ["-j", "REJECT", "--reject-with", "tcp-reset"],
            Weather.Lossy => ["-m", "statistic", "--mode", "random", "--probability", "0.1", "-j", "DROP"],
            _ => [],
        };
        if (what.Length > 0)
        {
            Rule(["-A", "OUTPUT", "-p", "tcp", "--dport", _port, .. what]);
            Rule(["-A", "INPUT", "-p", "tcp", "--sport", _port, .. what]);
        }
    }

    public void Dispose()
    {
        Debian.Does("ip", "netns", "del", _name);
        Debian.Does("ip", "link", "del", "ordinaut-out");
    }

    private bool Make() =>
        Ip($"netns add {_name}")
        && Ip($"link add ordinaut-out type veth peer name ordinaut-in netns {_name}")
        && Ip($"addr add {Outside}/24 dev ordinaut-out")
        && Ip("link set ordinaut-out up")
        && Ip($"-n {_name} addr add {Inside}/24 dev ordinaut-in")
        && Ip($"-n {_name} link set ordinaut-in up")
        && Ip($"-n {_name} link set lo up")
        && Debian.Does("ip", [.. Under.Skip(1), _firewall, "-L"]);

    private static bool Ip(string arguments) => Debian.Does("ip", arguments.Split(' '));

    private void Rule(params string[] rule) =>
        Assert.True(Debian.Does("ip", [.. Under.Skip(1), _firewall, .. rule]), string.Join(' ', rule));
}
