using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ordinaut.Tests.Mail;

/// <summary>An SMTP server on loopback that says to each command what it is told to, and keeps what it gets.</summary>
internal sealed class FakeMailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string?> _say;
    private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;

    /// <param name="say">What is answered to a command, in place of the usual; empty: it hangs up.</param>
    public FakeMailServer(Func<string, string?>? say = null)
    {
        _say = say ?? (_ => null);
        _listener.Start();
        _loop = Accept();
    }

    /// <summary>Whether it speaks TLS from the first byte, with a certificate that nobody trusts.</summary>
    public bool IsTls { get; init; }

    /// <summary>Whether it takes connections and never says a word.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Somebody has connected.</summary>
    public Task Met => _met.Task;

    public string Host => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public ConcurrentQueue<string> Commands { get; } = [];

    /// <summary>The messages it took, headers and all.</summary>
    public ConcurrentQueue<string> Messages { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                _ = Serve(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task Serve(TcpClient client)
    {
        using var connection = client;
        try
        {
            Stream stream = connection.GetStream();
            _met.TrySetResult();
            if (IsSilent)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
            }

            if (IsTls)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(SelfSigned());
                stream = tls;
            }

            using var reader = new StreamReader(stream, Encoding.UTF8);
            await Say(stream, _say("") ?? "220 ready");
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                Commands.Enqueue(line);
                var answer = _say(line) ?? Usual(line);
                await Say(stream, answer);
                if (answer.StartsWith("354", StringComparison.Ordinal))
                {
                    await TakeMessage(reader);
                    await Say(stream, _say(".") ?? "250 taken");
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException) { }
    }

    private async Task TakeMessage(StreamReader reader)
    {
        var message = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            message.Append(line).Append('\n');
        }

        Messages.Enqueue(message.ToString());
    }

    private async Task Say(Stream stream, string answer)
    {
        if (answer.Length == 0)
        {
            throw new IOException("It hangs up.");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"), _stop.Token);
    }

    private static string Usual(string line) =>
        line.Split(' ', ':')[0].ToUpperInvariant() switch
        {
            "EHLO" => "250-fake\r\n250-SIZE 1000000\r\n250 AUTH PLAIN",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 fine",
        };

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var from = DateTimeOffset.UnixEpoch.AddYears(50);
        using var certificate = request.CreateSelfSigned(from, from.AddYears(60));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
