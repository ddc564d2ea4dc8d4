using Ordinaut.Tools;

namespace Ordinaut.Mail;

/// <summary>
/// <c>email.send</c>: one message through the operator's mail server. SMTP cannot be asked whether it has a message
/// already, so a repetition may arrive twice; it has the same <c>Message-ID</c>, by which mailboxes know it.
/// </summary>
internal sealed class EmailTool(MailLink? link, TimeProvider clock) : ITool
{
    public ToolDescription Description { get; } =
        new(
            "email.send",
            "Send an e-mail",
            "Sends a message to people through the operator's mail server, as plain text, HTML or both.",
            EmailSchemas.Input,
            EmailSchemas.Output,
            Effect.Keyed
        )
        {
            Timeout = link?.Settings.Timeout ?? TimeSpan.FromSeconds(30),
        };

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        if (link is null)
        {
            const string Missing = "No mail server is configured; the operator sets smtp_url and smtp_from.";
            return new ToolResult.Failed("not_configured", Missing, Retryable: false);
        }

        var (message, fault) = EmailMessage.Build(
            call.Input,
            link.Settings.From,
            call.IdempotencyKey,
            clock.GetUtcNow()
        );
        if (message is null)
        {
            return new ToolResult.Failed("input_invalid", fault!, Retryable: false);
        }

        return await link.Send(message, ct) is { } failure
            ? failure
            : new ToolResult.Ok(
                ToolOutput.Object(output =>
                {
                    output.WriteString("message_id", message.Mime.MessageId);
                    output.WriteStartArray("accepted");
                    foreach (var recipient in message.Recipients)
                    {
                        output.WriteStringValue(recipient.Address);
                    }

                    output.WriteEndArray();
                })
            );
    }
}
