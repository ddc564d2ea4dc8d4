using System.Buffers.Binary;
using Ordinaut.Secrets;

namespace Ordinaut.Backups;

/// <summary>
/// Brings what <c>pg_receivewal</c> writes into a folder of a backup, sealed: of the file that it is writing at, what
/// has changed since the last look; whole files are then taken out of the spool.
/// </summary>
/// <param name="spools">Where pg_receivewal writes, in clear, in a folder for each life of the cluster.</param>
internal sealed class LogSpool(string spools, LogFolder log) : IDisposable
{
    public const string Partial = ".partial";

    private const int BlockBytes = 8_192;

    private string? _name;
    private string? _saved;
    private byte[] _seen = [];
    private SealedWriter? _writer;
    private string _keyId = "";

    public string FullPath { get; } = PathOf(spools, log);

    /// <summary>Whether the server's log goes on behind what is here; else there may be a gap before it.</summary>
    public bool HasBegun => Directory.Exists(FullPath) && Directory.GetFiles(FullPath).Any(IsLog);

    /// <summary>Saves what has come; the file that is written at comes last.</summary>
    /// <param name="keys">
    /// The first seals the files that are begun from now on. One that is being written ends under the key that it was
    /// begun under, unless that was taken away: then it begins anew, with all that is in it.
    /// </param>
    /// <param name="through">All up to this instant has come; null: nobody can say.</param>
    public void Save(BackupFolder keys, DateTimeOffset? through)
    {
        OwnerOnly.CreateFolder(log.FullPath);
        var files = Directory.GetFiles(FullPath).Where(IsLog).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            var isPartial = file.EndsWith(Partial, StringComparison.Ordinal);
            var name = Path.GetFileName(isPartial ? file[..^Partial.Length] : file);
            if (string.CompareOrdinal(name, _saved) > 0)
            {
                Save(file, name, keys, isPartial ? through : null, isWhole: !isPartial);
            }
        }

        // pg_receivewal goes on behind the last whole one.
        foreach (var file in files.Where(f => !f.EndsWith(Partial, StringComparison.Ordinal)).SkipLast(1))
        {
            File.Delete(file);
        }
    }

    public static string PathOf(string spools, LogFolder log) => Path.Combine(spools, Path.GetFileName(log.FullPath));

    public void Dispose() => _writer?.Dispose();

    private static bool IsLog(string file) =>
        Path.GetFileName(file) is var name
        && (
            name.Length == LogPlace.NameLength
            || name.Length == LogPlace.NameLength + Partial.Length
            || name.EndsWith(".history", StringComparison.Ordinal)
        );

    private void Save(string file, string name, BackupFolder keys, DateTimeOffset? through, bool isWhole)
    {
        if (ReadAll(file) is not { } now)
        {
            // It has become whole in this moment, and has another name: the next look finds it.
            return;
        }

        if (_name != name || !keys.Opens(_keyId))
        {
            Begin(name, keys.Key);
        }

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

        if (through is { } instant)
        {
            Span<byte> mark = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(mark, Instants.ToMicroseconds(instant));
            Add(LogFolder.Mark, mark);
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

    private void Begin(string name, SecretKey key)
    {
        _writer?.Dispose();
        (_name, _keyId, _seen, _writer) = (name, key.Id, [], new SealedWriter(log.NextPart(name), key));
    }

    private void Add(int at, ReadOnlySpan<byte> block)
    {
        Span<byte> place = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(place, at);
        _writer!.Write(place);
        _writer.Write(block);
        _writer.EndBatch();
    }

    private static byte[]? ReadAll(string file)
    {
        try
        {
            using var from = new FileStream(
                file,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            var all = new byte[from.Length];
            from.ReadExactly(all);
            return all;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
