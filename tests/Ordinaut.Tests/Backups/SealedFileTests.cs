using System.Text;
using Ordinaut.Backups;
using Ordinaut.Secrets;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Backups;

/// <summary>What lies in a backup opens with its key and as it was written, or not at all.</summary>
public sealed class SealedFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-sealed-");
    private readonly SecretKey _key = SecretKey.Make();

    private string File => Path.Combine(_folder.FullName, "some.sealed");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SealedFile.ChunkBytes)]
    [InlineData(SealedFile.ChunkBytes + 1)]
    [InlineData(3 * SealedFile.ChunkBytes)]
    public void What_was_written_is_read(int length)
    {
        var bytes = Bytes(length);
        using (var writer = new SealedWriter(File, _key))
        {
            writer.Write(bytes);
            writer.Finish();
        }

        using var reader = new SealedReader(File, [SecretKey.Make(), _key]);
        using var read = new MemoryStream();
        reader.CopyTo(read);

        Assert.Equal(bytes, read.ToArray());
        Assert.True(reader.IsWhole);
        Assert.Equal(new FileInfo(File).Length, reader.Covered);
    }

    [Fact]
    public void Of_a_file_that_breaks_off_the_whole_batches_are_read()
    {
        Write("one", "two", "three");
        var whole = System.IO.File.ReadAllBytes(File);
        // Everything but the end mark, then ever less.
        int[] ends = [.. Ends("one", "two", "three")];
        for (var length = whole.Length - 1; length >= 0; length--)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            using var reader = new SealedReader(File, [_key]);
            var batches = reader.Batches().Select(batch => Encoding.UTF8.GetString(batch.Span)).ToList();

            Assert.Equal(new[] { "one", "two", "three" }.Take(ends.Count(end => end <= length)), batches);
            Assert.False(reader.IsWhole);
        }

        using var cut = new SealedReader(File, [_key]);
        Assert.Throws<Problem>(() => cut.CopyTo(Stream.Null));
    }

    [Fact]
    public void A_file_of_which_any_bit_was_changed_does_not_open()
    {
        Write("one", "two");
        var whole = System.IO.File.ReadAllBytes(File);
        for (var at = 0; at < whole.Length; at++)
        {
            var changed = whole.ToArray();
            changed[at] ^= 1;
            System.IO.File.WriteAllBytes(File, changed);

            var opened = Record.Exception(() =>
            {
                using var reader = new SealedReader(File, [_key]);
                return reader.Batches().Count() == 2 && reader.IsWhole;
            });

            // A length that became longer than the file looks as one that breaks off: then its end is missing.
            Assert.True(opened is Problem || !IsWhole(), $"byte {at}");
        }
    }

    [Fact]
    public void Chunks_that_changed_places_do_not_open()
    {
        Write("one", "two");
        var whole = System.IO.File.ReadAllBytes(File);
        var size = SealedFile.ChunkHeadBytes + SealedFile.TagBytes + 3;
        var (first, second) = (SealedFile.HeadBytes, SealedFile.HeadBytes + size);
        byte[] swapped =
        [
            .. whole[..first],
            .. whole[second..(second + size)],
            .. whole[first..second],
            .. whole[(second + size)..],
        ];
        System.IO.File.WriteAllBytes(File, swapped);

        using var reader = new SealedReader(File, [_key]);
        Assert.Throws<Problem>(() => reader.Batches().Count());
    }

    [Fact]
    public void A_file_in_the_place_of_another_does_not_open()
    {
        Write("one");
        var renamed = Path.Combine(_folder.FullName, "other.sealed");
        var elsewhere = Path.Combine(_folder.CreateSubdirectory("elsewhere").FullName, "some.sealed");
        System.IO.File.Copy(File, renamed);
        System.IO.File.Copy(File, elsewhere);

        foreach (var path in new[] { renamed, elsewhere })
        {
            using var reader = new SealedReader(path, [_key]);
            Assert.Throws<Problem>(() => reader.Batches().Count());
        }
    }

    /// <summary>What follows a write that failed would be under numbers that nobody expects.</summary>
    [Fact]
    public void After_a_write_that_failed_what_was_whole_opens()
    {
        using (var disk = new SmallDisk(File, SealedFile.HeadBytes + 60))
        using (var writer = new SealedWriter(disk, _key))
        {
            writer.Write("one"u8);
            writer.EndBatch();
            writer.Write("too long for what is left of the disk"u8);
            Assert.Throws<IOException>(writer.EndBatch);
            disk.Grow();
            writer.Write("two"u8);
            Assert.Throws<IOException>(writer.EndBatch);
            Assert.Throws<IOException>(writer.Finish);
        }

        using var reader = new SealedReader(File, [_key]);
        Assert.Equal(["one"], reader.Batches().Select(batch => Encoding.UTF8.GetString(batch.Span)));
        Assert.Equal(new FileInfo(File).Length, reader.Covered);
    }

    [Fact]
    public void Another_key_is_named_and_opens_nothing()
    {
        Write("one");

        var problem = Assert.Throws<Problem>(() => new SealedReader(File, [SecretKey.Make()]));

        Assert.Contains(_key.Id, problem.Message);
        Assert.DoesNotContain("one", Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(File)));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private bool IsWhole()
    {
        using var reader = new SealedReader(File, [_key]);
        return reader.Batches().Count() == 2 && reader.IsWhole;
    }

    private void Write(params string[] batches)
    {
        System.IO.File.Delete(File);
        using var writer = new SealedWriter(File, _key);
        foreach (var batch in batches)
        {
            writer.Write(Encoding.UTF8.GetBytes(batch));
            writer.EndBatch();
        }

        writer.Finish();
    }

    /// <summary>The length of a file at which each batch is whole.</summary>
    private static IEnumerable<int> Ends(params string[] batches)
    {
        var end = SealedFile.HeadBytes;
        foreach (var batch in batches)
        {
            yield return end += SealedFile.ChunkHeadBytes + SealedFile.TagBytes + batch.Length;
        }
    }

    /// <summary>A file on a disk that is soon full; what fits of a write is written.</summary>
    private sealed class SmallDisk(string path, int room)
        : FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0)
    {
        private int _room = room;

        public void Grow() => _room = int.MaxValue;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = (int)Math.Min(buffer.Length, _room - Position);
            base.Write(buffer[..fits]);
            if (fits < buffer.Length)
            {
                throw new IOException("No space left on device");
            }
        }
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(n => (byte)(n * 31))];
}
