using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Ordinaut.Store;

namespace Ordinaut.Backups;

/// <summary>What has changed and is not in the folder yet. A folder that hangs does not fill the memory.</summary>
internal sealed class PageQueue(long maxBytes)
{
    private readonly ConcurrentQueue<PageBatch> _batches = new();
    private long _bytes;

    /// <returns>Why it takes no more; null: it took the batch.</returns>
    public string? Add(PageBatch batch)
    {
        if (Interlocked.Add(ref _bytes, batch.Bytes) > maxBytes)
        {
            return $"its folder is slower than the database changes: {maxBytes} bytes wait for it";
        }

        _batches.Enqueue(batch);
        return null;
    }

    public bool TryTake([NotNullWhen(true)] out PageBatch? batch)
    {
        if (!_batches.TryDequeue(out batch))
        {
            return false;
        }

        Interlocked.Add(ref _bytes, -batch.Bytes);
        return true;
    }
}
