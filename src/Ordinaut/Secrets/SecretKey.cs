using System.Security.Cryptography;

namespace Ordinaut.Secrets;

/// <summary>A key that wraps others (AES-256), known by an id that is made from it.</summary>
internal sealed class SecretKey
{
    /// <summary>The length of every key, in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] _key;

    public SecretKey(byte[] key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(key, "ordinaut secret key id"u8).AsSpan(0, 8));
    }

    /// <summary>16 hex digits; the same key has the same everywhere.</summary>
    public string Id { get; }

    public ReadOnlySpan<byte> Span => _key;

    public static SecretKey Make() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Null when the text is not the base64 of a key that was made at random.</summary>
    public static SecretKey? TryParse(string text)
    {
        var key = new byte[Length];
        return Convert.TryFromBase64String(text, key, out var length) && length == Length && LooksRandom(key)
            ? new SecretKey(key)
            : null;
    }

    /// <summary>
    /// No text, no repetition and no progression, as keys of examples are. Of random ones fewer than one in 10^12 looks
    /// like these.
    /// </summary>
    private static bool LooksRandom(byte[] key)
    {
        var steps = key.Skip(1).Select((next, i) => (byte)(next - key[i]));
        return key.Distinct().Count() > Length / 2
            && steps.Distinct().Count() > Length / 2
            && !key.All(value => value is >= (byte)' ' and <= (byte)'~');
    }

    /// <summary>Keys as they are written; null when one of them is none, or a ring holds fewer.</summary>
    public static IReadOnlyList<SecretKey>? ParseAll(string text)
    {
        var parts = text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var keys = parts.Select(TryParse).OfType<SecretKey>().DistinctBy(key => key.Id).ToList();
        return keys.Count == parts.Length && keys.Count <= KeyRing.MaxKeys ? keys : null;
    }

    /// <summary>As it is kept, in a file or a variable.</summary>
    public string Write() => Convert.ToBase64String(_key);
}
