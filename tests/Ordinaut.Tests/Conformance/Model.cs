using System.Collections.Immutable;
using System.Globalization;

namespace Ordinaut.Tests.Conformance;

/// <summary>
/// What the store should hold, in a few pages without a database: no rows, no locks, one thing after another.
/// Whatever nodes do at once must come out as some order of it does here.
/// </summary>
internal sealed class Model
{
    public const int Lease = 30;

    public DateTimeOffset Now { get; set; }

    public ImmutableDictionary<Guid, ModelTask> Tasks { get; set; } = ImmutableDictionary<Guid, ModelTask>.Empty;

    public ImmutableDictionary<Guid, ModelRun> Live { get; set; } = ImmutableDictionary<Guid, ModelRun>.Empty;

    public ImmutableDictionary<Guid, ModelRun> Ended { get; set; } = ImmutableDictionary<Guid, ModelRun>.Empty;

    public ImmutableDictionary<(Guid Task, DateTimeOffset At, string Key), ModelLine> Ledger { get; set; } =
        ImmutableDictionary<(Guid, DateTimeOffset, string), ModelLine>.Empty;

    public ImmutableHashSet<(Guid Run, int Attempt, long Epoch)> Attempts { get; set; } = [];

    public ImmutableDictionary<string, DateTimeOffset> Dedupes { get; set; } =
        ImmutableDictionary<string, DateTimeOffset>.Empty;

    /// <summary>Audit rows by action and events by topic, how many of each.</summary>
    public ImmutableSortedDictionary<string, int> Told { get; set; } =
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>Every lease ever given: a worker may speak up long after it lost its own.</summary>
    public ImmutableList<ModelClaim> Claims { get; set; } = [];

    public int RunsMade { get; set; }

    public int TasksMade { get; set; }

    public Model Clone() => (Model)MemberwiseClone();

    public IReadOnlyList<ModelTask> TasksInOrder => [.. Tasks.Values.OrderBy(task => task.Number)];

    public IReadOnlyList<ModelRun> RunsInOrder => [.. Live.Values.Concat(Ended.Values).OrderBy(run => run.Number)];

    public void Put(ModelTask task) => Tasks = Tasks.SetItem(task.Id, task);

    public void Put(ModelRun run) => Live = Live.SetItem(run.Id, run);

    public void Audit(string action) => Count($"audit {action}");

    public void Publish(string topic) => Count($"event {topic}");

    /// <summary>What every change of a task leaves besides the change.</summary>
    public void Tell(string action)
    {
        Audit(action);
        Publish(action);
    }

    /// <summary>All that can be seen of it, a line for each row, as <see cref="Snapshot"/> reads a database.</summary>
    public IEnumerable<string> Lines() =>
        Tasks
            .Values.Select(Line)
            .Concat(Live.Values.Select(Line))
            .Concat(Ended.Values.Select(EndLine))
            .Concat(Ledger.Values.Select(Line))
            .Concat(Told.Select(told => $"{told.Key} x{told.Value}"))
            .Concat(Attempts.Select(attempt => $"attempt {attempt.Run:N} {attempt.Attempt} epoch {attempt.Epoch}"))
            .Concat(Dedupes.Select(dedupe => $"dedupe {dedupe.Key} {At(dedupe.Value)}"))
            .Order(StringComparer.Ordinal);

    public static string At(DateTimeOffset? instant) =>
        instant?.UtcDateTime.ToString("dd HH:mm:ss.FFF", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>Keys with an id that nobody outside learns are told by what they begin with.</summary>
    public static string KeyOf(string key) =>
        key.StartsWith("event:", StringComparison.Ordinal) ? key : key.Split(':', 2)[0];

    private static string Line(ModelTask task) =>
        $"task {task.Id:N} {task.Status} v{task.Version} nominal {At(task.Nominal)} due {At(task.Due)} "
        + $"snoozed {At(task.SnoozedUntil)}";

    private static string Line(ModelRun run) =>
        $"live {run.Id:N} of {run.Task:N} v{run.Version} {At(run.At)} {KeyOf(run.Key)} {run.Stand} p{run.Urgency} "
        + $"due {At(run.Due)} limit {run.Limit} epoch {run.Epoch} attempt {run.Attempt} deaths {run.Deaths} "
        + $"cancel {(run.IsCancelWanted ? 1 : 0)} {run.Owner} {At(run.Until)}";

    private static string EndLine(ModelRun run) =>
        $"ended {run.Id:N} of {run.Task:N} v{run.Version} {At(run.At)} {KeyOf(run.Key)} {run.End} epoch {run.Epoch} "
        + $"attempt {run.Attempt} {run.Code}";

    private static string Line(ModelLine line) =>
        $"line {line.Task:N} {At(line.At)} {KeyOf(line.Key)} run {line.Run:N} {line.Reason} {At(line.Through)} "
        + $"x{line.Count}";

    private void Count(string what) => Told = Told.SetItem(what, Told.GetValueOrDefault(what) + 1);
}
