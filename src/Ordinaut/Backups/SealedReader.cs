using System.Buffers.Binary;
using System.Security.Cryptography;
using Ordinaut.Secrets;

namespace Ordinaut.Backups;

/// <summary>
/// Reads a sealed file. One that was changed is a <see cref="Problem"/>; one that breaks off, as a log does when its
/// writer dies, ends with its last whole batch.
/// </summary>
internal sealed class SealedReader : Stream
{
    private readonly string _name;
    private readonly FileStream _file;
    private readonly AesGcm? _cipher;
    private readonly byte[] _chunk = new byte[SealedFile.ChunkBytes];
    private readonly byte[] _sealed = new byte[SealedFile.TagBytes + SealedFile.ChunkBytes];
    private readonly byte[] _nonce = new byte[SealedFile.NonceBytes];
    private long _number;
    private int _length;
    private int _read;

    public SealedReader(string path, IReadOnlyList<SecretKey> keys)
    {
        _name = Path.GetFileName(path);
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var head = new byte[SealedFile.HeadBytes];
        var length = _file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (length < head.Length)
        {
            // Its writer died before its first batch.
            return;
        }

        var id = SealedFile.KeyIdOf(head);
        if (id is null || keys.FirstOrDefault(key => key.Id == id) is not { } key)
        {
            _file.Dispose();
            throw id is null
                ? Damaged("is no file of a backup")
                : Damaged($"is sealed with the key {id}, which is not among backup_key or backup_key_file");
        }

        _cipher = SealedFile.Cipher(key, head, path);
    }

    /// <summary>Whether the end of the file was read: what its writer finished.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Bytes of the file that hold whole chunks.</summary>
    public long Covered { get; private set; } = SealedFile.HeadBytes;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What was written together, one after the other; what is not whole is left out.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Batches()
    {
        var batch = new MemoryStream();
        while (Next() is { } end)
        {
            batch.Write(_chunk, 0, _length);
            if (end.HasFlag(ChunkEnd.Batch))
            {
                if (batch.Length > 0)
                {
                    yield return batch.ToArray();
                }

                batch.SetLength(0);
            }
        }
    }

    /// <summary>As a stream, which must be whole.</summary>
    public override int Read(Span<byte> buffer)
    {
        while (_read == _length)
        {
            if (IsWhole)
            {
                return 0;
            }

            if (Next() is null)
            {
                throw Damaged("breaks off before its end");
            }

            _read = 0;
        }

        var some = Math.Min(buffer.Length, _length - _read);
        _chunk.AsSpan(_read, some).CopyTo(buffer);
        _read += some;
        return some;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        _cipher?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Opens the next chunk; null when there is no whole one.</summary>
    private ChunkEnd? Next()
    {
        Span<byte> head = stackalloc byte[SealedFile.ChunkHeadBytes];
        if (_cipher is null || _file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            return null;
        }

        var word = BinaryPrimitives.ReadUInt32LittleEndian(head);
        var (length, end) = ((int)(word & 0xffffff), (ChunkEnd)(word >> 24));
        if (length > SealedFile.ChunkBytes)
        {
            throw Damaged("was changed");
        }

        var body = _sealed.AsSpan(0, SealedFile.TagBytes + length);
        if (_file.ReadAtLeast(body, body.Length, throwOnEndOfStream: false) < body.Length)
        {
            return null;
        }

        SealedFile.Number(_nonce, _number++);
        try
        {
            _cipher.Decrypt(
                _nonce,
                body[SealedFile.TagBytes..],
                body[..SealedFile.TagBytes],
                _chunk.AsSpan(0, length),
                head
            );
        }
        catch (CryptographicException)
        {
            throw Damaged("was changed");
        }

        _length = length;
        Covered += head.Length + body.Length;
        IsWhole = end.HasFlag(ChunkEnd.File);
        return end;
    }

    private Problem Damaged(string why) =>
        new(ProblemKind.Unavailable, $"'{_name}' {why}; it cannot be restored from.");
}
