using System.Buffers.Binary;

namespace Ordinaut.Store;

/// <summary>
/// Follows the log of a SQLite database (WAL) on the writer's thread, and hands on each page that commits have changed.
/// As long as it follows, nobody else has the log begun anew, and it does so only when all of it was handed on.
/// </summary>
/// <param name="file">The database's file; its log lies beside it.</param>
/// <param name="take">Takes a batch; quickly, for the writer waits.</param>
internal sealed class SqliteWal(string file, Action<PageBatch> take, TimeProvider clock)
{
    /// <summary>With so many pages in the log they are brought into the database, and it begins anew.</summary>
    private const int LongLog = 4_000;

    /// <summary>Where nobody asks, it looks no more often than this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private const int HeadBytes = 32;
    private const int FrameHeadBytes = 24;

    private long _lookedAt = clock.GetTimestamp();
    private bool _follows;
    private uint _generation;
    private int _taken;
    private bool _mayBeginAnew;
    private volatile bool _isAsked = true;
    private volatile bool _startsOver;

    /// <summary>Why it does not follow any more: what was handed on has an end here.</summary>
    public string? Broken { get; private set; }

    /// <summary>From now on: at the next commit it hands on what there is, or that there is nothing.</summary>
    public void Ask() => _isAsked = true;

    /// <summary>The next batch has all pages that are in the log, also those that were handed on.</summary>
    public void StartOver() => _startsOver = true;

    /// <summary>On the writer's thread, after a commit.</summary>
    public void Look(SqliteSession session, DateTimeOffset now)
    {
        if (Broken is not null || (!_isAsked && clock.GetElapsedTime(_lookedAt) < Pause))
        {
            return;
        }

        // Who asks from here on is answered by the next look.
        var isAsked = _isAsked;
        (_isAsked, _lookedAt) = (false, clock.GetTimestamp());
        try
        {
            Follow(session, now, isAsked);
        }
        catch (Exception failure) when (failure is IOException or SqliteFault or UnauthorizedAccessException)
        {
            Break(session, failure.Message);
        }
    }

    /// <summary>Leaves the log to SQLite again.</summary>
    public static void Leave(SqliteSession session) => session.KeepLogShort(LongLog);

    private void Follow(SqliteSession session, DateTimeOffset now, bool isAsked)
    {
        if (!_follows)
        {
            session.KeepLogShort(0);
            _follows = true;
        }

        var frames = session.Checkpoint(moves: false).Frames;
        using var log = new FileStream(file + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (frames > 0 && !Recognize(session, log))
        {
            return;
        }

        if (frames > _taken)
        {
            take(Read(log, frames, now));
            (_taken, _mayBeginAnew) = (frames, false);
        }
        else if (isAsked)
        {
            take(new PageBatch(now, 0, 0, []));
        }

        if (frames >= LongLog && !_mayBeginAnew)
        {
            var moved = session.Checkpoint(moves: true);
            _mayBeginAnew = moved.Frames == _taken && moved.Moved == moved.Frames;
        }
    }

    /// <summary>Each log counts one up from the one before: one that was begun anew behind our back shows.</summary>
    private bool Recognize(SqliteSession session, FileStream log)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        log.ReadExactly(head);
        var generation = BinaryPrimitives.ReadUInt32BigEndian(head[16..]);
        var isFirst = _generation == 0 && _taken == 0;
        if (!isFirst && generation != _generation && !(_mayBeginAnew && generation == _generation + 1))
        {
            Break(session, "another program brought the log of the database to an end");
            return false;
        }

        if (generation != _generation || _startsOver)
        {
            _taken = 0;
        }

        (_generation, _startsOver) = (generation, false);
        return true;
    }

    private PageBatch Read(FileStream log, int frames, DateTimeOffset now)
    {
        log.Seek(8, SeekOrigin.Begin);
        Span<byte> word = stackalloc byte[4];
        log.ReadExactly(word);
        var pageSize = BinaryPrimitives.ReadInt32BigEndian(word);
        var frameBytes = FrameHeadBytes + pageSize;
        var all = new byte[(frames - _taken) * (long)frameBytes];
        log.Seek(HeadBytes + _taken * (long)frameBytes, SeekOrigin.Begin);
        log.ReadExactly(all);
        var pages = new Dictionary<int, ReadOnlyMemory<byte>>();
        var length = 0;
        for (var at = 0; at < all.Length; at += frameBytes)
        {
            var head = all.AsSpan(at, FrameHeadBytes);
            pages[BinaryPrimitives.ReadInt32BigEndian(head)] = all.AsMemory(at + FrameHeadBytes, pageSize);
            // Only the last frame of a commit says how long the database is then.
            length = BinaryPrimitives.ReadInt32BigEndian(head[4..]) is var pagesAfter and > 0 ? pagesAfter : length;
        }

        return new PageBatch(now, pageSize, length, [.. pages.Select(page => (page.Key, page.Value))]);
    }

    private void Break(SqliteSession session, string why)
    {
        Broken = why;
        Leave(session);
    }
}
