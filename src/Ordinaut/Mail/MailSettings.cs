using MimeKit;

namespace Ordinaut.Mail;

/// <summary>The operator's mail server, and whom messages are from.</summary>
/// <param name="Url"><c>smtps://</c>, <c>starttls://</c> or, unencrypted, <c>smtp://</c>, with host and port.</param>
internal sealed record MailSettings(Uri Url, MailboxAddress From)
{
    public string User { get; init; } = "";

    /// <summary>Asked for at each connection, so that it can be changed.</summary>
    public Func<string> Password { get; init; } = () => "";

    /// <summary>How long one message may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The port that the scheme has, where the address names none.</summary>
    public int Port =>
        Url.Port > 0 ? Url.Port
        : Url.Scheme == Smtps ? 465
        : Url.Scheme == StartTls ? 587
        : 25;

    public const string Smtps = "smtps";
    public const string StartTls = "starttls";
    public const string Smtp = "smtp";
}
