using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ordinaut.Secrets;

namespace Ordinaut.Backups;

/// <summary>
/// How files of a backup are laid out: a head, then chunks (AES-256-GCM), each under its number, so that none can be
/// changed, left out, repeated or moved. The key is the file's own, made from the operator's and the salt in the head.
/// </summary>
internal static class SealedFile
{
    /// <summary>The most that one chunk holds; 1 MiB.</summary>
    public const int ChunkBytes = 1 << 20;

    public const int TagBytes = 16;
    public const int NonceBytes = 12;

    /// <summary>Before each chunk: its length, and in the highest byte its <see cref="ChunkEnd"/>.</summary>
    public const int ChunkHeadBytes = 4;

    private const int SaltBytes = 32;
    private const int KeyIdBytes = 16;

    private static readonly byte[] Magic = "ORDINAUT-SEALED1"u8.ToArray();

    public static int HeadBytes => Magic.Length + KeyIdBytes + SaltBytes;

    public static byte[] NewHead(SecretKey key) =>
        [.. Magic, .. Encoding.ASCII.GetBytes(key.Id), .. RandomNumberGenerator.GetBytes(SaltBytes)];

    /// <summary>The id of the key that a head names; null when it is no head.</summary>
    public static string? KeyIdOf(ReadOnlySpan<byte> head) =>
        head.StartsWith(Magic) ? Encoding.ASCII.GetString(head.Slice(Magic.Length, KeyIdBytes)) : null;

    public static AesGcm Cipher(SecretKey key, byte[] head)
    {
        var own = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            key.Span.ToArray(),
            SecretKey.Length,
            head,
            "backup"u8.ToArray()
        );
        return new AesGcm(own, TagBytes);
    }

    public static void Number(Span<byte> nonce, long chunk) => BinaryPrimitives.WriteInt64LittleEndian(nonce, chunk);
}

/// <summary>What ends with a chunk.</summary>
[Flags]
internal enum ChunkEnd
{
    None = 0,

    /// <summary>What belongs together: all of it counts, or nothing.</summary>
    Batch = 1,

    /// <summary>The file; without it more was to come.</summary>
    File = 2,
}

/// <summary>Writes a sealed file from its beginning to its end.</summary>
internal sealed class SealedWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly AesGcm _cipher;
    private readonly byte[] _chunk = new byte[SealedFile.ChunkBytes];
    private readonly byte[] _sealed = new byte[SealedFile.ChunkHeadBytes + SealedFile.TagBytes + SealedFile.ChunkBytes];
    private readonly byte[] _nonce = new byte[SealedFile.NonceBytes];
    private int _filled;
    private long _number;

    public SealedWriter(string path, SecretKey key)
    {
        var head = SealedFile.NewHead(key);
        _cipher = SealedFile.Cipher(key, head);
        _file = OwnerOnly.Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _file.Write(head);
        Length = head.Length;
    }

    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_filled == _chunk.Length)
            {
                Seal(ChunkEnd.None);
            }

            var some = bytes[..Math.Min(bytes.Length, _chunk.Length - _filled)];
            some.CopyTo(_chunk.AsSpan(_filled));
            _filled += some.Length;
            bytes = bytes[some.Length..];
        }
    }

    /// <summary>What was written since the last batch is one.</summary>
    public void EndBatch() => Seal(ChunkEnd.Batch);

    /// <summary>Returns when the batches that have ended are on the disk.</summary>
    public void Sync() => _file.Flush(flushToDisk: true);

    /// <summary>Nothing more is to come.</summary>
    public void Finish()
    {
        Seal(ChunkEnd.Batch | ChunkEnd.File);
        _file.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        _file.Dispose();
        _cipher.Dispose();
    }

    private void Seal(ChunkEnd end)
    {
        var head = _sealed.AsSpan(0, SealedFile.ChunkHeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)_filled | (uint)end << 24);
        SealedFile.Number(_nonce, _number++);
        _cipher.Encrypt(
            _nonce,
            _chunk.AsSpan(0, _filled),
            _sealed.AsSpan(SealedFile.ChunkHeadBytes + SealedFile.TagBytes, _filled),
            _sealed.AsSpan(SealedFile.ChunkHeadBytes, SealedFile.TagBytes),
            head
        );
        var length = SealedFile.ChunkHeadBytes + SealedFile.TagBytes + _filled;
        _file.Write(_sealed.AsSpan(0, length));
        Length += length;
        _filled = 0;
    }
}
