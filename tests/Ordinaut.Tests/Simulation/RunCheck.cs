namespace Ordinaut.Tests.Simulation;

/// <summary>
/// Walks the history of every run: one run for an occurrence, one holder at a time, epochs that only grow, writes
/// only by the holder, one end, retries within their budget, slots within their limit.
/// </summary>
internal sealed class RunCheck(IReadOnlyList<HistoryLine> lines, Action<string> violate)
{
    private const int Ready = 0;
    private const int Held = 1;
    private const int Leased = 2;
    private const int MaxSilentDeaths = 3;
    private const int MaxAttempts = 3 * 3;

    private readonly Dictionary<Guid, RunPast> _runs = [];
    private readonly Dictionary<(Guid Task, long ScheduledFor, string Key), Guid> _occurrences = [];
    private readonly Dictionary<string, int> _active = [];

    public void Check()
    {
        foreach (var line in lines)
        {
            Check(line);
        }

        foreach (var (id, run) in _runs.Where(entry => !entry.Value.IsFinished && !entry.Value.IsCheck))
        {
            violate($"run {id} never ended (live: {run.IsLive})");
        }
    }

    private void Check(HistoryLine line)
    {
        switch (line.Kind)
        {
            case "queue+":
                Enqueue(line);
                break;
            case "queue~":
                Move(line, _runs[line.Run!.Value]);
                break;
            case "queue-":
                Leave(line, _runs[line.Run!.Value]);
                break;
            case "run+":
                Finish(line, _runs[line.Run!.Value]);
                break;
            case "run-":
                _runs[line.Run!.Value].Reopen();
                break;
            case "step":
                Save(line, _runs[line.Run!.Value]);
                break;
            case "attempt":
                Miss(line, _runs[line.Run!.Value]);
                break;
        }
    }

    private void Enqueue(HistoryLine line)
    {
        var id = line.Run!.Value;
        var key = (line.Task!.Value, line.Number[3]!.Value, line.Text[0]!);
        if (key.Item3 != "check" && !_occurrences.TryAdd(key, id) && _occurrences[key] != id)
        {
            violate($"runs {_occurrences[key]} and {id} are of one occurrence {key}");
        }

        if (!_runs.TryGetValue(id, out var run))
        {
            _runs.Add(id, run = new RunPast { IsCheck = key.Item3 == "check" });
        }
        else if (run.IsLive || run.IsFinished)
        {
            violate($"run {id} came into the queue twice");
        }

        if (line.Number[1] != run.Epoch || line.Number[0] == Leased)
        {
            violate(
                $"run {id} came into the queue in state {line.Number[0]}, epoch {line.Number[1]} after {run.Epoch}"
            );
        }

        run.Enter(line);
        Occupy(line, 1);
    }

    private void Move(HistoryLine line, RunPast run)
    {
        var (state, epoch) = (line.Number[0]!.Value, line.Number[1]!.Value);
        var isClaim = state == Leased && (run.State != Leased || epoch != run.Epoch);
        if (isClaim ? run.State != Ready || epoch != run.Epoch + 1 : epoch != run.Epoch)
        {
            violate($"run {line.Run} went from state {run.State}, epoch {run.Epoch} to state {state}, epoch {epoch}");
        }

        if (isClaim && run.Deaths >= MaxSilentDeaths)
        {
            violate($"run {line.Run} was claimed after it took {run.Deaths} workers down");
        }

        var wasHeld = run.State == Held;
        run.Enter(line);
        if (wasHeld && state != Held)
        {
            Occupy(line, 1);
        }
    }

    private void Leave(HistoryLine line, RunPast run)
    {
        if (!run.IsCheck && !run.IsFinished)
        {
            violate($"run {line.Run} left the queue without an end");
        }

        Occupy(line, -1);
        run.IsLive = false;
    }

    private void Occupy(HistoryLine line, int change)
    {
        if (line.Number[0] == Held)
        {
            return;
        }

        var slot = line.Text[1]!;
        var active = _active.GetValueOrDefault(slot) + change;
        _active[slot] = active;
        if (change > 0 && active > line.Number[4])
        {
            violate($"{active} runs of slot {slot} are active; its limit is {line.Number[4]}");
        }
    }

    private void Finish(HistoryLine line, RunPast run)
    {
        if (!run.IsLive || run.IsFinished || line.Number[1] != run.Epoch)
        {
            violate($"run {line.Run} ended at epoch {line.Number[1]}; it was at {run.Epoch}, live: {run.IsLive}");
        }

        run.IsFinished = true;
    }

    private void Save(HistoryLine line, RunPast run)
    {
        // Whoever ends a run ends its unfinished step with it; that needs no lease.
        var isEnd = line.Text[2] == "canceled" || (line.Text[2] == "uncertain" && run.IsFinished);
        if (!isEnd && (!run.IsLive || run.State != Leased || line.Number[2] != run.Epoch))
        {
            violate($"step {line.Text[0]} of run {line.Run} was saved at epoch {line.Number[2]}; it is at {run.Epoch}");
        }
    }

    private void Miss(HistoryLine line, RunPast run)
    {
        if (line.Text[0] != "worker_lost")
        {
            run.Deaths = 0;
            run.Attempts++;
        }
        else
        {
            run.Deaths++;
            if (run.LeasedUntil > line.Number[2])
            {
                violate($"run {line.Run} was taken from {line.Text[1]} before its lease ran out");
            }
        }

        if (run.Attempts > MaxAttempts)
        {
            violate($"run {line.Run} was tried again {run.Attempts} times");
        }
    }

    private sealed class RunPast
    {
        public bool IsCheck { get; init; }

        public bool IsLive { get; set; }

        public bool IsFinished { get; set; }

        public long State { get; private set; }

        public long Epoch { get; private set; }

        public long? LeasedUntil { get; private set; }

        public int Deaths { get; set; }

        public int Attempts { get; set; }

        public void Enter(HistoryLine line)
        {
            IsLive = true;
            (State, Epoch, LeasedUntil) = (line.Number[0]!.Value, line.Number[1]!.Value, line.Number[2]);
        }

        /// <summary>A person takes it up again: its retries begin anew.</summary>
        public void Reopen() => (IsFinished, Deaths, Attempts) = (false, 0, 0);
    }
}
