using System.Buffers.Binary;

namespace Ordinaut.Backups;

/// <summary>
/// Brings what <c>pg_receivewal</c> writes into a folder of a backup, sealed: of the file that it is writing at, what
/// has changed since the last look; whole files are then taken out of the spool.
/// </summary>
/// <param name="spool">Where pg_receivewal writes, in clear.</param>
internal sealed class LogSpool(string spool, BackupFolder folder) : IDisposable
{
    public const string Partial = ".partial";

    /// <summary>Of a file of the log: timeline and place.</summary>
    public const int NameLength = 24;

    private const string Ending = ".sealed";
    private const int BlockBytes = 8_192;

    private string? _name;
    private string? _saved;
    private byte[] _seen = [];
    private SealedWriter? _writer;

    /// <summary>Saves what has come; the file that is written at comes last.</summary>
    public void Save()
    {
        OwnerOnly.CreateFolder(folder.Log);
        var files = Directory.GetFiles(spool).Where(IsLog).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            var isPartial = file.EndsWith(Partial, StringComparison.Ordinal);
            var name = Path.GetFileName(isPartial ? file[..^Partial.Length] : file);
            if (string.CompareOrdinal(name, _saved) > 0)
            {
                Save(file, name, isWhole: !isPartial);
            }
        }

        // pg_receivewal goes on behind the last whole one.
        foreach (var file in files.Where(f => !f.EndsWith(Partial, StringComparison.Ordinal)).SkipLast(1))
        {
            File.Delete(file);
        }
    }

    /// <summary>Writes the files of a log in clear, as a server that recovers asks for them.</summary>
    public static void Open(BackupFolder folder, string target)
    {
        OwnerOnly.CreateFolder(target);
        var files = Directory.Exists(folder.Log) ? Directory.GetFiles(folder.Log, "*" + Ending) : [];
        foreach (var parts in files.Order(StringComparer.Ordinal).GroupBy(file => NameOf(Path.GetFileName(file))))
        {
            using var whole = OwnerOnly.Open(
                Path.Combine(target, parts.Key),
                FileMode.Create,
                FileAccess.Write,
                FileShare.None
            );
            foreach (var part in parts)
            {
                OpenPart(part, folder, whole);
            }
        }
    }

    private static void OpenPart(string part, BackupFolder folder, FileStream whole)
    {
        using var reader = new SealedReader(part, folder.Keys);
        foreach (var batch in reader.Batches())
        {
            var at = BinaryPrimitives.ReadInt32LittleEndian(batch.Span);
            whole.SetLength(Math.Max(whole.Length, at));
            whole.Seek(at, SeekOrigin.Begin);
            whole.Write(batch.Span[4..]);
        }
    }

    /// <summary>Opens all of it.</summary>
    /// <returns>How many bytes were read.</returns>
    /// <exception cref="Problem">Something is not as it was written.</exception>
    public static long Verify(BackupFolder folder)
    {
        var files = Directory.Exists(folder.Log) ? Directory.GetFiles(folder.Log, "*" + Ending) : [];
        foreach (var file in files)
        {
            using var reader = new SealedReader(file, folder.Keys);
            foreach (var _ in reader.Batches()) { }
        }

        return files.Sum(file => new FileInfo(file).Length);
    }

    public void Dispose() => _writer?.Dispose();

    private static bool IsLog(string file) =>
        Path.GetFileName(file) is var name
        && (
            name.Length == NameLength
            || name.Length == NameLength + Partial.Length
            || name.EndsWith(".history", StringComparison.Ordinal)
        );

    private static string NameOf(string file) => file[..file.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>A file of the log, or a part of one that was begun anew, after a restart.</summary>
    private string PathOf(string name, int part) => Path.Combine(folder.Log, $"{name}-{part:000}{Ending}");

    private void Save(string file, string name, bool isWhole)
    {
        if (_name != name)
        {
            _writer?.Dispose();
            var part = 1;
            while (File.Exists(PathOf(name, part)))
            {
                part++;
            }

            (_name, _seen, _writer) = (name, [], new SealedWriter(PathOf(name, part), folder.Key));
        }

        var now = ReadAll(file);
        if (now.Length > _seen.Length)
        {
            // A file has its length from the beginning on, also where it ends with nothing.
            Add(now.Length, []);
            Array.Resize(ref _seen, now.Length);
        }

        for (var at = 0; at < now.Length; at += BlockBytes)
        {
            var block = now.AsSpan(at, Math.Min(BlockBytes, now.Length - at));
            if (!block.SequenceEqual(_seen.AsSpan(at, block.Length)))
            {
                Add(at, block);
                block.CopyTo(_seen.AsSpan(at));
            }
        }

        if (isWhole)
        {
            _writer!.Finish();
            _writer.Dispose();
            (_name, _saved, _seen, _writer) = (null, name, [], null);
        }
        else
        {
            _writer!.Sync();
        }
    }

    private void Add(int at, ReadOnlySpan<byte> block)
    {
        Span<byte> place = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(place, at);
        _writer!.Write(place);
        _writer.Write(block);
        _writer.EndBatch();
    }

    private static byte[] ReadAll(string file)
    {
        using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var all = new byte[from.Length];
        from.ReadExactly(all);
        return all;
    }
}
