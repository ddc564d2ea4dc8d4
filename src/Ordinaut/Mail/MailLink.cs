using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Ordinaut.Tools;

namespace Ordinaut.Mail;

/// <summary>
/// Hands a message to the operator's mail server. The way there is a guard of its own that knows this one host: being
/// configured allows it, and opens nothing to other tools.
/// </summary>
internal sealed class MailLink(MailSettings settings, EgressNetwork network, TimeProvider clock, ILogger<Egress> logger)
{
    /// <summary>How many characters of the server's own words a failure quotes; 200.</summary>
    public const int MaxQuoted = 200;

    private readonly EgressDialer _dialer = new(
        EgressAllow.Parse($"{settings.Url.Host}:{settings.Port}"),
        network,
        clock,
        logger
    );

    public MailSettings Settings => settings;

    /// <summary>
    /// Null when all recipients were accepted; then the server has it. A refused recipient refuses the message: nobody
    /// gets it.
    /// </summary>
    public async Task<ToolResult.Failed?> Send(EmailMessage message, CancellationToken ct)
    {
        // Whether a certificate was revoked is asked for by HTTP, at an address that the certificate names.
        using var client = new SmtpClient { CheckCertificateRevocation = false };
        try
        {
            await Open(client, ct);
            await client.SendAsync(message.Mime, settings.From, message.Recipients, ct);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && Explain(failure) is { } reason)
        {
            return reason;
        }

        await Close(client, ct);
        return null;
    }

    private async Task Open(SmtpClient client, CancellationToken ct)
    {
        var stream = await _dialer.Dial(settings.Url.IdnHost, settings.Port, ct);
        var security = settings.Url.Scheme switch
        {
            MailSettings.Smtps => SecureSocketOptions.SslOnConnect,
            MailSettings.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };
        await client.ConnectAsync(stream, settings.Url.IdnHost, settings.Port, security, ct);
        if (settings.User.Length > 0)
        {
            await client.AuthenticateAsync(settings.User, settings.Password(), ct);
        }
    }

    /// <summary>The message is delivered: how the farewell goes is no matter.</summary>
    private static async Task Close(SmtpClient client, CancellationToken ct)
    {
        try
        {
            await client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception failure) when (failure is IOException or ProtocolException or CommandException) { }
    }

    private ToolResult.Failed? Explain(Exception failure) =>
        failure switch
        {
            ConnectFault fault => fault.Reason,
            SmtpCommandException refusal => Refused(refusal),
            SslHandshakeException => new("tls_failed", $"The TLS handshake with {Host} failed.", Retryable: true),
            AuthenticationException => new("smtp_auth", $"{Host} does not accept the operator's account.", false),
            NotSupportedException => new("smtp_unsupported", $"{Host} lacks what this message needs.", false),
            Problem problem => new("not_configured", problem.Message, Retryable: false),
            IOException or SocketException or ProtocolException => new(
                "smtp_broken",
                $"The connection to {Host} broke off.",
                Retryable: true
            ),
            _ => null,
        };

    /// <summary>RFC 5321 §4.2.1: 4yz may pass, 5yz will not.</summary>
    private ToolResult.Failed Refused(SmtpCommandException refusal)
    {
        var code = refusal.ErrorCode switch
        {
            SmtpErrorCode.RecipientNotAccepted => "recipient_refused",
            SmtpErrorCode.SenderNotAccepted => "sender_refused",
            SmtpErrorCode.MessageNotAccepted => "message_refused",
            _ => "smtp_error",
        };
        var whom = refusal.ErrorCode == SmtpErrorCode.RecipientNotAccepted ? $" {refusal.Mailbox?.Address}" : "";
        var said = Quoted.Line(refusal.Message, MaxQuoted);
        var status = (int)refusal.StatusCode;
        return new(code, $"{Host} refused{whom} with {status}: {said}", Retryable: status is >= 400 and < 500);
    }

    private string Host => settings.Url.IdnHost;
}
