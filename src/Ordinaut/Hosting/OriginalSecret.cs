using System.Text;

namespace Ordinaut.Hosting;

/// <summary>
/// The secret that the original signed tokens with. Nothing is signed with it here; but who hands over a weak one
/// believes to be safe, and may use it elsewhere, so the server does not start beside it. Pure.
/// </summary>
internal static class OriginalSecret
{
    /// <summary>256 bits, in bytes: as many as HMAC-SHA-256 needs (RFC 7518 §3.2).</summary>
    public const int MinBytes = 32;

    /// <summary>A key made at random has more; one that repeats itself has not.</summary>
    private const int MinDifferent = 8;

    /// <summary>What stands in keys that came with examples and were never changed.</summary>
    private static readonly string[] Known =
    [
        "change",
        "secret",
        "default",
        "example",
        "password",
        "insecure",
        "0123456789",
        "abcdefgh",
    ];

    /// <summary>What is wrong with it, to follow its name; null when nothing is.</summary>
    public static string? Fault(string text)
    {
        if (text.Trim().Length == 0)
        {
            return "is set and empty";
        }

        if (Encoding.UTF8.GetByteCount(text) < MinBytes)
        {
            return $"is shorter than {MinBytes} bytes (256 bits)";
        }

        var isKnown =
            Known.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase))
            || text.Distinct().Count() < MinDifferent;
        return isKnown ? "can be guessed: it is a placeholder or repeats itself" : null;
    }
}
