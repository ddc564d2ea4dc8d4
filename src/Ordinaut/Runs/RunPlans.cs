using System.Collections.Concurrent;
using Ordinaut.Pipelines;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>
/// What a worker needs to know of a task version: its settings and its compiled pipeline. Bounded caches.
/// </summary>
internal sealed class RunPlans(Db db, ToolCatalog tools)
{
    private const string Select = """
        select task_id, version, settings, payload, granted from task_version /* each: , */
        where task_id = @task_id and version = @version
        """;

    private readonly BoundedCache<(Guid TaskId, int Version), RunPlan> _plans = new(8_192);

    /// <summary>What was read ahead for runs that have not asked yet.</summary>
    private readonly ConcurrentDictionary<(Guid TaskId, int Version), VersionText> _ahead = new();

    /// <summary>Compiled pipelines by their text: many tasks carry the same one.</summary>
    private readonly BoundedCache<string, Pipeline> _pipelines = new(2_048);

    /// <summary>Reads what these runs will ask for, in one trip. Each of them then asks once.</summary>
    public async ValueTask Prepare(IReadOnlyList<QueuedRun> runs)
    {
        var missing = runs.Select(KeyOf).Where(key => !_plans.TryGet(key, out _)).Distinct().ToList();
        if (missing.Count < 2)
        {
            return;
        }

        _ahead.Clear();
        foreach (var text in await Read(missing))
        {
            _ahead[text.Key] = text;
        }
    }

    /// <summary>The plan of a run; null when the task was deleted meanwhile.</summary>
    public async ValueTask<RunPlan?> Of(QueuedRun run)
    {
        var key = KeyOf(run);
        if (_plans.TryGet(key, out var kept))
        {
            return kept;
        }

        if (!_ahead.TryRemove(key, out var text))
        {
            text = (await Read([key])).FirstOrDefault();
        }

        if (text is null)
        {
            return null;
        }

        var plan = new RunPlan(
            Json.Read<TaskSettings>(text.Settings),
            Compile(text.Payload),
            Json.Read<Grant>(text.Granted)
        );
        if (plan.Pipeline is not null)
        {
            // One that does not check is looked at again: the tool it misses may come, from outside.
            _plans.Add(key, plan);
        }

        return plan;
    }

    private Task<List<VersionText>> Read(IReadOnlyList<(Guid TaskId, int Version)> keys) =>
        db.Read(session =>
            session.QueryEach(
                Select,
                row => new VersionText((row.Id(0), row.Int(1)), row.Text(2), row.Text(3), row.Text(4)),
                keys,
                key => [("task_id", key.TaskId), ("version", key.Version)]
            )
        );

    private static (Guid TaskId, int Version) KeyOf(QueuedRun run) => (run.TaskId, run.TaskVersion);

    private Pipeline? Compile(string payload)
    {
        if (_pipelines.TryGet(payload, out var kept))
        {
            return kept;
        }

        var (pipeline, _) = PipelineCheck.Check(
            Json.Parse(payload),
            name => Usable(tools.Find(name)?.Description),
            toolNames: tools.Names
        );
        if (pipeline is not null)
        {
            _pipelines.Add(payload, pipeline);
        }

        return pipeline;
    }

    /// <summary>A suspended tool fails the step that calls it, when it does: the steps before are done.</summary>
    private static ToolDescription? Usable(ToolDescription? tool) =>
        tool?.Suspended is null ? tool : tool with { Suspended = null };

    private sealed record VersionText((Guid TaskId, int Version) Key, string Settings, string Payload, string Granted);
}

/// <summary>A task version ready to run.</summary>
/// <param name="Pipeline">Null when the stored pipeline no longer checks, for example because a tool is gone.</param>
/// <param name="Grant">The most that a run of it may do.</param>
internal sealed record RunPlan(TaskSettings Settings, Pipeline? Pipeline, Grant Grant);
