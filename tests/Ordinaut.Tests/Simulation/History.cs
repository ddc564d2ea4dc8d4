using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ordinaut.Store;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// Everything that was ever committed, in the order of its commit. Triggers write it, so that it tells what became
/// durable, not what the code under test believes it did.
/// </summary>
internal static class History
{
    private const string Table = """
        create table history (
          seq integer primary key, kind text, run blob, task blob, text1 text, text2 text, text3 text,
          n1 integer, n2 integer, n3 integer, n4 integer, n5 integer, n6 integer)
        """;

    private const string Columns = "(kind, run, task, text1, text2, text3, n1, n2, n3, n4, n5, n6)";

    private const string QueueRow = """
        new.run_id, new.task_id, new.occurrence_key, hex(new.slot), new.lease_owner,
        new.state, new.epoch, new.leased_until, new.scheduled_for, new.slot_limit, new.attempt
        """;

    private static readonly string[] Triggers =
    [
        $"after insert on queue begin insert into history {Columns} select 'queue+', {QueueRow}; end",
        $"after update on queue begin insert into history {Columns} select 'queue~', {QueueRow}; end",
        $"""
            after delete on queue begin insert into history {Columns}
            select 'queue-', old.run_id, old.task_id, old.occurrence_key, hex(old.slot), old.lease_owner,
            old.state, old.epoch, old.leased_until, old.scheduled_for, old.slot_limit, old.attempt; end
            """,
        $"""
            after insert on run begin insert into history {Columns}
            select 'run+', new.id, new.task_id, new.occurrence_key, new.state, new.error_code,
            new.attempt, new.epoch, new.finished_at, new.scheduled_for, null, null; end
            """,
        $"""
            after delete on run begin insert into history {Columns}
            select 'run-', old.id, old.task_id, old.occurrence_key, old.state, old.error_code,
            old.attempt, old.epoch, old.finished_at, old.scheduled_for, null, null; end
            """,
        $"""
            after insert on attempt begin insert into history {Columns}
            select 'attempt', new.run_id, null, new.error_code, new.lease_owner, null,
            new.attempt, new.epoch, new.ended_at, new.retry_at, null, null; end
            """,
        Step("insert"),
        Step("update"),
        Occurrence("insert"),
        Occurrence("update"),
        Task("insert"),
        Task("update"),
        $"""
            after delete on task begin insert into history {Columns}
            select 'task-', null, old.id, old.status, old.kind, old.topic_head,
            old.version, old.next_nominal, old.next_due, old.updated_at, old.created_at, null; end
            """,
        $"""
            after insert on task_version begin insert into history {Columns}
            select 'version', null, new.task_id, new.settings, null, null, new.version, new.created_at, null, null,
            null, null; end
            """,
        $"""
            after insert on event begin insert into history {Columns}
            select 'event', new.id, new.owner_id, new.topic, new.payload, new.source,
            new.triggered, new.created_at, new.depth, null, null, null; end
            """,
    ];

    private const string Select = $"""
        select kind, run, task, text1, text2, text3, n1, n2, n3, n4, n5, n6 from history order by seq
        """;

    public static async ValueTask Record(Session session)
    {
        await session.Execute(Table);
        for (var i = 0; i < Triggers.Length; i++)
        {
            await session.Execute($"create trigger history_{i} {Triggers[i]}");
        }
    }

    public static ValueTask<List<HistoryLine>> Read(Session session) => session.Query(Select, HistoryLine.Read);

    /// <summary>SHA-256 of all lines: two runs of one seed must agree to the last letter.</summary>
    public static string Hash(IEnumerable<HistoryLine> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line.ToString()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Step(string change) =>
        $"""
            after {change} on step begin insert into history {Columns}
            select 'step', new.run_id, null, new.id, new.uses, new.state,
            cast(new.place as integer), new.attempt, new.epoch, null, null, null; end
            """;

    private static string Occurrence(string change) =>
        $"""
            after {change} on occurrence begin insert into history {Columns}
            select 'occurrence', new.run_id, new.task_id, new.key, new.reason, null,
            new.scheduled_for, new.through, new.count, new.recorded_at, null, null; end
            """;

    private static string Task(string change) =>
        $"""
            after {change} on task begin insert into history {Columns}
            select 'task', null, new.id, new.status, new.kind, new.topic_head,
            new.version, new.next_nominal, new.next_due, new.updated_at, new.created_at, null; end
            """;
}

/// <summary>One committed change; what the columns hold depends on the kind, as the triggers say.</summary>
internal sealed record HistoryLine(string Kind, Guid? Run, Guid? Task)
{
    public required string?[] Text { get; init; }

    public required long?[] Number { get; init; }

    public static HistoryLine Read(Row row) =>
        new(row.Text(0), row.IdOrNull(1), row.IdOrNull(2))
        {
            Text = [row.TextOrNull(3), row.TextOrNull(4), row.TextOrNull(5)],
            Number =
            [
                row.LongOrNull(6),
                row.LongOrNull(7),
                row.LongOrNull(8),
                row.LongOrNull(9),
                row.LongOrNull(10),
                row.LongOrNull(11),
            ],
        };

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Kind} {Run:N} {Task:N} {string.Join('|', Text)} {string.Join('|', Number)}\n"
        );
}
