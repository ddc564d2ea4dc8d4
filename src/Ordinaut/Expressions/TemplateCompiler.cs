using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>Compiles a JSON tree into a template, collecting everything that is wrong with it.</summary>
internal sealed class TemplateCompiler(ICollection<ExpressionException> findings)
{
    private readonly List<PathRef> _rootPaths = [];
    private readonly List<(string? Name, int Index)> _place = [];
    private readonly TemplateBudget _budget = new();
    private int _reported;
    private bool _isStopped;

    public IReadOnlyList<PathRef> RootPaths => _rootPaths;

    public TemplatePart Compile(JsonElement value)
    {
        if (_isStopped || !MayHoldTemplates(value))
        {
            return new FixedPart(value);
        }

        if (_place.Count > ExpressionLimits.ValueDepth)
        {
            Report(ExpressionException.Limit($"The template nests deeper than {ExpressionLimits.ValueDepth} levels."));
            return new FixedPart(value);
        }

        return value.ValueKind switch
        {
            JsonValueKind.Array => CompileArray(value),
            JsonValueKind.Object => CompileObject(value),
            _ => CompileText(value),
        };
    }

    /// <summary>
    /// Read from the text, so that a large tree without templates costs nothing. The <c>$</c> and the <c>{</c> may be
    /// written as escapes (\u0024, \u007b).
    /// </summary>
    private static bool MayHoldTemplates(JsonElement value)
    {
        var json = JsonMarshal.GetRawUtf8Value(value);
        return json.IndexOf("${"u8) >= 0 || json.IndexOf("\\u00"u8) >= 0;
    }

    private TemplatePart CompileText(JsonElement value)
    {
        try
        {
            if (TemplateText.Parse(ParsedText.Read(value), _budget) is { } text)
            {
                var pointer = Pointer();
                _rootPaths.AddRange(text.RootPaths.Select(path => path with { Pointer = pointer }));
                return new TextPart(text, pointer);
            }
        }
        catch (ExpressionException e)
        {
            Report(e);
        }

        return new FixedPart(value);
    }

    private TemplatePart CompileArray(JsonElement value)
    {
        var parts = new TemplatePart[value.GetArrayLength()];
        var i = 0;
        foreach (var item in value.EnumerateArray())
        {
            parts[i] = CompileAt((null, i), item);
            i++;
        }

        return IsFixed(parts) ? new FixedPart(value) : new ItemsPart(parts);
    }

    private TemplatePart CompileObject(JsonElement value)
    {
        var names = new string[value.GetPropertyCount()];
        var parts = new TemplatePart[names.Length];
        var i = 0;
        foreach (var member in value.EnumerateObject())
        {
            names[i] = ParsedText.Name(member);
            parts[i] = CompileAt((names[i], 0), member.Value);
            i++;
        }

        return IsFixed(parts) ? new FixedPart(value) : new MembersPart(names, parts);
    }

    private TemplatePart CompileAt((string? Name, int Index) place, JsonElement value)
    {
        _place.Add(place);
        var part = Compile(value);
        _place.RemoveAt(_place.Count - 1);
        return part;
    }

    private void Report(ExpressionException finding)
    {
        findings.Add(finding.In(Pointer(), 0));

        // One sentence about the budget is enough, and a tree with that many mistakes is not worth more time.
        _isStopped = _budget.IsSpent || ++_reported == ExpressionLimits.TemplateFindings;
    }

    /// <summary>Written only when somebody asks: most strings of a tree are no templates.</summary>
    private string Pointer() =>
        string.Concat(
            _place.Select(place =>
                place.Name is { } name
                    ? $"/{Escape(name)}"
                    : string.Create(CultureInfo.InvariantCulture, $"/{place.Index}")
            )
        );

    private static bool IsFixed(TemplatePart[] parts) => Array.TrueForAll(parts, part => part is FixedPart);

    /// <summary>A name as a reference token (RFC 6901, section 3).</summary>
    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
