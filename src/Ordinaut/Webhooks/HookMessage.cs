using System.Globalization;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Webhooks;

/// <summary>A message as it came, with what Standard Webhooks puts beside it; null where it was not sent.</summary>
/// <param name="Body">The exact bytes.</param>
internal sealed record HookMessage(string? Id, string? Timestamp, string? Signatures, ReadOnlyMemory<byte> Body)
{
    /// <summary>The longest id; 255 characters.</summary>
    public const int MaxId = 255;

    /// <summary>The longest list of signatures; 4,096 characters.</summary>
    public const int MaxSignatures = 4_096;

    /// <summary>When it was sent; null where that cannot be, or the rest that a message needs is not there.</summary>
    /// <remarks>
    /// An id has no dot: the signed text is <c>id.timestamp.body</c>, and with one it could be read in two ways.
    /// </remarks>
    public long? SentAt(DateTimeOffset now)
    {
        var isWhole =
            Id is { Length: > 0 and <= MaxId }
            && Id.All(c => c is > ' ' and <= '~' and not '.')
            && Signatures is { Length: > 0 and <= MaxSignatures };
        if (!isWhole || !long.TryParse(Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return null;
        }

        var tolerance = (long)WebhookSignature.Tolerance.TotalSeconds;
        var apart = seconds - now.ToUnixTimeSeconds();
        return apart >= -tolerance && apart <= tolerance ? seconds : null;
    }
}
