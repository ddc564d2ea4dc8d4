using System.Text.Json;
using MimeKit;

namespace Ordinaut.Mail;

/// <summary>A message as it goes out, made of a step's input.</summary>
/// <param name="Recipients">Whom it is sent to; those of bcc stand in no header field.</param>
internal sealed record EmailMessage(MimeMessage Mime, IReadOnlyList<MailboxAddress> Recipients)
{
    private static readonly ParserOptions Strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict,
        AllowAddressesWithoutDomain = false,
    };

    /// <summary>The message, or what is wrong with the input.</summary>
    /// <param name="key">The step's idempotency key, which the message's id is made of.</param>
    public static (EmailMessage? Message, string? Fault) Build(
        JsonElement input,
        MailboxAddress from,
        string key,
        DateTimeOffset now
    )
    {
        var message = new MimeMessage { Date = now, MessageId = IdOf(key, from) };
        message.From.Add(from);
        var recipients = new List<MailboxAddress>();
        (string Member, InternetAddressList? Shown)[] lists = [("to", message.To), ("cc", message.Cc), ("bcc", null)];
        foreach (var (member, shown) in lists)
        {
            foreach (var text in Texts(input, member))
            {
                if (Parse(text) is not { } address)
                {
                    return (null, $"/{member}: '{text}' is no address; write name@host, or Name <name@host>.");
                }

                shown?.Add(address);
                recipients.Add(address);
            }
        }

        if (recipients.Count is 0 or > MailLimits.Recipients)
        {
            return (
                null,
                $"/to: a message has 1 to {MailLimits.Recipients} recipients, but this has {recipients.Count}."
            );
        }

        foreach (var text in Texts(input, "reply_to"))
        {
            if (Parse(text) is not { } address)
            {
                return (null, $"/reply_to: '{text}' is no address.");
            }

            message.ReplyTo.Add(address);
        }

        Fill(message, input);
        return (new EmailMessage(message, recipients), null);
    }

    private static void Fill(MimeMessage message, JsonElement input)
    {
        message.Subject = input.GetProperty("subject").GetString()!;
        // RFC 3834: what answers by itself leaves this alone.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (input.TryGetProperty("headers", out var headers))
        {
            foreach (var field in headers.EnumerateObject())
            {
                message.Headers.Add(field.Name, field.Value.GetString()!);
            }
        }

        message.Body = new BodyBuilder
        {
            TextBody = Text(input, "text"),
            HtmlBody = Text(input, "html"),
        }.ToMessageBody();
    }

    /// <summary>The same for each attempt of a step, so that a repetition is known for one.</summary>
    private static string IdOf(string key, MailboxAddress from) => $"{Sha256.Hex(key)[..32]}@{from.Domain}";

    private static MailboxAddress? Parse(string text) =>
        MailboxAddress.TryParse(Strict, text, out var address) && address.Domain.Length > 0 ? address : null;

    private static string? Text(JsonElement input, string member) =>
        input.TryGetProperty(member, out var text) ? text.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement input, string member) =>
        !input.TryGetProperty(member, out var given) ? []
        : given.ValueKind == JsonValueKind.Array ? given.EnumerateArray().Select(one => one.GetString()!)
        : [given.GetString()!];
}
