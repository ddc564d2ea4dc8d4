using System.Globalization;
using System.Text.Json;

namespace Ordinaut.Mail;

/// <summary>What <c>email.send</c> takes and gives.</summary>
internal static class EmailSchemas
{
    // No line break, and no other control character, gets into a header field.
    private const string Line = @"^[^\\u0000-\\u001f\\u007f]*$";

    private static readonly string Address = string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"type": "string", "minLength": 3, "maxLength": {{MailLimits.Address}}, "pattern": "{{Line}}"}"""
    );

    private static readonly string Addresses = string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"anyOf": [{{Address}}, {"type": "array", "maxItems": {{MailLimits.Recipients}}, "items": {{Address}}}],
         "description": "An address such as ann@example.com or Ann <ann@example.com>, or several."}
        """
    );

    public static readonly JsonElement Input = Json.Parse(
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "properties": {
                "to": {{Addresses}},
                "cc": {{Addresses}},
                "bcc": {{Addresses}},
                "reply_to": {{Address}},
                "subject": {
                  "type": "string", "minLength": 1, "maxLength": {{MailLimits.Subject}}, "pattern": "{{Line}}"
                },
                "text": {"type": "string", "maxLength": {{MailLimits.Body}}, "description": "As plain text."},
                "html": {"type": "string", "maxLength": {{MailLimits.Body}}, "description": "As HTML."},
                "headers": {
                  "type": "object", "maxProperties": {{MailLimits.Headers}},
                  "propertyNames": {"pattern": "^((X|List)-[A-Za-z0-9-]{1,70}|In-Reply-To|References)$"},
                  "additionalProperties": {"type": "string", "maxLength": {{MailLimits.Header}}, "pattern": "{{Line}}"},
                  "description": "More header fields: X-…, List-…, In-Reply-To, References."
                }
              },
              "required": ["to", "subject"],
              "anyOf": [{"required": ["text"]}, {"required": ["html"]}],
              "additionalProperties": false
            }
            """
        )
    );

    public static readonly JsonElement Output = Json.Parse(
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "message_id": {"type": "string", "description": "The same over all attempts of a step."},
            "accepted": {"type": "array", "items": {"type": "string"}, "description": "The addresses it was sent to."}
          },
          "required": ["message_id", "accepted"],
          "additionalProperties": false
        }
        """
    );
}
