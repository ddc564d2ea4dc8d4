using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>The SQL of table <c>audit_block</c>, and of the log as it is sealed.</summary>
internal static class AuditBlockStore
{
    private const string Columns =
        "number, from_tx, until_tx, tx_offset, lines, previous, hash, signature, at from audit_block";

    private const string SelectLast = $"select {Columns} order by number desc limit 1";

    private const string SelectAfter = $"select {Columns} where number > @number order by number limit @limit";

    // Who else sealed the same meanwhile has won.
    private const string Insert = """
        insert into audit_block (number, from_tx, until_tx, tx_offset, lines, previous, hash, signature, at)
        values (@number, @from_tx, @until_tx, @tx_offset, @lines, @previous, @hash, @signature, @at)
        on conflict (number) do nothing
        """;

    private const string SelectLines = """
        select tx, id, actor_id, action, noun, subject_id, owner_id, request_id, detail, at from audit
        where tx >= @from_tx and tx < @until_tx order by tx, id
        """;

    // Cut where a transaction ends, since all of one is in one block.
    private const string SelectCut = """
        select tx from audit where tx >= @from_tx and tx < @until_tx order by tx limit 1 offset @limit
        """;

    // The writer is alone: what there is is all there will be below.
    private const string SelectEdge = "select coalesce(max(tx), 0) + 1 from audit";

    // Below the oldest transaction that still runs all have ended.
    private const string SelectSharedEdge = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

    private const string Count = "select count(*) from audit where tx >= @from_tx and tx < @until_tx";

    // The last of those that are old enough stays: the chain hangs on it.
    private const string SelectAnchorAt = "select at from audit_block where at < @before order by at desc limit 1";

    private const string DeleteBlocks = """
        delete from audit_block where number < (
          select number from audit_block where at < @before order by at desc limit 1)
        """;

    private const string DeleteLines = """
        delete from audit where id in (
          select id from audit
          where tx < (select from_tx from audit_block order by number limit 1) order by tx limit @limit)
        """;

    public static ValueTask<AuditBlock?> Last(Session session) => session.First(SelectLast, Read);

    public static ValueTask<List<AuditBlock>> After(Session session, long number, int limit) =>
        session.Query(SelectAfter, Read, ("number", number), ("limit", limit));

    /// <summary>Whether it is the next block; another may have been sealed meanwhile.</summary>
    public static async ValueTask<bool> Add(Session session, AuditBlock block) =>
        await session.Execute(
            Insert,
            ("number", block.Number),
            ("from_tx", block.FromTx),
            ("until_tx", block.UntilTx),
            ("tx_offset", block.TxOffset),
            ("lines", block.Lines),
            ("previous", block.Previous),
            ("hash", block.Hash),
            ("signature", block.Signature),
            ("at", block.At)
        ) == 1;

    public static ValueTask<List<AuditLine>> Lines(Session session, long fromTx, long untilTx) =>
        session.Query(
            SelectLines,
            row => new AuditLine(
                row.Long(0),
                row.Id(1),
                row.Id(2),
                row.Text(3),
                row.Text(4),
                row.Text(5),
                row.IdOrNull(6),
                row.TextOrNull(7),
                row.TextOrNull(8),
                row.Instant(9)
            ),
            ("from_tx", fromTx),
            ("until_tx", untilTx)
        );

    /// <summary>Where to end a block so that it has about so many lines; null when there are not more.</summary>
    public static async ValueTask<long?> Cut(Session session, long fromTx, long untilTx, int limit)
    {
        var cut = await session.First(
            SelectCut,
            row => (long?)row.Long(0),
            ("from_tx", fromTx),
            ("until_tx", untilTx),
            ("limit", limit)
        );
        return cut == fromTx ? fromTx + 1 : cut;
    }

    /// <summary>The first number of a transaction that may still write, by the database's own count.</summary>
    public static ValueTask<long> Edge(Session session, bool isShared) =>
        session.First(isShared ? SelectSharedEdge : SelectEdge, row => row.Long(0));

    public static ValueTask<long> CountLines(Session session, long fromTx, long untilTx) =>
        session.First(Count, row => row.Long(0), ("from_tx", fromTx), ("until_tx", untilTx));

    /// <summary>When the block was sealed that the chain will begin with; null while nothing is old enough.</summary>
    public static ValueTask<DateTimeOffset?> AnchorAt(Session session, DateTimeOffset before) =>
        session.First(SelectAnchorAt, row => (DateTimeOffset?)row.Instant(0), ("before", before));

    /// <summary>
    /// Removes blocks that were sealed before an instant, but the last of them, and then lines that no block holds.
    /// Returns how many lines.
    /// </summary>
    public static async ValueTask<int> RemovePast(Session session, DateTimeOffset before, int limit)
    {
        await session.Execute(DeleteBlocks, ("before", before));
        return await session.Execute(DeleteLines, ("limit", limit));
    }

    private static AuditBlock Read(Row row) =>
        new(
            row.Long(0),
            row.Long(1),
            row.Long(2),
            row.Long(3),
            row.Int(4),
            row.Bytes(5),
            row.Bytes(6),
            row.Text(7),
            row.Instant(8)
        );
}
