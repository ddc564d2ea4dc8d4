namespace Ordinaut.Tools;

/// <summary>
/// Reads from a stream that somebody else fills, and breaks off where it becomes more than allowed: in all, or in one
/// line.
/// </summary>
internal sealed class BoundedStream(Stream inner, int maxBytes, bool byLine = false) : Stream
{
    private int _count;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Count(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        Count(buffer.AsSpan(offset, read));
        return read;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        var end = byLine ? bytes.LastIndexOf((byte)'\n') : -1;
        _count = end < 0 ? _count + bytes.Length : bytes.Length - end - 1;
        if (_count > maxBytes)
        {
            throw new TooLongException(maxBytes);
        }
    }
}

/// <summary>The other side sends more than it may; the message is safe to show.</summary>
internal sealed class TooLongException(int maxBytes)
    : IOException($"It sends more than {maxBytes} bytes in one message.");
