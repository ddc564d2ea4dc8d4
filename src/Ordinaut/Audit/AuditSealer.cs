using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>
/// Loop: ties what the audit log has gained to the chain of blocks, and now and then writes the head of the chain to
/// where the database's owner cannot quietly change it: a file, and the program's own log.
/// </summary>
internal sealed partial class AuditSealer(
    Db db,
    SigningKeys keys,
    AuditHeads heads,
    TimeProvider clock,
    ILogger<AuditSealer> log
) : BackgroundService
{
    /// <summary>About how many lines one block takes.</summary>
    public const int BlockSize = 5_000;

    /// <summary>How long a line may stay unsealed when nothing hinders.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Of many nodes that start at once one raises the offset; see AuditBlock.TxOffset.
    private const string TakeTurn = "lock table audit_block in share row exclusive mode";

    /// <summary>Seals one block; says whether there was anything to seal.</summary>
    public async Task<bool> DoBatch()
    {
        var isShared = db.IsShared;
        var (block, last) = await db.Read(async session =>
        {
            // The edge first: what is below it then is all there when it is read.
            var edge = await AuditBlockStore.Edge(session, isShared);
            var before = await AuditBlockStore.Last(session);
            var from = before?.UntilTx ?? 0;
            var offset = before?.TxOffset ?? 0;
            edge += offset;
            var until = await AuditBlockStore.Cut(session, from, edge, BlockSize) ?? edge;
            var lines = await AuditBlockStore.Lines(session, from, until);
            return (lines.Count == 0 ? null : AuditBlock.After(before, until, offset, lines, session.Now), before);
        });
        if (block is null)
        {
            await heads.Tell(last);
            return false;
        }

        block = block with { Signature = keys.Sign(block.Hash) };
        if (await db.Write(session => AuditBlockStore.Add(session, block)))
        {
            await heads.Tell(block);
        }

        return true;
    }

    /// <summary>
    /// Before anything is written: in a database restored from a dump, transactions are counted from the beginning;
    /// their numbers must go on behind those that are sealed.
    /// </summary>
    public static Task Continue(Db db, SigningKeys keys) =>
        db.IsShared
            ? db.Write(
                async session =>
                {
                    await session.Lock(TakeTurn);
                    var edge = await AuditBlockStore.Edge(session, isShared: true);
                    if (await AuditBlockStore.Last(session) is { } last && edge + last.TxOffset < last.UntilTx)
                    {
                        var offset = last.UntilTx - edge;
                        var number = $"pg_current_xact_id()::text::bigint + {offset}";
                        await session.Script($"alter table audit alter column tx set default ({number})");
                        var block = AuditBlock.After(last, last.UntilTx, offset, [], session.Now);
                        await AuditBlockStore.Add(session, block with { Signature = keys.Sign(block.Hash) });
                    }
                },
                Lane.Upkeep
            )
            : Task.CompletedTask;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(log, "audit_sealer"), Interval, clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        while (await DoBatch())
        {
            ct.ThrowIfCancellationRequested();
        }

        await Task.Delay(Interval, clock, ct);
    }
}
