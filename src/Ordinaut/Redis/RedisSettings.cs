using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Ordinaut.Redis;

/// <summary>How to reach a Redis server.</summary>
/// <param name="Address"><c>redis://user:password@host:port/number</c>, or <c>rediss://</c> for TLS.</param>
internal sealed record RedisSettings(string Address)
{
    /// <summary>What an address must be, in words.</summary>
    public const string Wanted = "a Redis server such as redis://user:password@host:6379/0, or rediss:// for TLS";

    private const int DefaultPort = 6379;
    private const int ConnectMilliseconds = 2_000;

    /// <summary>How long to wait for an answer; a reader's is longer than it lets the server wait.</summary>
    private const int AnswerMilliseconds = 3_000;

    /// <summary>Whether the address can be read; says nothing of whether somebody answers there.</summary>
    public static bool IsReadable(string address) => TryRead(address, out _);

    /// <summary>The address as it may be shown: never with its password.</summary>
    public string Shown => TryRead(Address, out var url) ? $"{url.Scheme}://{url.Host}:{Port(url)}/{Number(url)}" : "";

    public override string ToString() => Shown;

    /// <summary>Commands fail at once while nobody answers, and the connection is tried again every second.</summary>
    public ConfigurationOptions Options()
    {
        var url = TryRead(Address, out var read) ? read : throw new FormatException("The address is not readable.");
        var user = url.UserInfo.Split(':', 2);
        var options = new ConfigurationOptions
        {
            DefaultDatabase = Number(url),
            Ssl = url.Scheme == "rediss",
            User = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            AbortOnConnectFail = false,
            ConnectTimeout = ConnectMilliseconds,
            AsyncTimeout = AnswerMilliseconds,
            SyncTimeout = AnswerMilliseconds,
            BacklogPolicy = BacklogPolicy.FailFast,
            ReconnectRetryPolicy = new LinearRetry(ConnectMilliseconds / 4),
            Protocol = RedisProtocol.Resp2,
            ClientName = "ordinaut",
            IncludeDetailInExceptions = false,
        };
        options.EndPoints.Add(new DnsEndPoint(Uri.UnescapeDataString(url.Host), Port(url)));
        return options;
    }

    private static bool TryRead(string address, out Uri url) =>
        Uri.TryCreate(address, UriKind.Absolute, out url!)
        && url is { Scheme: "redis" or "rediss", Host.Length: > 0, Query.Length: 0, Fragment.Length: 0 }
        && Number(url) >= 0;

    private static int Port(Uri url) => url.Port > 0 ? url.Port : DefaultPort;

    /// <summary>Which of the server's databases; -1 when it is no number.</summary>
    private static int Number(Uri url)
    {
        var path = url.AbsolutePath.Trim('/');
        return path.Length == 0 ? 0
            : int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : -1;
    }
}
