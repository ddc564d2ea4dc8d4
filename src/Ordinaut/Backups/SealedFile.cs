using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ordinaut.Secrets;

namespace Ordinaut.Backups;

/// <summary>
/// How files of a backup are laid out: a head, then chunks (AES-256-GCM), each under its number, so that none can be
/// changed, left out, repeated or moved. The key is the file's own, made from the operator's, the salt in the head, and
/// the file's place: its name and that of its folder. A file that was put in the place of another does not open.
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

    /// <summary>The id of the key that a file is under; null where there is no head yet, or no file any more.</summary>
    public static string? KeyIdAt(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Span<byte> head = stackalloc byte[HeadBytes];
            return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length ? KeyIdOf(head) : null;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static AesGcm Cipher(SecretKey key, byte[] head, string path)
    {
        var place =
            $"backup/{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))}/{Path.GetFileName(path)}";
        var own = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            key.Span.ToArray(),
            SecretKey.Length,
            head,
            Encoding.UTF8.GetBytes(place)
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

/// <summary>Writes a sealed file from its beginning to its end. After a write that failed it takes no more.</summary>
internal sealed class SealedWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly AesGcm _cipher;
    private readonly byte[] _chunk = new byte[SealedFile.ChunkBytes];
    private readonly byte[] _sealed = new byte[SealedFile.ChunkHeadBytes + SealedFile.TagBytes + SealedFile.ChunkBytes];
    private readonly byte[] _nonce = new byte[SealedFile.NonceBytes];
    private int _filled;
    private long _number;
    private bool _isBroken;

    public SealedWriter(string path, SecretKey key)
        : this(OwnerOnly.Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read), key) { }

    /// <param name="file">A new one, which writes without a buffer of its own.</param>
    public SealedWriter(FileStream file, SecretKey key)
    {
        var head = SealedFile.NewHead(key);
        _cipher = SealedFile.Cipher(key, head, file.Name);
        _file = file;
        try
        {
            Append(head);
            Sync();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes of whole chunks, and the head.</summary>
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

    /// <summary>All that a stream has.</summary>
    public async Task Copy(Stream from)
    {
        var some = new byte[SealedFile.ChunkBytes];
        for (int n; (n = await from.ReadAsync(some)) > 0; )
        {
            Write(some.AsSpan(0, n));
        }
    }

    /// <summary>What was written since the last batch is one.</summary>
    public void EndBatch() => Seal(ChunkEnd.Batch);

    /// <summary>Returns when the batches that have ended are on the disk.</summary>
    public void Sync()
    {
        RequireSound();
        try
        {
            _file.Flush(flushToDisk: true);
        }
        catch
        {
            // Nobody can say what of it is on the disk.
            _isBroken = true;
            throw;
        }
    }

    /// <summary>Nothing more is to come.</summary>
    public void Finish()
    {
        Seal(ChunkEnd.Batch | ChunkEnd.File);
        Sync();
    }

    public void Dispose()
    {
        _file.Dispose();
        _cipher.Dispose();
    }

    private void Seal(ChunkEnd end)
    {
        RequireSound();
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
        Append(_sealed.AsSpan(0, SealedFile.ChunkHeadBytes + SealedFile.TagBytes + _filled));
        _filled = 0;
    }

    /// <summary>Of what a full disk does not take a part may be there: it is cut off.</summary>
    private void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(bytes);
            Length += bytes.Length;
        }
        catch
        {
            _isBroken = true;
            _file.SetLength(Length);
            throw;
        }
    }

    private void RequireSound()
    {
        if (_isBroken)
        {
            throw new IOException($"'{_file.Name}' takes no more: a write to it failed.");
        }
    }
}
