using Ordinaut.Tasks;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// Each event has its line in the ledger of every task that listened when it was written, and no other; a fact that
/// was published again after an unknown answer is written once.
/// </summary>
internal sealed class EventCheck(IReadOnlyList<HistoryLine> lines, Action<string> violate)
{
    private readonly Dictionary<Guid, TaskSettings> _listeners = [];
    private readonly Dictionary<(Guid, long?), TaskSettings> _settings = [];
    private readonly HashSet<(Guid Task, string Key)> _lines = [];
    private readonly HashSet<string> _published = [];
    private int _heard;

    public void Check()
    {
        foreach (var line in lines.Where(line => line.Kind == "version"))
        {
            _settings[(line.Task!.Value, line.Number[0])] = Json.Read<TaskSettings>(line.Text[0]!);
        }

        foreach (var line in lines)
        {
            See(line);
        }

        if (_lines.Count != _heard)
        {
            violate($"{_lines.Count} ledger lines of events, {_heard} events heard");
        }
    }

    private void See(HistoryLine line)
    {
        switch (line.Kind)
        {
            case "task" when line.Text[1] == "event" && line.Text[0] is ("active" or "paused"):
                _listeners[line.Task!.Value] = _settings[(line.Task.Value, line.Number[0])];
                break;
            case "task" or "task-":
                _listeners.Remove(line.Task!.Value);
                break;
            case "occurrence" when line.Text[0]!.StartsWith("event:", StringComparison.Ordinal):
                _lines.Add((line.Task!.Value, line.Text[0]!));
                break;
            case "event":
                Hear(line);
                break;
        }
    }

    private void Hear(HistoryLine line)
    {
        if (line.Text[2] == "agent" && !_published.Add(line.Text[1]!))
        {
            violate($"the fact {line.Text[1]} was written twice");
        }

        var at = Instants.FromMicroseconds(line.Number[1]!.Value);
        foreach (var (task, settings) in _listeners.Where(listener => !(listener.Value.EndsAt < at)))
        {
            if (!Matches(settings.ScheduleExpr!, line.Text[0]!))
            {
                continue;
            }

            _heard++;
            if (!_lines.Contains((task, $"event:{line.Run:N}")))
            {
                violate($"task {task} listens to {settings.ScheduleExpr} and missed event {line.Run} ({line.Text[0]})");
            }
        }
    }

    private static bool Matches(string pattern, string topic)
    {
        var head = pattern[..^1];
        return pattern[^1] switch
        {
            '#' => topic.StartsWith(head, StringComparison.Ordinal) || topic == head.TrimEnd('.'),
            '*' => topic.StartsWith(head, StringComparison.Ordinal) && !topic[head.Length..].Contains('.'),
            _ => topic == pattern,
        };
    }
}
