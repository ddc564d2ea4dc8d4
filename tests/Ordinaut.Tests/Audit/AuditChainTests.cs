using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Audit;

/// <summary>The chain on PostgreSQL: many write at once, transactions last, and a dump is restored elsewhere.</summary>
public sealed class AuditChainTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Caller Admin = new(Guid.Empty, Scope.Admin);

    private readonly string _address = PostgresServer.NewDatabase();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-audit-");
    private readonly Ids _ids = new(TimeProvider.System, new Random(7));
    private readonly Db _db;

    public AuditChainTests() => _db = Task.Run(() => Open(_address)).GetAwaiter().GetResult();

    public void Dispose()
    {
        _db.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_line_whose_transaction_lasts_is_sealed_when_it_has_ended_and_nothing_is_missed()
    {
        var keys = await SigningKeys.Load(_db, _ids, new KeyRing(new GivenKeys([])));
        var sealer = Sealer(_db, keys);
        var slow = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var late = _db.Write(async session =>
        {
            await Append(session, "late");
            await session.Execute("select 1");
            begun.SetResult();
            await slow.Task;
        });
        await begun.Task;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => _db.Write(session => Append(session, $"{n}"))));
        await sealer.DoBatch();
        slow.SetResult();
        await late;

        var verdict = await UntilSealed(_db, sealer);

        Assert.True(verdict.Intact);
        Assert.Equal(21, verdict.Lines);
    }

    [Fact]
    public async Task Two_nodes_that_seal_at_once_make_one_chain()
    {
        var keys = await SigningKeys.Load(_db, _ids, new KeyRing(new GivenKeys([])));
        for (var round = 0; round < 5; round++)
        {
            await _db.Write(session => Append(session, $"{round}"));
            await Task.WhenAll(Sealer(_db, keys).DoBatch(), Sealer(_db, keys).DoBatch());
        }

        Assert.True((await UntilSealed(_db, Sealer(_db, keys))).Intact);
    }

    [Fact]
    public async Task In_a_database_restored_from_a_dump_the_chain_goes_on()
    {
        var keys = await SigningKeys.Load(_db, _ids, new KeyRing(new GivenKeys([])));
        await _db.Write(session => Append(session, "before"));
        await UntilSealed(_db, Sealer(_db, keys));
        // As another cluster would have it: there, transactions are counted lower than those that were sealed.
        await Execute("alter table audit_block disable trigger all");
        await Execute(
            "update audit_block set until_tx = until_tx + 1000000, from_tx = from_tx + 1000000 where number > 1"
        );
        await Execute("update audit_block set until_tx = until_tx + 1000000 where number = 1");
        var forged = await _db.Read(AuditBlockStore.Last);
        var lines = await _db.Read(session => AuditBlockStore.Lines(session, forged!.FromTx, forged.UntilTx));
        var hash = forged!.HashOf(lines);
        await Execute(
            $"update audit_block set hash = '\\x{Convert.ToHexString(hash)}', signature = '{keys.Sign(hash)}' "
                + $"where number = {forged.Number}"
        );

        await AuditSealer.Continue(_db, keys);
        await _db.Write(session => Append(session, "after"));

        var verdict = await UntilSealed(_db, Sealer(_db, keys));
        Assert.True(verdict.Intact, string.Join('\n', verdict.Faults));
        Assert.Equal(2, verdict.Lines);
    }

    [Fact]
    public async Task What_is_written_cannot_be_changed_and_what_is_sealed_not_deleted()
    {
        var keys = await SigningKeys.Load(_db, _ids, new KeyRing(new GivenKeys([])));
        await _db.Write(session => Append(session, "a"));
        await UntilSealed(_db, Sealer(_db, keys));

        string[] changes =
        [
            "update audit set noun = 'x'",
            "delete from audit",
            "truncate audit",
            "update audit_block set lines = 0",
            "truncate audit_block",
        ];
        foreach (var sql in changes)
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => Execute(sql));
            Assert.Matches("what was (written|sealed) stays", refused.Message);
        }
    }

    private static Task<Db> Open(string address) => Db.Open(new PostgresSettings(address), TimeProvider.System);

    private AuditSealer Sealer(Db db, SigningKeys keys) =>
        new(
            db,
            keys,
            new AuditHeads(_folder.FullName, TimeProvider.System, NullLogger<AuditHeads>.Instance),
            TimeProvider.System,
            NullLogger<AuditSealer>.Instance
        );

    private ValueTask Append(Session session, string subject) =>
        new AuditLog(_ids).Append(session, Admin, new AuditEntry("task.created", "task", subject, null));

    /// <summary>Others' transactions on the same server hold sealing up for a moment.</summary>
    private static async Task<AuditVerdict> UntilSealed(Db db, AuditSealer sealer)
    {
        var verifier = new AuditVerifier(db, TimeSpan.FromDays(1));
        await Campaign.Until(
            "all is sealed",
            Patience,
            async () =>
            {
                await sealer.DoBatch();
                return (await verifier.Verify(Admin, [])).OpenLines == 0;
            }
        );
        return await verifier.Verify(Admin, []);
    }

    private async Task Execute(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_address);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
