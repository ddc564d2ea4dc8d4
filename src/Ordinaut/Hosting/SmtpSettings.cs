using MimeKit;
using Ordinaut.Mail;

namespace Ordinaut.Hosting;

/// <summary>The operator's mail server: its settings, what must be true of them together, and its parts.</summary>
internal static class SmtpSettings
{
    public static readonly IReadOnlyList<Setting> All =
    [
        new(
            "smtp_url",
            "smtps://host (TLS, port 465), starttls://host (TLS, port 587) or smtp://host (none, port 25); host:port "
                + "for another",
            o => o.SmtpUrl,
            (o, text) => text.Length == 0 || IsServer(text) ? o with { SmtpUrl = text } : null
        ),
        new(
            "smtp_from",
            "the address that messages are from, such as Ordinaut <clock@example.com>",
            o => o.SmtpFrom,
            (o, text) => text.Length == 0 || Sender(text) is not null ? o with { SmtpFrom = text } : null
        ),
        Settings.Text(
            "smtp_user",
            (0, 320),
            "at most 320 characters",
            o => o.SmtpUser,
            (o, text) => o with { SmtpUser = text }
        ),
        Settings.Text(
            "smtp_password",
            (0, 4_096),
            "at most 4096 characters",
            o => o.SmtpPassword.Length == 0 ? "" : "***",
            (o, text) => o with { SmtpPassword = text }
        ) with
        {
            IsSecret = true,
        },
        Settings.File(
            "smtp_password_file",
            "a file with the password, read at each connection",
            o => o.SmtpPasswordFile,
            (o, path) => o with { SmtpPasswordFile = path }
        ),
        Settings.Whole(
            "smtp_timeout_seconds",
            (1, 600),
            "seconds",
            o => o.SmtpTimeoutSeconds,
            (o, n) => o with { SmtpTimeoutSeconds = n }
        ),
    ];

    /// <summary>What is wrong although each value is readable.</summary>
    public static IEnumerable<string> Faults(OrdinautOptions options)
    {
        if (options.SmtpUrl.Length == 0)
        {
            yield break;
        }

        if (options.SmtpFrom.Length == 0)
        {
            yield return "smtp_url is set, but not whom messages are from; set smtp_from to an address.";
        }

        if (options.SmtpPassword.Length > 0 && options.SmtpPasswordFile.Length > 0)
        {
            yield return "smtp_password and smtp_password_file are both set; leave one of them out.";
        }

        var url = new Uri(options.SmtpUrl);
        if (options.SmtpUser.Length > 0 && url.Scheme == MailSettings.Smtp && !url.IsLoopback)
        {
            yield return "The password of smtp_user would travel unencrypted to smtp_url; write that with starttls or "
                + "smtps.";
        }
    }

    public static void Add(IServiceCollection services, OrdinautOptions options)
    {
        if (options.SmtpUrl.Length == 0)
        {
            return;
        }

        var settings = new MailSettings(new Uri(options.SmtpUrl), Sender(options.SmtpFrom)!)
        {
            User = options.SmtpUser,
            Password = () =>
                options.SmtpPasswordFile.Length > 0 ? Read(options.SmtpPasswordFile) : options.SmtpPassword,
            Timeout = TimeSpan.FromSeconds(options.SmtpTimeoutSeconds),
        };
        services.AddSingleton(settings).AddSingleton<MailLink>();
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new Problem(ProblemKind.Unavailable, "The file of smtp_password_file cannot be read.");
        }
    }

    private static MailboxAddress? Sender(string text) =>
        !text.Any(char.IsControl) && MailboxAddress.TryParse(text, out var address) && address.Domain.Length > 0
            ? address
            : null;

    private static bool IsServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme is MailSettings.Smtp or MailSettings.Smtps or MailSettings.StartTls)
        && url.Host.Length > 0
        && url.Port != 0
        && url.UserInfo.Length == 0
        && (url.AbsolutePath is "" or "/")
        && url.Query.Length + url.Fragment.Length == 0;
}
