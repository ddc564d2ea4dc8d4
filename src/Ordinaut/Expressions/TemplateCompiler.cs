using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>Compiles a JSON tree into a template, collecting everything that is wrong with it.</summary>
internal sealed class TemplateCompiler(ICollection<ExpressionException> findings)
{
    private readonly List<PathRef> _rootPaths = [];
    private readonly TemplateBudget _budget = new();
    private bool _isStopped;

    public IReadOnlyList<PathRef> RootPaths => _rootPaths;

    public TemplatePart Compile(JsonElement tree) => Compile(tree, "", 0);

    private TemplatePart Compile(JsonElement value, string pointer, int depth)
    {
        if (_isStopped || !MayHoldTemplates(value))
        {
            return new FixedPart(value);
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => CompileText(value, pointer),
            JsonValueKind.Array => CompileArray(value, pointer, depth + 1),
            JsonValueKind.Object => CompileObject(value, pointer, depth + 1),
            _ => new FixedPart(value),
        };
    }

    /// <summary>
    /// Read from the text, so that a large tree without templates costs nothing: no strings, no pointers.
    /// An escape may stand for the <c>$</c> or the <c>{</c>.
    /// </summary>
    private static bool MayHoldTemplates(JsonElement value)
    {
        var json = JsonMarshal.GetRawUtf8Value(value);
        return json.IndexOf("${"u8) >= 0 || json.IndexOf("\\u"u8) >= 0;
    }

    private TemplatePart CompileText(JsonElement value, string pointer)
    {
        try
        {
            if (TemplateText.Parse(ParsedText.Read(value), _budget) is { } text)
            {
                _rootPaths.AddRange(text.RootPaths.Select(path => path with { Pointer = pointer }));
                return new TextPart(text, pointer);
            }
        }
        catch (ExpressionException e)
        {
            findings.Add(e.In(pointer, 0));

            // One sentence about the budget is enough, and the rest of the tree is not worth its time.
            _isStopped = _budget.IsSpent;
        }

        return new FixedPart(value);
    }

    private TemplatePart CompileArray(JsonElement value, string pointer, int depth)
    {
        if (!IsWithin(depth, pointer))
        {
            return new FixedPart(value);
        }

        var parts = new TemplatePart[value.GetArrayLength()];
        var i = 0;
        foreach (var item in value.EnumerateArray())
        {
            parts[i] = Compile(item, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{i}"), depth);
            i++;
        }

        return IsFixed(parts) ? new FixedPart(value) : new ItemsPart(parts);
    }

    private TemplatePart CompileObject(JsonElement value, string pointer, int depth)
    {
        if (!IsWithin(depth, pointer))
        {
            return new FixedPart(value);
        }

        var names = new string[value.GetPropertyCount()];
        var parts = new TemplatePart[names.Length];
        var i = 0;
        foreach (var member in value.EnumerateObject())
        {
            names[i] = ParsedText.Name(member);
            parts[i] = Compile(member.Value, $"{pointer}/{Escape(names[i])}", depth);
            i++;
        }

        return IsFixed(parts) ? new FixedPart(value) : new MembersPart(names, parts);
    }

    private bool IsWithin(int depth, string pointer)
    {
        if (depth <= ExpressionLimits.ValueDepth)
        {
            return true;
        }

        var message = $"The template nests deeper than {ExpressionLimits.ValueDepth} levels; make it flatter.";
        findings.Add(ExpressionException.Limit(message).In(pointer, 0));
        return false;
    }

    private static bool IsFixed(TemplatePart[] parts) => Array.TrueForAll(parts, part => part is FixedPart);

    /// <summary>A name as a reference token (RFC 6901, section 3).</summary>
    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
