namespace Ordinaut.Mail;

/// <summary>How large a message may be.</summary>
internal static class MailLimits
{
    /// <summary>Recipients of one message, in to, cc and bcc together; 50.</summary>
    public const int Recipients = 50;

    /// <summary>The longest address, with its name; 320 characters.</summary>
    public const int Address = 320;

    /// <summary>The longest subject; 500 characters.</summary>
    public const int Subject = 500;

    /// <summary>The longest text, and the longest HTML; 256 Ki characters each.</summary>
    public const int Body = 256 * 1024;

    /// <summary>Header fields of the step's own; 20.</summary>
    public const int Headers = 20;

    /// <summary>The longest value of such a field; 1,000 characters.</summary>
    public const int Header = 1_000;
}
