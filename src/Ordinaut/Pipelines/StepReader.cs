using System.Runtime.InteropServices;
using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.JsonSchemas;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>Reads one step: every member is looked at, whatever is wrong with the others.</summary>
internal sealed class StepReader(Findings findings, ToolLookup tools, BlockReader blocks)
{
    /// <summary>Members that say something of a call, and nothing of a block or a wait.</summary>
    private static readonly string[] OfCalls =
    [
        .. "uses with timeout_seconds max_retries retry effect output_schema".Split(' '),
    ];

    /// <summary>Every member a step may have.</summary>
    public static readonly string[] Known =
    [
        .. OfCalls,
        .. "id if save_as on_error when_changed needs foreach steps parallel wait".Split(' '),
    ];

    private static readonly JsonElement Nothing = JsonElement.Parse("{}"u8);
    private static readonly StepBody Unread = new StepBody.Call("", Template.Parse(Nothing));

    private readonly BodyReader _bodies = new(findings, blocks);

    /// <param name="depth">How many blocks the step stands in.</param>
    /// <returns>The step; null when it lacks what makes it one. It may have findings all the same.</returns>
    public Step? Read(JsonElement step, string pointer, DeclaredNames scope, int depth)
    {
        if (step.ValueKind != JsonValueKind.Object)
        {
            findings.Add(pointer, $"a step must be an object, but is {JsonTypes.Name(step)}");
            return null;
        }

        var members = Members.Read(step, pointer, "step", findings);
        members.RefuseUnknown(Known);
        var (id, saveAs) = ReadNames(members, pointer, scope);
        var condition = ReadCondition(members, scope);
        var loop = members.TryGet("foreach", out _) ? _bodies.Foreach(members, scope, this) : null;
        var inner = loop is null ? scope : scope.Inner(hasItem: true);
        var body = ReadBody(members, pointer, inner, depth);
        if ((saveAs ?? id) is { } name)
        {
            scope.Save(name);
        }

        var whenChanged = ReadWhenChanged(members, scope, depth);
        var read = StepSettings.Read(members, new Step(id ?? "", body ?? Unread), findings);
        if (read.OnError == OnError.Handle && members.TryGet("on_error", out var handler))
        {
            var handlerScope = scope.Inner();
            read = read with { Handler = blocks.Read(handler, members.PointerTo("on_error"), handlerScope, depth + 1) };
        }

        return read with
        {
            Pointer = pointer,
            SaveAs = saveAs ?? read.Id,
            If = condition,
            Foreach = loop,
            Needs = BlockReader.Needs(members, findings),
            WhenChanged = whenChanged,
        };
    }

    /// <summary>A step calls a tool, or is one of the other bodies.</summary>
    private StepBody? ReadBody(Members members, string pointer, DeclaredNames scope, int depth)
    {
        string[] bodies = [.. BodyReader.Names.Where(name => members.TryGet(name, out _))];
        if (bodies.Length == 0)
        {
            var tool = ReadTool(members, pointer);
            return ReadWith(members, scope, tool) is { } input ? new StepBody.Call(tool?.Name ?? "", input) : null;
        }

        foreach (var name in bodies[1..].Concat(OfCalls.Where(name => members.TryGet(name, out _))))
        {
            findings.Add(members.PointerTo(name), $"a step with '{bodies[0]}' has no '{name}'; leave one of them out");
        }

        return bodies[0] switch
        {
            "parallel" => _bodies.Parallel(members, scope, depth),
            "steps" => _bodies.Steps(members, scope, depth),
            _ => _bodies.Wait(members, scope, this),
        };
    }

    private (string? Id, string? SaveAs) ReadNames(Members members, string pointer, DeclaredNames scope)
    {
        if (!members.TryGet("id", out _))
        {
            findings.Add(pointer, "a step needs an 'id': a letter, then letters, digits, '_' or '-'");
        }

        var id = ReadName(members, "id");
        var saveAs = ReadName(members, "save_as");
        var (idIsFree, saveAsIsFree) = scope.Take(id, saveAs);
        if (!idIsFree)
        {
            findings.Add(members.PointerTo("id"), $"the id '{id}' is another step's already; ids must be unique");
        }
        else if (!saveAsIsFree)
        {
            var place = members.PointerTo(saveAs is null ? "id" : "save_as");
            findings.Add(place, $"an earlier step saves its result as '{saveAs ?? id}' already; choose another name");
        }

        return (id, saveAs);
    }

    private string? ReadName(Members members, string member)
    {
        if (
            !members.TryGet(member, out var value)
            || findings.Text(value, members.PointerTo(member), member) is not { } name
        )
        {
            return null;
        }

        var isName =
            name.Length is > 0 and <= PipelineLimits.NameLength
            && char.IsAsciiLetter(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        if (!isName)
        {
            findings.Add(
                members.PointerTo(member),
                $"{member} must be a letter, then letters, digits, '_' or '-', {PipelineLimits.NameLength} characters "
                    + $"at most, but is {JsonText.Show(value)}"
            );
        }

        return isName ? name : null;
    }

    private ToolDescription? ReadTool(Members members, string pointer)
    {
        if (!members.TryGet("uses", out var value))
        {
            findings.Add(pointer, "a step needs 'uses': the name of a tool, for example \"http.request\"");
            return null;
        }

        if (findings.Text(value, members.PointerTo("uses"), "uses") is not { } name)
        {
            return null;
        }

        var tool = tools.Find(name);
        if (tool is null)
        {
            findings.Add(members.PointerTo("uses"), $"unknown tool \"{JsonText.Shorten(name)}\"{tools.Hint(name)}");
        }
        else if (tool.Suspended is { } reason)
        {
            findings.Add(members.PointerTo("uses"), reason);
        }

        return tool;
    }

    private Template? ReadWith(Members members, DeclaredNames scope, ToolDescription? tool)
    {
        var pointer = members.PointerTo("with");
        var input = members.TryGet("with", out var given) ? given : Nothing;
        if (input.ValueKind != JsonValueKind.Object)
        {
            findings.Add(pointer, $"with must be an object, but is {JsonTypes.Name(input)}");
            return null;
        }

        if (IsDeeperThan(input, PipelineLimits.WithDepth))
        {
            findings.Add(pointer, $"with is nested deeper than {PipelineLimits.WithDepth} levels");
            return null;
        }

        if (ReadTemplate(input, pointer, scope, path => SecretNames.Fault(path, tool)) is not { } template)
        {
            return null;
        }

        if (tool is not null)
        {
            StepInput.Check(input, pointer, tool, findings);
        }

        return template;
    }

    /// <param name="secret">What is wrong with a path to a secret; none may stand there when null.</param>
    public Template? ReadTemplate(
        JsonElement tree,
        string pointer,
        DeclaredNames scope,
        Func<PathRef, string?>? secret = null
    )
    {
        var errors = new List<ExpressionException>();
        Template? template = null;
        try
        {
            template = Template.Parse(tree, errors);
        }
        catch (ExpressionException e)
        {
            // A name or a string that is not Unicode stops the reading.
            errors.Add(e);
        }

        foreach (var error in errors)
        {
            findings.Add(pointer + error.Pointer, Describe(error));
        }

        if (template is not null)
        {
            scope.Check(template.RootPaths, pointer, secret);
        }

        return template;
    }

    private static string Describe(ExpressionException error) => $"{error.Message} (at character {error.Position + 1})";

    private Condition? ReadCondition(Members members, DeclaredNames scope)
    {
        var pointer = members.PointerTo("if");
        if (!members.TryGet("if", out var value) || findings.Text(value, pointer, "if") is not { } text)
        {
            return null;
        }

        try
        {
            var condition = Condition.Parse(text);
            scope.Check(condition.RootPaths, pointer);
            return condition;
        }
        catch (ExpressionException e)
        {
            findings.Add(pointer, Describe(e));
            return null;
        }
    }

    /// <summary>A gate stands after its step and may read the step's own result.</summary>
    private Template? ReadWhenChanged(Members members, DeclaredNames scope, int depth)
    {
        var pointer = members.PointerTo("when_changed");
        if (!members.TryGet("when_changed", out var value) || findings.Text(value, pointer, "when_changed") is null)
        {
            return null;
        }

        if (depth > 0)
        {
            findings.Add(pointer, "when_changed skips the rest of the run, so it stands at the outermost steps only");
        }

        return ReadTemplate(value, pointer, scope);
    }

    /// <summary>Measured in the text: nothing may walk a tree whose depth is not known.</summary>
    private static bool IsDeeperThan(JsonElement value, int levels)
    {
        var reader = new Utf8JsonReader(
            JsonMarshal.GetRawUtf8Value(value),
            new JsonReaderOptions { MaxDepth = PipelineLimits.PayloadBytes }
        );
        var depth = 0;
        while (reader.Read() && depth <= levels)
        {
            depth += reader.TokenType switch
            {
                JsonTokenType.StartObject or JsonTokenType.StartArray => 1,
                JsonTokenType.EndObject or JsonTokenType.EndArray => -1,
                _ => 0,
            };
        }

        return depth > levels;
    }
}
