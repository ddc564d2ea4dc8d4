using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Audit;

/// <summary>
/// Figure 14, audit: whoever has the whole database in his hands, and even the keys, changes nothing that was sealed
/// without being found, given one head that was copied elsewhere.
/// </summary>
public sealed class AuditChainFigure(ITestOutputHelper output)
{
    private const int Blocks = 12;
    private const int Edits = 4;

    /// <summary>A change of one line, chosen by its place; <c>@word</c> makes it unlike what was there.</summary>
    private static readonly string[] OfLine =
    [
        "update audit set id = @other where tx = @tx",
        "update audit set actor_id = @other where tx = @tx",
        "update audit set owner_id = case when owner_id is null then @other end where tx = @tx",
        "update audit set action = action || 'x' where tx = @tx",
        "update audit set noun = 'agent' || @word where tx = @tx",
        "update audit set subject_id = '' || @word where tx = @tx",
        "update audit set request_id = 'r' || @word where tx = @tx",
        "update audit set detail = coalesce(detail, '') || ' ' where tx = @tx",
        "update audit set at = at - 1 where tx = @tx",
        "update audit set tx = tx + 1000000 where tx = @tx",
        "delete from audit where tx = @tx",
        """
            insert into audit (tx, id, actor_id, action, noun, subject_id, at)
            select -tx, @other, actor_id, action, noun, subject_id, at from audit where tx = @tx
            """,
    ];

    private static readonly string[] OfBlock =
    [
        "update audit_block set lines = lines + 1 where number = @number",
        "update audit_block set from_tx = from_tx + 1 where number = @number",
        "update audit_block set until_tx = until_tx - 1 where number = @number",
        "update audit_block set tx_offset = tx_offset + 1 where number = @number",
        "update audit_block set previous = randomblob(32) where number = @number",
        "update audit_block set hash = zeroblob(32) where number = @number",
        "update audit_block set signature = 'x' || signature where number = @number",
        "update audit_block set at = at - 1 where number = @number",
        "delete from audit_block where number = @number",
        // The beginning, or the end, as if it had never been.
        "delete from audit_block where number <= @number",
        "delete from audit_block where number >= @number",
        "delete from audit_block",
    ];

    [Fact]
    public void Whatever_is_tampered_with_is_found() =>
        Story.Play(async core =>
        {
            var chain = await Chain.Of(core);
            var random = new Random(Campaign.Seed);
            var tamperings = Campaign.Rounds(200, 1_000);
            var found = 0;
            for (var n = 0; n < tamperings; n++)
            {
                await chain.Restore();
                var what = await chain.Tamper(random, n);
                var verdict = await chain.Verifier.Verify(core.Admin, [chain.Kept]);
                Assert.False(verdict.Intact, what);
                found++;
            }

            await chain.Restore();
            Assert.True((await chain.Verifier.Verify(core.Admin, [chain.Kept])).Intact);
            Campaign.Print(output, "Figure 14, audit", $"{found} of {tamperings} tamperings found");
        });

    [Fact]
    public void Who_has_the_keys_and_seals_all_of_it_anew_is_found_by_one_head_that_was_kept() =>
        Story.Play(async core =>
        {
            var chain = await Chain.Of(core);
            await core.Db.Write(async session =>
            {
                await session.Execute("update audit set action = 'task.paused' where tx = 3");
                await session.Execute("delete from audit_block");
            });
            while (await chain.Sealer.DoBatch()) { }

            // By itself it is a chain as good as any.
            Assert.True((await chain.Verifier.Verify(core.Admin, [])).Intact);
            Assert.False((await chain.Verifier.Verify(core.Admin, [chain.Kept])).Intact);
        });

    [Fact]
    public void What_is_written_cannot_be_changed_and_what_is_sealed_not_deleted() =>
        Story.Play(async core =>
        {
            var chain = await Chain.Of(core, withTriggers: true);
            foreach (var sql in new[] { "update audit set noun = noun", "delete from audit where tx = 1" })
            {
                await Assert.ThrowsAnyAsync<Exception>(() =>
                    core.Db.Write(async session => await session.Execute(sql))
                );
            }

            Assert.True((await chain.Verifier.Verify(core.Admin, [chain.Kept])).Intact);
        });

    [Fact]
    public void What_was_kept_long_enough_goes_with_its_blocks_and_the_rest_is_whole() =>
        Story.Play(async core =>
        {
            var chain = await Chain.Of(core, withTriggers: true);
            var keep = AuditHeads.Interval * 5;
            await core.Db.Write(session => AuditBlockStore.RemovePast(session, session.Now - keep, int.MaxValue));
            var first = Assert.Single(await core.Db.Read(session => AuditBlockStore.After(session, 0, 1)));

            Assert.Equal(Blocks - 6, first.Number);
            var verifier = new AuditVerifier(core.Db, keep);
            Assert.True((await verifier.Verify(core.Admin, [chain.Kept])).Intact);
            // To a log that is to be kept for longer, its beginning is missing.
            Assert.False((await chain.Verifier.Verify(core.Admin, [])).Intact);
        });

    /// <summary>A log in several blocks, and a copy of both to begin again from.</summary>
    private sealed class Chain(CoreBundle core, SigningKeys keys, AuditSealer sealer, AuditVerifier verifier)
    {
        private long _lines;

        public SigningKeys Keys => keys;

        public AuditSealer Sealer => sealer;

        public AuditVerifier Verifier => verifier;

        /// <summary>What was copied elsewhere.</summary>
        public AuditHead Kept { get; private set; } = null!;

        public static async Task<Chain> Of(CoreBundle core, bool withTriggers = false)
        {
            var keys = await SigningKeys.Load(core.Db, core.Ids, new KeyRing(new GivenKeys([])));
            var folder = Directory.CreateTempSubdirectory("ordinaut-audit-").FullName;
            try
            {
                var heads = new AuditHeads(folder, core.Clock, NullLogger<AuditHeads>.Instance);
                var sealer = new AuditSealer(core.Db, keys, heads, core.Clock, NullLogger<AuditSealer>.Instance);
                var chain = new Chain(core, keys, sealer, new AuditVerifier(core.Db, TimeSpan.FromDays(365)));
                await chain.Fill(withTriggers);
                chain.Kept = (await AuditHeads.Read(Path.Combine(folder, AuditHeads.FileName)))[^1];
                return chain;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        public Task Restore() =>
            core.Db.Write(async session =>
            {
                foreach (var table in new[] { "audit", "audit_block" })
                {
                    await session.Execute($"delete from {table}");
                    await session.Execute($"insert into {table} select * from {table}_copy");
                }
            });

        /// <summary>Does one damage, chosen at random, and says which.</summary>
        public async Task<string> Tamper(Random random, int n)
        {
            var ofLine = random.Next(2) == 0;
            var sql = (ofLine ? OfLine : OfBlock)[n % OfLine.Length];
            var place = ofLine ? random.NextInt64(_lines) + 1 : random.Next(Blocks) + 1;
            var other = new byte[16];
            random.NextBytes(other);
            var values = new Dictionary<string, Arg>
            {
                ["tx"] = ("tx", place),
                ["number"] = ("number", place),
                ["word"] = ("word", n),
                ["other"] = ("other", other),
            };
            var named = values.Where(value => sql.Contains($"@{value.Key}", StringComparison.Ordinal));
            Arg[] args =
            [
                .. named.OrderBy(v => sql.IndexOf($"@{v.Key}", StringComparison.Ordinal)).Select(v => v.Value),
            ];
            await core.Db.Write(async session => await session.Execute(sql, args));
            return $"{sql} at {place}";
        }

        private async Task Fill(bool withTriggers)
        {
            for (var block = 0; block < Blocks; block++)
            {
                var task = await core.Tasks.Create(core.Ann, Idle());
                for (var edit = 0; edit < Edits; edit++)
                {
                    await core.Tasks.Patch(core.Ann, task.Id, Json.Parse($$"""{"title": "{{edit}}"}"""), null);
                }

                await core.Advance(AuditHeads.Interval);
                Assert.True(await sealer.DoBatch());
                Assert.False(await sealer.DoBatch());
            }

            _lines = Blocks * (Edits + 1);
            await core.Db.Write(async session =>
            {
                if (!withTriggers)
                {
                    await session.Script(
                        "drop trigger audit_unchanged; drop trigger audit_kept; drop trigger audit_block_unchanged"
                    );
                }

                await session.Script(
                    """
                    create table audit_copy as select * from audit;
                    create table audit_block_copy as select * from audit_block
                    """
                );
            });
        }
    }
}
