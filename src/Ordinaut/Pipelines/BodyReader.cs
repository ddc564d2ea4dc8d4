using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Pipelines;

/// <summary>Reads what a step does when it is no single call.</summary>
internal sealed class BodyReader(Findings findings, BlockReader blocks)
{
    /// <summary>The members that say so.</summary>
    public static readonly IReadOnlyList<string> Names = ["parallel", "steps", "wait"];

    /// <summary>An array of branches, or an object of named ones; a branch is a step or an array of steps.</summary>
    public StepBody.Parallel? Parallel(Members members, DeclaredNames scope, int depth)
    {
        members.TryGet("parallel", out var value);
        var pointer = members.PointerTo("parallel");
        List<(string? Name, JsonElement Branch)> given = value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray().Select(branch => ((string?)null, branch))],
            JsonValueKind.Object =>
            [
                .. value
                    .EnumerateObject()
                    .Select(branch => ((string?)JsonText.ToText(JsonText.Name(branch)), branch.Value)),
            ],
            _ => [],
        };
        if (given.Count is < 1 or > PipelineLimits.Branches)
        {
            findings.Add(
                pointer,
                $"parallel must be an array, or an object, of 1 to {PipelineLimits.Branches} branches; a branch is an "
                    + "array of steps"
            );
            return null;
        }

        var branches = new List<IReadOnlyList<Step>>();
        var views = new List<DeclaredNames>();
        foreach (var (index, (name, branch)) in given.Index())
        {
            var view = scope.Inner();
            var place = $"{pointer}/{(name is null ? $"{index}" : JsonPointers.Escape(name))}";
            branches.Add(blocks.Read(branch, place, view, depth + 1));
            views.Add(view);
        }

        views.ForEach(scope.Absorb);
        var names = given[0].Name is null ? null : given.Select(branch => branch.Name!).ToList();
        return new StepBody.Parallel(branches, names);
    }

    public StepBody.Block Steps(Members members, DeclaredNames scope, int depth)
    {
        members.TryGet("steps", out var value);
        if (!members.TryGet("foreach", out _))
        {
            findings.Add(members.PointerTo("steps"), "'steps' goes with 'foreach': a block that is done for each item");
        }

        return new StepBody.Block(blocks.Read(value, members.PointerTo("steps"), scope, depth + 1));
    }

    /// <summary>An expression, or <c>{"items": …, "concurrency": …, "on_error": …}</c>.</summary>
    public Foreach? Foreach(Members members, DeclaredNames scope, StepReader reader)
    {
        members.TryGet("foreach", out var value);
        var pointer = members.PointerTo("foreach");
        if (value.ValueKind != JsonValueKind.Object)
        {
            return ReadItems(value, pointer, scope, reader) is { } only ? new Foreach(only, 1, GoesOn: false) : null;
        }

        var loop = Members.Read(value, pointer, "foreach", findings);
        loop.RefuseUnknown("items", "concurrency", "on_error");
        var concurrency = loop.TryGet("concurrency", out var at)
            ? findings.Integer(at, loop.PointerTo("concurrency"), "concurrency", (1, PipelineLimits.Concurrency))
            : 1;
        var goesOn =
            loop.TryGet("on_error", out var policy)
            && findings.Choice(policy, loop.PointerTo("on_error"), "on_error", ("fail", false), ("continue", true))
                == true;
        if (!loop.TryGet("items", out var items))
        {
            findings.Add(pointer, "foreach needs 'items': an expression that gives an array");
            return null;
        }

        return ReadItems(items, loop.PointerTo("items"), scope, reader) is { } all
            ? new Foreach(all, concurrency ?? 1, goesOn)
            : null;
    }

    /// <summary>An expression, with or without <c>${}</c>, or the array itself.</summary>
    private Template? ReadItems(JsonElement value, string pointer, DeclaredNames scope, StepReader reader)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return reader.ReadTemplate(value, pointer, scope);
        }

        if (findings.Text(value, pointer, "foreach") is not { } text)
        {
            return null;
        }

        var isTemplate = text.Contains("${", StringComparison.Ordinal);
        return reader.ReadTemplate(isTemplate ? value : Quoted($"${{{text}}}"), pointer, scope);
    }

    private static JsonElement Quoted(string text) => JsonElement.Parse($"\"{JsonEncodedText.Encode(text)}\"");

    /// <summary><c>{"duration": …}</c>, <c>{"until": …}</c> or <c>{"signal": …, "timeout_seconds": …}</c>.</summary>
    public StepBody.Wait? Wait(Members members, DeclaredNames scope, StepReader reader)
    {
        members.TryGet("wait", out var value);
        var pointer = members.PointerTo("wait");
        if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
        {
            return Wait(WaitKind.Duration, value, pointer, (scope, reader), PipelineLimits.SignalWait);
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            findings.Add(pointer, "wait must be {\"duration\": \"10m\"}, {\"until\": …} or {\"signal\": …}");
            return null;
        }

        var wait = Members.Read(value, pointer, "wait", findings);
        wait.RefuseUnknown("duration", "until", "signal", "timeout_seconds");
        List<WaitKind> kinds =
        [
            .. Enum.GetValues<WaitKind>().Where(kind => wait.TryGet(Word<WaitKind>.Of(kind), out _)),
        ];
        if (kinds.Count != 1)
        {
            findings.Add(pointer, $"wait needs one of {Word<WaitKind>.Choices}, but has {kinds.Count} of them");
            return null;
        }

        var name = Word<WaitKind>.Of(kinds[0]);
        wait.TryGet(name, out var given);
        var limit = Limit(wait, kinds[0]);
        return Wait(kinds[0], given, wait.PointerTo(name), (scope, reader), limit);
    }

    private StepBody.Wait? Wait(
        WaitKind kind,
        JsonElement given,
        string pointer,
        (DeclaredNames Scope, StepReader Reader) with,
        TimeSpan limit
    )
    {
        var isText = given.ValueKind == JsonValueKind.String;
        if (!isText && (kind != WaitKind.Duration || given.ValueKind != JsonValueKind.Number))
        {
            findings.Add(pointer, $"{Word<WaitKind>.Of(kind)} must be a string, but is {JsonText.Show(given)}");
            return null;
        }

        if (with.Reader.ReadTemplate(given, pointer, with.Scope) is not { } template)
        {
            return null;
        }

        var wait = new StepBody.Wait(kind, template, limit);
        // What stands there without a template is known now.
        var isFixed = !isText || !JsonText.ToText(given).Contains("${", StringComparison.Ordinal);
        if (isFixed && kind != WaitKind.Until && WaitTime.Of(wait, JsonValue.Of(given), default).Problem is { } why)
        {
            findings.Add(pointer, why);
        }

        return wait;
    }

    private TimeSpan Limit(Members wait, WaitKind kind)
    {
        if (!wait.TryGet("timeout_seconds", out var value))
        {
            return PipelineLimits.SignalWait;
        }

        var pointer = wait.PointerTo("timeout_seconds");
        if (kind != WaitKind.Signal)
        {
            findings.Add(pointer, "timeout_seconds says how long a signal is waited for; leave it out");
        }

        var most = (int)PipelineLimits.Wait.TotalSeconds;
        var seconds = findings.Integer(value, pointer, "timeout_seconds", (1, most));
        return TimeSpan.FromSeconds(seconds ?? 1);
    }
}
