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
        select settings, payload from task_version where task_id = @task_id and version = @version
        """;

    private readonly BoundedCache<(Guid TaskId, int Version), RunPlan> _plans = new(8_192);

    /// <summary>Compiled pipelines by their text: many tasks carry the same one.</summary>
    private readonly BoundedCache<string, Pipeline> _pipelines = new(2_048);

    /// <summary>The plan of a run; null when the task was deleted meanwhile.</summary>
    public async ValueTask<RunPlan?> Of(QueuedRun run)
    {
        if (_plans.TryGet((run.TaskId, run.TaskVersion), out var kept))
        {
            return kept;
        }

        var text = await db.Read(session =>
            session.First(
                Select,
                row => new VersionText(row.Text(0), row.Text(1)),
                ("task_id", run.TaskId),
                ("version", run.TaskVersion)
            )
        );
        if (text is null)
        {
            return null;
        }

        var plan = new RunPlan(Json.Read<TaskSettings>(text.Settings), Compile(text.Payload));
        _plans.Add((run.TaskId, run.TaskVersion), plan);
        return plan;
    }

    private Pipeline? Compile(string payload)
    {
        if (_pipelines.TryGet(payload, out var kept))
        {
            return kept;
        }

        var (pipeline, _) = PipelineCheck.Check(
            Json.Parse(payload),
            name => tools.Find(name)?.Description,
            toolNames: tools.Names
        );
        if (pipeline is not null)
        {
            _pipelines.Add(payload, pipeline);
        }

        return pipeline;
    }

    private sealed record VersionText(string Settings, string Payload);
}

/// <summary>A task version ready to run.</summary>
/// <param name="Pipeline">Null when the stored pipeline no longer checks, for example because a tool is gone.</param>
internal sealed record RunPlan(TaskSettings Settings, Pipeline? Pipeline);
