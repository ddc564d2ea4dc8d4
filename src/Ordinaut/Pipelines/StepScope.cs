using System.Text.Json;
using Ordinaut.Expressions;

namespace Ordinaut.Pipelines;

/// <summary>
/// What expressions see: params, steps, event, run, task, now, and item within a <c>foreach</c>. Grows by one entry
/// with each finished step; steps that are done at once may add to it at once.
/// </summary>
internal sealed class StepScope(JsonValue parameters, JsonValue news, JsonValue run, JsonValue task)
{
    private readonly List<(string Name, JsonValue Value)> _steps = [];
    private JsonValue _item = JsonValue.Null;

    public void Add(string name, JsonElement? output) =>
        Add(name, output is { } value ? JsonValue.Of(value) : JsonValue.Null);

    /// <summary>A failure as the steps that handle it read it: <c>steps.name.error.code</c>.</summary>
    public void AddFailure(string name, StepFailure failure)
    {
        var error = JsonValue.Object(("code", JsonValue.Of(failure.Code)), ("message", JsonValue.Of(failure.Message)));
        Add(name, JsonValue.Object(("error", error)));
    }

    /// <summary>A block's own scope: it sees what is known here now, and what it adds stays in it.</summary>
    public StepScope Inner()
    {
        var copy = new StepScope(parameters, news, run, task) { _item = _item };
        lock (_steps)
        {
            copy._steps.AddRange(_steps);
        }

        return copy;
    }

    /// <summary>The scope of one item's block.</summary>
    public StepScope Inner(JsonElement item)
    {
        var copy = Inner();
        copy._item = JsonValue.Of(item);
        return copy;
    }

    /// <summary>A copy that already knows one more step.</summary>
    public StepScope With(string name, JsonElement? output)
    {
        var copy = Inner();
        copy.Add(name, output);
        return copy;
    }

    /// <summary>The scope as one value, at an instant.</summary>
    public JsonValue At(DateTimeOffset now) => JsonValue.Object([.. MembersAt(now)]);

    /// <summary>The same by its members.</summary>
    public IReadOnlyList<(string, JsonValue)> MembersAt(DateTimeOffset now)
    {
        (string Name, JsonValue Value)[] steps;
        lock (_steps)
        {
            steps = [.. _steps];
        }

        return
        [
            ("params", parameters),
            ("steps", JsonValue.Object(steps)),
            ("event", news),
            ("run", run),
            ("task", task),
            ("item", _item),
            ("now", TimeOf(now)),
        ];
    }

    /// <summary>The time as expressions know it: in whole seconds.</summary>
    public static JsonValue TimeOf(DateTimeOffset now) =>
        JsonValue.Of(Instants.Format(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond))));

    private void Add(string name, JsonValue value)
    {
        lock (_steps)
        {
            _steps.Add((name, value));
        }
    }
}
