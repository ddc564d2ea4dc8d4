using System.Buffers.Binary;

namespace Ordinaut.Store;

/// <summary>The pages of a SQLite database that commits changed up to an instant, each as the last left it.</summary>
/// <param name="At">The database's clock; everything that was acknowledged before it is here or was before.</param>
/// <param name="PageSize">Bytes of a page.</param>
/// <param name="Length">Pages of the database after it; 0 when nothing was changed.</param>
/// <param name="Pages">Each page's number, from 1, and its bytes.</param>
internal sealed record PageBatch(
    DateTimeOffset At,
    int PageSize,
    int Length,
    IReadOnlyList<(int Number, ReadOnlyMemory<byte> Bytes)> Pages
)
{
    private const int HeadBytes = 20;

    public long Bytes => (long)Pages.Count * PageSize;

    /// <summary>As it is kept: instant, page size, length, count; then each page's number and bytes.</summary>
    public byte[] Write()
    {
        var all = new byte[HeadBytes + Pages.Count * (4 + PageSize)];
        BinaryPrimitives.WriteInt64LittleEndian(all, Instants.ToMicroseconds(At));
        BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(8), PageSize);
        BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(12), Length);
        BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(16), Pages.Count);
        var at = HeadBytes;
        foreach (var (number, bytes) in Pages)
        {
            BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(at), number);
            bytes.Span.CopyTo(all.AsSpan(at + 4));
            at += 4 + PageSize;
        }

        return all;
    }

    public static PageBatch Read(ReadOnlyMemory<byte> all)
    {
        var head = all.Span;
        var size = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        var pages = new (int, ReadOnlyMemory<byte>)[BinaryPrimitives.ReadInt32LittleEndian(head[16..])];
        for (var i = 0; i < pages.Length; i++)
        {
            var at = HeadBytes + i * (4 + size);
            pages[i] = (BinaryPrimitives.ReadInt32LittleEndian(head[at..]), all.Slice(at + 4, size));
        }

        return new PageBatch(InstantOf(all), size, BinaryPrimitives.ReadInt32LittleEndian(head[12..]), pages);
    }

    /// <summary>The instant alone.</summary>
    public static DateTimeOffset InstantOf(ReadOnlyMemory<byte> all) =>
        Instants.FromMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(all.Span));

    /// <summary>
    /// Puts the pages into a database file that nobody has open. A batch from before the file's state does no harm, as
    /// long as all that came after it follow.
    /// </summary>
    public void ApplyTo(FileStream file)
    {
        foreach (var (number, bytes) in Pages)
        {
            file.Seek((long)(number - 1) * PageSize, SeekOrigin.Begin);
            file.Write(bytes.Span);
        }
    }
}
