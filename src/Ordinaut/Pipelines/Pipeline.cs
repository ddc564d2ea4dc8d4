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
internal sealed record Pipeline(JsonElement Params, IReadOnlyList<Step> Steps)
{
    /// <summary>Every call, also in blocks and handlers: the JSON Pointer of the step, and the tool.</summary>
    public IEnumerable<(string Pointer, string Tool)> Calls =>
        Steps
            .SelectMany(Below)
            .Where(step => step.Body is StepBody.Call)
            .Select(step => (step.Pointer, ((StepBody.Call)step.Body).Tool));

    /// <summary>Every secret that a step's input names.</summary>
    public IEnumerable<SecretReading> Secrets =>
        from step in Steps.SelectMany(Below)
        let call = step.Body as StepBody.Call
        where call is { Secrets.Count: > 0 }
        from path in call.With.RootPaths.Where(SecretNames.IsOne)
        select new SecretReading($"{step.Pointer}/with{path.Pointer}", call.Tool, path.Names[1]);

    private static IEnumerable<Step> Below(Step step)
    {
        var inner = step.Body switch
        {
            StepBody.Parallel parallel => parallel.Branches.SelectMany(branch => branch),
            StepBody.Block block => block.Steps,
            _ => [],
        };
        return [step, .. inner.Concat(step.Handler).SelectMany(Below)];
    }
}

/// <summary>One step of a pipeline: something done, waited for, or a block of further steps.</summary>
/// <param name="Id">Its name in the run's record; unique in the pipeline, in any letter case.</param>
internal sealed record Step(string Id, StepBody Body)
{
    /// <summary>Where it stands in the payload, as a JSON Pointer.</summary>
    public string Pointer { get; init; } = "";

    /// <summary>The name under <c>steps</c> by which later steps read the result.</summary>
    public string SaveAs { get; init; } = Id;

    /// <summary>The step is skipped when this is false; null: it is always done.</summary>
    public Condition? If { get; init; }

    /// <summary>The body is done once for each item; null: it is done once.</summary>
    public Foreach? Foreach { get; init; }

    /// <summary>The ids of the steps of its block that must be done first; null: the one before it.</summary>
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>How long one attempt of a call may take; null: as long as the tool says.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often a call is tried again after a failure; null: as the task says.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>How the waits between attempts grow; null: as the task says.</summary>
    public Backoff? Backoff { get; init; }

    public OnError OnError { get; init; }

    /// <summary>What is done after a failure, with <see cref="OnError.Handle"/>; then the run goes on.</summary>
    public IReadOnlyList<Step> Handler { get; init; } = [];

    /// <summary>What a repetition would do to the world, where the step knows better than the tool.</summary>
    public Effect? Effect { get; init; }

    /// <summary>What the result must look like; a result that does not is a failure of the step.</summary>
    public JsonSchema? OutputSchema { get; init; }

    /// <summary>The rest of the run is skipped when this gives what it gave in the last successful run.</summary>
    public Template? WhenChanged { get; init; }

    /// <summary>What the record says was done: the tool's name, or the kind of block.</summary>
    public string Uses => Foreach is null ? Body.Uses : "foreach";
}

/// <summary>What a step does.</summary>
internal abstract record StepBody
{
    private StepBody() { }

    public abstract string Uses { get; }

    /// <summary>Calls a tool with the rendered input.</summary>
    internal sealed record Call(string Tool, Template With) : StepBody
    {
        /// <summary>The secrets that the input names.</summary>
        public IReadOnlyList<string> Secrets { get; } = SecretNames.In(With);

        public override string Uses => Tool;
    }

    /// <summary>Does all branches at once; each is a block of its own.</summary>
    /// <param name="Names">The branches' names; with them the result is an object, else an array.</param>
    internal sealed record Parallel(IReadOnlyList<IReadOnlyList<Step>> Branches, IReadOnlyList<string>? Names)
        : StepBody
    {
        public override string Uses => "parallel";
    }

    /// <summary>A block of steps, done for each item.</summary>
    internal sealed record Block(IReadOnlyList<Step> Steps) : StepBody
    {
        public override string Uses => "steps";
    }

    /// <summary>Waits, and holds no worker meanwhile.</summary>
    /// <param name="For">How long, until when, or the signal.</param>
    /// <param name="Limit">How long a signal is waited for.</param>
    internal sealed record Wait(WaitKind Kind, Template For, TimeSpan Limit) : StepBody
    {
        public override string Uses => "wait";
    }
}

internal enum WaitKind
{
    /// <summary>A time span.</summary>
    Duration,

    /// <summary>An instant.</summary>
    Until,

    /// <summary>A signal, sent from outside with the token that <c>signal.create</c> gave.</summary>
    Signal,
}

/// <summary>Repeats a step's body.</summary>
/// <param name="Items">Gives the array.</param>
/// <param name="Concurrency">Items under way at once, 1 to <see cref="PipelineLimits.Concurrency"/>.</param>
/// <param name="GoesOn">Whether an item that fails leaves the others alone; its result is null then.</param>
internal sealed record Foreach(Template Items, int Concurrency, bool GoesOn);

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

    /// <summary>The step's handler is done, and reads the error as the step's result; then the run goes on.</summary>
    Handle,
}
