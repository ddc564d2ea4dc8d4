using Ordinaut.Schedules;
using Ordinaut.Tasks;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// Each nominal occurrence of each task, as the oracle counts them from the task's own history of schedules, has
/// exactly one place in the ledger: 0 lost, 0 double, 0 that no schedule names.
/// </summary>
internal sealed class LedgerCheck(IReadOnlyList<HistoryLine> lines, long end, Action<string> violate)
{
    private const long Second = 1_000_000;
    private const long CursorGrace = 5 * Second;

    private readonly Dictionary<Guid, TaskPast> _tasks = [];
    private readonly Dictionary<Guid, SortedDictionary<long, LedgerLine>> _ledger = [];

    /// <summary>Occurrences with a place in the ledger, of every source.</summary>
    public long Occurrences { get; private set; }

    public void Check()
    {
        ReadPast();
        foreach (var (id, past) in _tasks)
        {
            var ledger = _ledger.GetValueOrDefault(id) ?? [];
            Check(id, past, ledger);
        }
    }

    private void ReadPast()
    {
        var settings = lines
            .Where(line => line.Kind == "version")
            .ToDictionary(line => (line.Task!.Value, line.Number[0]), line => Json.Read<TaskSettings>(line.Text[0]!));
        Guid? deleted = null;
        foreach (var line in lines)
        {
            switch (line.Kind)
            {
                case "task":
                    Past(line).See(line, settings[(line.Task!.Value, line.Number[0])]);
                    break;
                case "task-":
                    deleted = line.Task;
                    break;
                case "event" when deleted is { } id:
                    // A deletion is told in its own transaction; the row it deletes does not say when.
                    _tasks[id].Close(line.Number[1]!.Value);
                    deleted = null;
                    break;
                case "occurrence":
                    Enter(line);
                    break;
            }
        }
    }

    private TaskPast Past(HistoryLine line)
    {
        if (!_tasks.TryGetValue(line.Task!.Value, out var past))
        {
            past = new TaskPast(line.Number[4]!.Value);
            _tasks.Add(line.Task.Value, past);
        }

        return past;
    }

    private void Enter(HistoryLine line)
    {
        var key = line.Text[0];
        if (key is not "")
        {
            Occurrences++;
            return;
        }

        if (!_ledger.TryGetValue(line.Task!.Value, out var ledger))
        {
            _ledger.Add(line.Task.Value, ledger = []);
        }

        var from = line.Number[0]!.Value;
        ledger[from] = new LedgerLine(from, line.Number[1], line.Number[2]!.Value, line.Text[1]);
    }

    private void Check(Guid id, TaskPast past, SortedDictionary<long, LedgerLine> ledger)
    {
        var expected = past.Expected(end).Select(second => second * Second).ToList();
        var found = 0L;
        var before = long.MinValue;
        foreach (var line in ledger.Values)
        {
            found += line.Count;
            var through = line.Through ?? line.From;
            // A check under way has no line yet, so a stretch may come to reach over its tick.
            if (line.From <= before && !past.IsCondition)
            {
                violate($"task {id} {past}: {line} begins before {At(before)}, where the line before it ends");
            }

            before = through;
            var covered = CountIn(expected, line.From, through);
            var isCounted = past.IsCondition ? line.Count <= covered : line.Count == covered;
            if (!isCounted || expected.BinarySearch(line.From) < 0 || expected.BinarySearch(through) < 0)
            {
                violate($"task {id} {past}: {line}; the oracle counts {covered}");
            }
        }

        Occurrences += found;
        if (past.IsCondition ? found > expected.Count : found != expected.Count)
        {
            var lost = expected.Where(at => !ledger.Values.Any(line => line.Covers(at))).Take(3).Select(At);
            violate($"task {id} {past}: {found} accounted for of {expected.Count}; lost {string.Join(", ", lost)}");
        }

        if (past.NextDue < end - CursorGrace)
        {
            violate($"task {id} {past}: was due at {At(past.NextDue!.Value)} and nobody looked");
        }
    }

    private static int CountIn(List<long> sorted, long from, long through) =>
        Math.Max(0, Place(sorted, through + 1) - Place(sorted, from));

    private static int Place(List<long> sorted, long value)
    {
        var index = sorted.BinarySearch(value);
        return index < 0 ? ~index : index;
    }

    private static string At(long microseconds) => Instants.Format(Instants.FromMicroseconds(microseconds));

    private readonly record struct LedgerLine(long From, long? Through, long Count, string? Reason)
    {
        public override string ToString() => $"[{At(From)} to {At(Through ?? From)} x {Count} {Reason ?? "run"}]";

        public bool Covers(long at) => at >= From && at <= (Through ?? From);
    }

    /// <summary>Which schedule a task had when.</summary>
    private sealed class TaskPast
    {
        private readonly long _createdAt;
        private readonly List<(TaskSettings Settings, long After, long Through)> _closed = [];
        private TaskSettings? _settings;
        private long _since;
        private long? _cursor;

        public long? NextDue { get; private set; }

        public bool IsCondition { get; private set; }

        public TaskPast(long createdAt) => (_createdAt, _since) = (createdAt, createdAt);

        public void See(HistoryLine line, TaskSettings settings)
        {
            var at = line.Number[3]!.Value;
            IsCondition |= settings.ScheduleKind == ScheduleKind.Condition;
            (_cursor, NextDue) = (line.Number[1], line.Number[2]);
            if (line.Text[0] == "canceled")
            {
                Close(at);
            }
            else if (_settings is null || !SameSchedule(_settings, settings))
            {
                Close(at);
                (_settings, _since) = (settings, at);
            }
        }

        public void Close(long at)
        {
            if (_settings is not null)
            {
                _closed.Add((_settings, _since, at));
            }

            (_settings, NextDue) = (null, null);
        }

        public IEnumerable<long> Expected(long end)
        {
            // What the cursor has not reached is still to come.
            var through = _cursor is { } next ? Math.Min(next - 1, end) : end;
            var open = _settings is null ? [] : new[] { (Settings: _settings, After: _since, Through: through) };
            return _closed
                .Concat(open)
                .Where(part => part.Settings.ScheduleKind != ScheduleKind.Event)
                .SelectMany(part => Oracle.Nominal(part.Settings, _createdAt, part.After, part.Through));
        }

        public override string ToString()
        {
            var all = _closed.Select(part => part.Settings).Append(_settings);
            return $"({string.Join(" then ", all.Select(settings => settings?.ScheduleExpr))})";
        }

        private static bool SameSchedule(TaskSettings a, TaskSettings b) =>
            (a.ScheduleKind, a.ScheduleExpr, a.StartsAt, a.EndsAt)
            == (b.ScheduleKind, b.ScheduleExpr, b.StartsAt, b.EndsAt);
    }
}
