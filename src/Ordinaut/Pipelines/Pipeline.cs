using System.Text.Json;
using System.Text.Json.Serialization;
using Ordinaut.Expressions;
using Ordinaut.JsonSchemas;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>
/// A task's payload, parsed and checked: what a run does. Immutable and free of the document it was read from, so
/// any number of runs may share one.
/// </summary>
/// <param name="Params">The values that <c>${params…}</c> reads; an object.</param>
/// <param name="Steps">What is done, in order; at least one.</param>
internal sealed record Pipeline(JsonElement Params, IReadOnlyList<Step> Steps);

/// <summary>One call of a tool within a pipeline.</summary>
/// <param name="Id">Its name in the run's record; unique in the pipeline, in any letter case.</param>
/// <param name="Uses">The tool's name.</param>
/// <param name="With">The tool's input, rendered for each run.</param>
internal sealed record Step(string Id, string Uses, Template With)
{
    /// <summary>The name under <c>steps</c> by which later steps read the result.</summary>
    public string SaveAs { get; init; } = Id;

    /// <summary>The step is skipped when this is false; null: it is always done.</summary>
    public Condition? If { get; init; }

    /// <summary>How long one attempt may take; null: as long as the tool says.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often it is tried again after a failure; null: as the task says.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>How the waits between attempts grow; null: as the task says.</summary>
    public Backoff? Backoff { get; init; }

    public OnError OnError { get; init; }

    /// <summary>What a repetition would do to the world, where the step knows better than the tool.</summary>
    public Effect? Effect { get; init; }

    /// <summary>What the result must look like; a result that does not is a failure of the step.</summary>
    public JsonSchema? OutputSchema { get; init; }

    /// <summary>The rest of the run is skipped when this gives what it gave in the last successful run.</summary>
    public Template? WhenChanged { get; init; }
}

/// <summary>How the waits between attempts grow.</summary>
[JsonConverter(typeof(WordConverter<Backoff>))]
internal enum Backoff
{
    ExponentialJitter,
    Linear,
    Fixed,
}

/// <summary>What a step's failure, after its retries, means for the run.</summary>
internal enum OnError
{
    /// <summary>The run fails.</summary>
    Fail,

    /// <summary>The run goes on; the step has no result.</summary>
    Continue,
}
