using System.Globalization;
using System.Text.RegularExpressions;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// A disk without power, as far as a program can tell: what was synced is there; of what was written since, each write
/// is there, is not, or is there in part, in whatever order. Replayed from what strace saw of a SQLite database.
/// </summary>
internal sealed partial class LostPower
{
    /// <summary>What a disk writes as one.</summary>
    private const int Sector = 512;

    private readonly IReadOnlyList<Call> _calls;

    private LostPower(IReadOnlyList<Call> calls) => _calls = calls;

    /// <summary>How many calls there are to cut the power before.</summary>
    public int Calls => _calls.Count;

    /// <summary>How many of them moved pages from the log into the database.</summary>
    public int Checkpointed => _calls.Count(call => !call.IsLog && call.Bytes is not null);

    /// <summary>How strace looks; the tracer is a grandchild, so that the node keeps its process id.</summary>
    public static string[] Tracing(string strace, string database, string log) =>
        [
            .. new[] { strace, "-D", "-f", "-qq", "-ttt", "-y", "-xx", "-s", "262144", "-o", log },
            .. new[] { "-P", database, "-P", database + "-wal", "-e", "signal=none" },
            .. new[] { "-e", "trace=pwrite64,fdatasync,fsync,ftruncate" },
        ];

    public static LostPower Read(string log)
    {
        var open = new Dictionary<string, Call>();
        var calls = new List<Call>();
        foreach (var line in File.ReadLines(log))
        {
            var thread = line.Split(' ', 2)[0];
            if (Resumed().IsMatch(line))
            {
                // What was asked counts from when it was done.
                calls.Add(open[thread]);
                open.Remove(thread);
            }
            else if (Entry().Match(line) is { Success: true } match)
            {
                var call = Parse(match);
                if (line.EndsWith("<unfinished ...>", StringComparison.Ordinal))
                {
                    open[thread] = call;
                }
                else
                {
                    calls.Add(call);
                }
            }
        }

        return new LostPower(calls);
    }

    /// <summary>When a call began, by the machine's clock.</summary>
    public DateTimeOffset At(int call) => _calls[call].At;

    /// <summary>Both files as they are when the power is cut before each of these calls, in ascending order.</summary>
    /// <param name="honoursSync">Whether the disk does what it is told; one that lies keeps only what it likes.</param>
    public IEnumerable<(int Cut, byte[] Database, byte[] Log)> Cuts(
        (byte[] Database, byte[] Log) before,
        IEnumerable<int> cuts,
        Random random,
        bool honoursSync = true
    )
    {
        var (database, log) = (new Image(before.Database), new Image(before.Log));
        var next = 0;
        foreach (var cut in cuts)
        {
            for (; next < cut; next++)
            {
                var call = _calls[next];
                (call.IsLog ? log : database).Do(call, honoursSync);
            }

            yield return (cut, database.Left(random), log.Left(random));
        }
    }

    private static Call Parse(Match match)
    {
        var bytes = match.Groups["data"].Success
            ? Convert.FromHexString(match.Groups["data"].Value.Replace("\\x", ""))
            : null;
        long[] numbers =
        [
            .. match.Groups["number"].Captures.Select(one => long.Parse(one.Value, CultureInfo.InvariantCulture)),
        ];
        Assert.True(bytes is null || bytes.Length == numbers[0], "strace cut a write short.");
        return new Call(
            DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(match.Groups["at"].Value, CultureInfo.InvariantCulture)),
            IsLog: match.Groups["path"].Value.EndsWith(@"\x2d\x77\x61\x6c", StringComparison.Ordinal),
            bytes,
            match.Groups["name"].Value.EndsWith("sync", StringComparison.Ordinal) ? null : numbers[^1]
        );
    }

    [GeneratedRegex(
        @"^\d+ +(?<at>[\d.]+) (?<name>pwrite64|fdatasync|fsync|ftruncate)\(\d+<(?<path>[^>]*)>"
            + """(?:, "(?<data>[^"]*)")?(?:, (?<number>\d+))*"""
    )]
    private static partial Regex Entry();

    [GeneratedRegex(@"^\d+ +[\d.]+ <\.\.\. \w+ resumed>")]
    private static partial Regex Resumed();

    /// <param name="Bytes">What was written; null: nothing was.</param>
    /// <param name="Number">Where it was written, or the new length; null: the file was synced.</param>
    private sealed record Call(DateTimeOffset At, bool IsLog, byte[]? Bytes, long? Number);

    /// <summary>A file: what is on the disk for sure, and what is on the way.</summary>
    private sealed class Image(byte[] start)
    {
        private readonly List<Call> _pending = [];
        private byte[] _durable = start;
        private int _length = start.Length;

        public void Do(Call call, bool honoursSync)
        {
            if (call.Number is not null)
            {
                _pending.Add(call);
            }
            else if (honoursSync)
            {
                _pending.ForEach(one => Apply(ref _durable, ref _length, one));
                _pending.Clear();
            }
        }

        public byte[] Left(Random random)
        {
            var (left, length) = ((byte[])_durable.Clone(), _length);
            // Half of the cuts leave a beginning of what was on the way, as most disks do; the others anything.
            var inOrder = random.Next(2) == 0 ? random.Next(_pending.Count + 1) : -1;
            foreach (var (i, call) in _pending.Index())
            {
                var fate = inOrder >= 0 ? (i < inOrder ? 0 : 1) : random.Next(3);
                if (fate != 1)
                {
                    Apply(ref left, ref length, fate == 0 || call.Bytes is null ? call : Torn(call, random));
                }
            }

            return left[..length];
        }

        private static Call Torn(Call call, Random random) =>
            call with
            {
                Bytes = call.Bytes![..(random.Next(call.Bytes.Length / Sector + 1) * Sector)],
            };

        private static void Apply(ref byte[] file, ref int length, Call call)
        {
            if (call.Bytes is not { } bytes)
            {
                Grow(ref file, (int)call.Number!.Value);
                length = (int)call.Number.Value;
                file.AsSpan(length).Clear();
                return;
            }

            var end = (int)call.Number!.Value + bytes.Length;
            Grow(ref file, end);
            bytes.CopyTo(file, (int)call.Number.Value);
            length = Math.Max(length, end);
        }

        private static void Grow(ref byte[] file, int length)
        {
            if (file.Length < length)
            {
                Array.Resize(ref file, Math.Max(length, file.Length * 2));
            }
        }
    }
}
