using System.Buffers.Binary;

namespace Ordinaut.Store;

/// <summary>
/// Follows the log of a SQLite database (WAL) on the writer's thread, and hands on each page that commits have changed.
/// As long as it follows, nobody else has the log begun anew, and it does so only when all of it was handed on.
/// </summary>
/// <param name="file">The database's file; its log lies beside it.</param>
/// <param name="take">Takes a batch, quickly, for the writer waits; or says why it cannot.</param>
internal sealed class SqliteWal(string file, Func<PageBatch, string?> take, TimeProvider clock)
{
    /// <summary>The most that is read at once; 256 MiB.</summary>
    public const long MaxBytes = 256 << 20;

    /// <summary>With so many pages in the log they are brought into the database, and it begins anew.</summary>
    private const int LongLog = 4_000;

    /// <summary>Where nobody asks, it looks no more often than this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private const int HeadBytes = 32;
    private const int HeadSalts = 16;
    private const int FrameHeadBytes = 24;
    private const int FrameSalts = 8;

    private long _lookedAt = clock.GetTimestamp();
    private bool _follows;
    private long _salts;
    private int _taken;
    private bool _mayBeginAnew;
    private volatile bool _isAsked = true;

    /// <summary>Why it does not follow any more: what was handed on has an end here.</summary>
    public string? Broken { get; private set; }

    /// <summary>From now on: at the next commit it hands on what there is, or that there is nothing.</summary>
    public void Ask() => _isAsked = true;

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
        var frames = session.Checkpoint(moves: false).Frames;
        using var log = new FileStream(file + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (!_follows)
        {
            session.KeepLogShort(0);
            // Who follows copies the database after this look: what is in the log by now is in the copy.
            (_follows, _taken, _salts) = (true, frames, frames > 0 ? SaltsAt(log, HeadSalts) : 0);
        }

        if (!Recognize(log, frames))
        {
            Break(session, "another program brought the log of the database to an end");
            return;
        }

        if (frames > _taken)
        {
            if (take(Read(log, frames, now)) is { } why)
            {
                Break(session, why);
                return;
            }

            (_taken, _mayBeginAnew) = (frames, false);
        }
        else if (isAsked && take(new PageBatch(now, 0, 0, [])) is { } why)
        {
            Break(session, why);
            return;
        }

        if (frames >= LongLog && !_mayBeginAnew)
        {
            var moved = session.Checkpoint(moves: true);
            _mayBeginAnew = moved.Frames == _taken && moved.Moved == moved.Frames;
        }
    }

    /// <summary>
    /// Each log counts one up from the one before, in the first of its two salts: one that was begun anew behind our
    /// back shows, and one that was cut off.
    /// </summary>
    private bool Recognize(FileStream log, int frames)
    {
        if (frames == 0)
        {
            return _taken == 0 || _mayBeginAnew;
        }

        var salts = SaltsAt(log, HeadSalts);
        if (salts == _salts)
        {
            return frames >= _taken;
        }

        var isNext = (uint)(salts >> 32) == (uint)(_salts >> 32) + 1;
        var mayBeAnother = _salts == 0 || (_mayBeginAnew && isNext && !HadMore(log));
        (_salts, _taken) = (salts, 0);
        return mayBeAnother;
    }

    /// <summary>Whether behind what was taken of the log before there still is more of it.</summary>
    private bool HadMore(FileStream log)
    {
        var place = HeadBytes + _taken * (long)(FrameHeadBytes + PageSizeOf(log)) + FrameSalts;
        return log.Length >= place + 8 && SaltsAt(log, place) == _salts;
    }

    private static int PageSizeOf(FileStream log)
    {
        Span<byte> word = stackalloc byte[4];
        log.Seek(8, SeekOrigin.Begin);
        log.ReadExactly(word);
        return BinaryPrimitives.ReadInt32BigEndian(word);
    }

    private static long SaltsAt(FileStream log, long place)
    {
        Span<byte> salts = stackalloc byte[8];
        log.Seek(place, SeekOrigin.Begin);
        log.ReadExactly(salts);
        return BinaryPrimitives.ReadInt64BigEndian(salts);
    }

    private PageBatch Read(FileStream log, int frames, DateTimeOffset now)
    {
        var pageSize = PageSizeOf(log);
        var frameBytes = FrameHeadBytes + pageSize;
        var bytes = (frames - _taken) * (long)frameBytes;
        if (bytes > MaxBytes)
        {
            throw new IOException($"{bytes} bytes were changed at once, and no more than {MaxBytes} are taken");
        }

        var all = new byte[bytes];
        log.Seek(HeadBytes + _taken * (long)frameBytes, SeekOrigin.Begin);
        log.ReadExactly(all);
        var pages = new Dictionary<int, ReadOnlyMemory<byte>>();
        var length = 0;
        for (var at = 0; at < all.Length; at += frameBytes)
        {
            var head = all.AsSpan(at, FrameHeadBytes);
            if (BinaryPrimitives.ReadInt64BigEndian(head[FrameSalts..]) != _salts)
            {
                throw new IOException("its log was written over while it was read");
            }

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
