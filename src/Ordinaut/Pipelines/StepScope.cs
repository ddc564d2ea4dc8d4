using System.Text.Json;
using Ordinaut.Expressions;

namespace Ordinaut.Pipelines;

/// <summary>
/// What expressions see: params, steps, event, run, task, now. Grows by one entry with each finished step.
/// </summary>
internal sealed class StepScope(JsonValue parameters, JsonValue news, JsonValue run, JsonValue task)
{
    private readonly List<(string Name, JsonValue Value)> _steps = [];

    public void Add(string name, JsonElement? output) =>
        _steps.Add((name, output is { } value ? JsonValue.Of(value) : JsonValue.Null));

    /// <summary>A copy that already knows one more step.</summary>
    public StepScope With(string name, JsonElement? output)
    {
        var copy = new StepScope(parameters, news, run, task);
        copy._steps.AddRange(_steps);
        copy.Add(name, output);
        return copy;
    }

    /// <summary>The scope as one value, at an instant.</summary>
    public JsonValue At(DateTimeOffset now) =>
        JsonValue.Object(
            ("params", parameters),
            ("steps", JsonValue.Object([.. _steps])),
            ("event", news),
            ("run", run),
            ("task", task),
            ("now", TimeOf(now))
        );

    /// <summary>The time as expressions know it: in whole seconds.</summary>
    public static JsonValue TimeOf(DateTimeOffset now) =>
        JsonValue.Of(Instants.Format(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond))));
}
