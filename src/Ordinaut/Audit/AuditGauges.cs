using Ordinaut.Store;

namespace Ordinaut.Audit;

/// <summary>Whether the log is sealed as it is written.</summary>
internal static class AuditGauges
{
    private const string SelectUnsealed = """
        select at from audit where tx >= (select coalesce(max(until_tx), 0) from audit_block) order by tx limit 1
        """;

    public static IEnumerable<StateGauge> All =>
        [
            StateGauge.Age(
                "ordinaut.audit.unsealed.age",
                "How long ago the line of the audit log was written that waits longest for its seal.",
                async session => await session.First(SelectUnsealed, row => (DateTimeOffset?)row.Instant(0))
            ),
        ];
}
