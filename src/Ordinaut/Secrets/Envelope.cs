using System.Security.Cryptography;
using System.Text;

namespace Ordinaut.Secrets;

/// <summary>
/// A value under a data key of its own, and that key under one of the ring: AES-256-GCM both. Laid out as nonce, tag,
/// ciphertext.
/// </summary>
/// <param name="KeyId">The key of the ring.</param>
internal sealed record Envelope(string KeyId, byte[] WrappedKey, byte[] Sealed)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <param name="binding">What the value belongs to; it opens with the same only.</param>
    public static Envelope Seal(string value, SecretKey key, byte[] binding)
    {
        var dataKey = RandomNumberGenerator.GetBytes(SecretKey.Length);
        try
        {
            return new Envelope(
                key.Id,
                Encrypt(dataKey, key.Span, binding),
                Encrypt(Encoding.UTF8.GetBytes(value), dataKey, binding)
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>The value; null when anything of it was changed, or it belongs to something else.</summary>
    public string? Open(SecretKey key, byte[] binding)
    {
        try
        {
            var dataKey = Decrypt(WrappedKey, key.Span, binding);
            var value = Encoding.UTF8.GetString(Decrypt(Sealed, dataKey, binding));
            CryptographicOperations.ZeroMemory(dataKey);
            return value;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static byte[] Encrypt(byte[] plain, ReadOnlySpan<byte> key, byte[] binding)
    {
        var all = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = all.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, all.AsSpan(NonceBytes + TagBytes), all.AsSpan(NonceBytes, TagBytes), binding);
        return all;
    }

    private static byte[] Decrypt(byte[] all, ReadOnlySpan<byte> key, byte[] binding)
    {
        var plain = new byte[Math.Max(0, all.Length - NonceBytes - TagBytes)];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            all.AsSpan(0, NonceBytes),
            all.AsSpan(NonceBytes + TagBytes),
            all.AsSpan(NonceBytes, TagBytes),
            plain,
            binding
        );
        return plain;
    }
}
