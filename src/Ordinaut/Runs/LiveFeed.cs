using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Ordinaut.Agents;
using Ordinaut.Pipelines;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>
/// What happens now, for whoever listens: states of runs as they change, and events. A view, not a record: a slow
/// listener misses messages, a late one reads the run.
/// </summary>
internal sealed class LiveFeed
{
    /// <summary>Messages kept for a listener that reads slowly; older ones are dropped.</summary>
    public const int Backlog = 256;

    /// <summary>Listeners at once; one more is refused.</summary>
    public const int MaxListeners = 1_000;

    private readonly ConcurrentDictionary<Listener, byte> _listeners = new();
    private int _wide;

    public bool HasListeners => !_listeners.IsEmpty;

    /// <summary>Listeners to everything, events among it, and not to one run alone.</summary>
    public int Wide => Volatile.Read(ref _wide);

    /// <summary>Hears of each listener that comes.</summary>
    public event Action? Entered;

    /// <summary>Carries what is told here to the other nodes, where somebody listens there; see LiveWire.</summary>
    public Action<LiveNews>? Carry { get; set; }

    /// <summary>Whether there is somebody to carry it to.</summary>
    public Func<bool>? IsHeardElsewhere { get; set; }

    private bool IsHeard => HasListeners || IsHeardElsewhere?.Invoke() == true;

    public void TellRun(QueuedRun run, RunState state, IReadOnlyList<StepRecord> steps)
    {
        if (!IsHeard)
        {
            return;
        }

        TellSteps(run, steps);
        var news = new JsonObject
        {
            ["run_id"] = run.Id.ToString(),
            ["task_id"] = run.TaskId.ToString(),
            ["state"] = Word<RunState>.Of(state),
            ["attempt"] = run.Attempt,
        };
        var message = new LiveMessage("run", $"{run.Id:N}.{run.Epoch}.{state}", Json.OfNode(news));
        TellAll(new LiveNews(run.OwnerId, run.Id, message with { IsEnd = state.IsFinal() }));
    }

    /// <summary>Tells of the steps that have ended, whatever becomes of their run.</summary>
    public void TellSteps(QueuedRun run, IReadOnlyList<StepRecord> steps)
    {
        if (!IsHeard)
        {
            return;
        }

        foreach (var step in steps.Where(step => step.State != StepState.Running))
        {
            var done = Step(step.Id, Word<StepState>.Of(step.State), step.Attempt);
            done["run_id"] = run.Id.ToString();
            var message = new LiveMessage("step", $"{run.Id:N}.{step.Place}.{step.Attempt}", Json.OfNode(done));
            TellAll(new LiveNews(run.OwnerId, run.Id, message));
        }
    }

    /// <summary>Tells who follows the run how far the call of a step is.</summary>
    public void TellProgress(QueuedRun run, StepRecord step, ToolProgress progress)
    {
        if (!IsHeard)
        {
            return;
        }

        var news = Step(step.Id, Word<StepState>.Of(StepState.Running), step.Attempt);
        news["run_id"] = run.Id.ToString();
        (string Member, JsonNode? Value)[] said =
        [
            ("characters", progress.Characters),
            ("progress", progress.Progress),
            ("total", progress.Total),
            ("message", progress.Message),
        ];
        foreach (var (member, value) in said.Where(one => one.Value is not null))
        {
            news[member] = value;
        }

        var far = progress.Characters ?? progress.Progress;
        var id = string.Create(CultureInfo.InvariantCulture, $"{run.Id:N}.{step.Place}.{step.Attempt}.{far}");
        TellAll(new LiveNews(run.OwnerId, run.Id, new LiveMessage(LiveMessage.Progress, id, Json.OfNode(news))));
    }

    /// <summary>How a run stands, for a listener that comes late: what it missed, in one message.</summary>
    public static LiveMessage Snapshot(RunView run)
    {
        var steps = run.Steps!.Select(step => (JsonNode)Step(step.Id, step.State, step.Attempt));
        var standing = new JsonObject
        {
            ["run_id"] = run.Id.ToString(),
            ["task_id"] = run.TaskId.ToString(),
            ["state"] = run.State,
            ["attempt"] = run.Attempt,
            ["steps"] = new JsonArray([.. steps]),
        };
        var message = new LiveMessage("snapshot", $"{run.Id:N}.{run.Attempt}.snapshot", Json.OfNode(standing));
        return message with { IsEnd = run.FinishedAt is not null };
    }

    /// <summary>Messages the caller may see, from now on; of one run, or of all.</summary>
    public async IAsyncEnumerable<LiveMessage> Subscribe(
        Caller caller,
        Guid? runId,
        [EnumeratorCancellation] CancellationToken ct = default
    )
    {
        if (_listeners.Count >= MaxListeners)
        {
            throw new Problem(ProblemKind.TooMany, $"{MaxListeners} listeners are connected; try again later.");
        }

        var listener = new Listener(caller, runId);
        _listeners[listener] = 0;
        var wide = runId is null ? 1 : 0;
        Interlocked.Add(ref _wide, wide);
        Entered?.Invoke();
        try
        {
            await foreach (var message in listener.Messages.Reader.ReadAllAsync(ct))
            {
                yield return message;
            }
        }
        finally
        {
            _listeners.TryRemove(listener, out _);
            Interlocked.Add(ref _wide, -wide);
        }
    }

    /// <summary>Tells whoever listens at this node.</summary>
    public void Tell(LiveNews news)
    {
        foreach (var listener in _listeners.Keys)
        {
            if (listener.MaySee(news))
            {
                listener.Messages.Writer.TryWrite(news.Message);
            }
        }
    }

    private void TellAll(LiveNews news)
    {
        Tell(news);
        if (IsHeardElsewhere?.Invoke() == true)
        {
            Carry?.Invoke(news);
        }
    }

    private static JsonObject Step(string id, string state, int attempt) =>
        new()
        {
            ["step"] = id,
            ["state"] = state,
            ["attempt"] = attempt,
        };

    private sealed class Listener(Caller caller, Guid? runId)
    {
        public Channel<LiveMessage> Messages { get; } =
            Channel.CreateBounded<LiveMessage>(
                new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest }
            );

        // How an answer grows is for who watches that run; in the stream of everything it would drown the rest.
        public bool MaySee(LiveNews news) =>
            (runId is null ? news.Message.Event != LiveMessage.Progress : news.RunId == runId)
            && (news.RunId is not null || caller.Scopes.Cover(Scope.EventsRead))
            && (caller.SeesAll || news.OwnerId == caller.AgentId);
    }
}

/// <summary>A message, and whom it is for.</summary>
/// <param name="RunId">Null when it is not about a run.</param>
internal sealed record LiveNews(Guid OwnerId, Guid? RunId, LiveMessage Message);

/// <summary>One server-sent event.</summary>
internal sealed record LiveMessage(string Event, string Id, JsonElement Data)
{
    /// <summary>The event of an answer that grows; nothing of its run has changed yet.</summary>
    public const string Progress = "progress";

    /// <summary>Whether the run it tells of has ended with it.</summary>
    public bool IsEnd { get; init; }
}
