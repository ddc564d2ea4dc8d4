using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>Holds the audit log against the blocks it was sealed in, and these against heads that were kept.</summary>
/// <param name="keep">How long lines are kept; what is younger must be there.</param>
internal sealed class AuditVerifier(Db db, TimeSpan keep)
{
    /// <summary>How many faults are told; where there are more, the first show where to look.</summary>
    public const int MaxFaults = 100;

    private const int BlocksAtOnce = 100;

    /// <param name="head">A head from outside the database as <c>number:hash</c>; null for none.</param>
    /// <exception cref="Problem">It is no head.</exception>
    public Task<AuditVerdict> Verify(Caller caller, string? head) =>
        Verify(caller, head is null ? [] : [AuditHeads.Parse(head)]);

    /// <summary>Reads all of the log that is kept.</summary>
    /// <param name="kept">Heads from outside the database, in any order; may be empty.</param>
    public async Task<AuditVerdict> Verify(Caller caller, IReadOnlyList<AuditHead> kept)
    {
        caller.Require(Scope.Admin);
        var walk = new Walk(await Signatures.Read(db), kept, db.Now() - keep);
        while (true)
        {
            var blocks = await db.Read(session => AuditBlockStore.After(session, walk.Last?.Number ?? 0, BlocksAtOnce));
            if (blocks.Count == 0)
            {
                break;
            }

            foreach (var block in blocks)
            {
                var lines = await db.Read(session => AuditBlockStore.Lines(session, block.FromTx, block.UntilTx));
                walk.Step(block, lines);
            }
        }

        var (from, until) = (walk.First?.FromTx ?? 0, walk.Last?.UntilTx ?? 0);
        var older = await db.Read(session => AuditBlockStore.CountLines(session, long.MinValue, from));
        var open = await db.Read(session => AuditBlockStore.CountLines(session, until, long.MaxValue));
        return walk.End(older, open);
    }

    /// <summary>From block to block; each must follow the one before.</summary>
    private sealed class Walk(Signatures signatures, IReadOnlyList<AuditHead> kept, DateTimeOffset past)
    {
        private readonly Dictionary<long, AuditHead> _kept = kept.GroupBy(head => head.Number)
            .ToDictionary(same => same.Key, same => same.First());

        private readonly List<AuditFault> _faults = [];
        private long _blocks;
        private long _lines;

        public AuditBlock? First { get; private set; }

        public AuditBlock? Last { get; private set; }

        public void Step(AuditBlock block, List<AuditLine> lines)
        {
            if (Last is { } last && block.Number != last.Number + 1)
            {
                Fault(last.Number + 1, last.At, $"missing: the next one is {block.Number}");
            }
            else if (Last is { } before && (block.FromTx != before.UntilTx || !IsSame(block.Previous, before.Hash)))
            {
                Fault(block.Number, block.At, "does not follow the block before it");
            }

            if (First is null && block.Number > 1)
            {
                // The last that was old enough to go: the chain hangs on it, and its lines may be gone.
                if (block.At >= past)
                {
                    Fault(block.Number, block.At, "is the first that is there, and too young to be");
                }
            }
            else if (lines.Count != block.Lines)
            {
                Fault(block.Number, block.At, $"{block.Lines} lines were sealed and {lines.Count} are there");
            }
            else if (!IsSame(block.HashOf(lines), block.Hash))
            {
                Fault(block.Number, block.At, "its lines are not what was sealed");
            }

            if (signatures.Fault(block.Hash, block.Signature, block.At) is { } fault)
            {
                Fault(block.Number, block.At, fault);
            }

            if (_kept.Remove(block.Number, out var head) && head.Hash != Convert.ToHexStringLower(block.Hash))
            {
                Fault(block.Number, block.At, "is not the block whose head was kept");
            }

            First ??= block;
            Last = block;
            _blocks++;
            _lines += lines.Count;
        }

        public AuditVerdict End(long older, long open)
        {
            foreach (var head in _kept.Values.Where(head => head.Number > (Last?.Number ?? 0)))
            {
                Fault(head.Number, head.At, "missing: its head was kept, and the log ends before it");
            }

            if (First is { Number: 1 } first && older > 0)
            {
                Fault(1, first.At, $"{older} lines lie before it, and it is the first");
            }

            var last = Last is null ? null : AuditHeads.View(Last);
            return new AuditVerdict(_faults.Count == 0, _blocks, _lines, open, older, last, _faults);
        }

        private static bool IsSame(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);

        private void Fault(long block, DateTimeOffset at, string what)
        {
            if (_faults.Count < MaxFaults)
            {
                _faults.Add(new AuditFault(block, at, what));
            }
        }
    }
}
