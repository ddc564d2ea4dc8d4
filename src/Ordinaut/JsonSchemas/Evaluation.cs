using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// The state of one validation: what it may still cost, where it is in the value, which schema resources it went
/// through (the dynamic scope), and what it found. Without a list of errors it only answers yes or no.
/// </summary>
internal sealed class Evaluation(bool tracksScope, List<SchemaError>? errors, int maxErrors)
{
    // An error's texts are made for it: charged, so that a thousand refusals of a long name stay affordable.
    private const int UnitsPerError = 24;
    private const int PointerCharactersPerUnit = 8;

    private readonly List<SchemaResource> _scope = [];
    private readonly List<Step> _path = [];
    private int _muted;
    private int _depth;
    private int _instanceDepth;

    public WorkMeter Meter { get; } = new(SchemaLimits.Work);

    public MarkArena Arena { get; } = new();

    /// <summary>Whether refusals are to be put into words now: not when there are as many as were asked for.</summary>
    public bool IsCollecting => errors is not null && _muted == 0 && errors.Count <= maxErrors;

    public int ErrorCount => errors?.Count ?? 0;

    /// <summary>Enters a subschema; false when the validation became too complex.</summary>
    public bool Enter(SchemaNode node)
    {
        if (_depth >= SchemaLimits.EvaluationDepth)
        {
            return Meter.Exhaust();
        }

        if (!Meter.Spend(1))
        {
            return false;
        }

        _depth++;
        if (tracksScope)
        {
            _scope.Add(node.Resource);
        }

        return true;
    }

    public void Leave()
    {
        _depth--;
        if (tracksScope)
        {
            _scope.RemoveAt(_scope.Count - 1);
        }
    }

    public bool EvaluateMember(SchemaNode node, JsonProperty member)
    {
        if (!GoDeeper(new Step(member, -1)))
        {
            return false;
        }

        var valid = node.Evaluate(member.Value, this, Marks.None);
        GoBack();
        return valid;
    }

    public bool EvaluateItem(SchemaNode node, JsonElement item, int index)
    {
        if (!GoDeeper(new Step(default, index)))
        {
            return false;
        }

        var valid = node.Evaluate(item, this, Marks.None);
        GoBack();
        return valid;
    }

    /// <summary>Evaluates for the verdict only: a refusal here is not an error of the value.</summary>
    public bool Test(SchemaNode node, JsonElement value, Marks marks)
    {
        _muted++;
        var valid = node.Evaluate(value, this, marks);
        _muted--;
        return valid;
    }

    /// <summary>As <see cref="Test"/>, for an item of the array at hand.</summary>
    public bool TestItem(SchemaNode node, JsonElement item, int index)
    {
        _muted++;
        var valid = EvaluateItem(node, item, index);
        _muted--;
        return valid;
    }

    public void Report(SchemaNode node, string keyword, string message)
    {
        if (errors is null || Meter.IsSpent)
        {
            return;
        }

        // Measured first: the pointer may be long, and is not made when it cannot be afforded.
        var length = node.PointerLength + keyword.Length + PathLength();
        if (!Meter.Spend(UnitsPerError + length / PointerCharactersPerUnit))
        {
            return;
        }

        errors.Add(new SchemaError(PathPointer(), $"{node.Pointer}/{keyword}", keyword, message));
    }

    /// <summary>Reports at a member of the object at hand.</summary>
    public void ReportMember(JsonProperty member, KeywordSite site, string message)
    {
        if (GoDeeper(new Step(member, -1)))
        {
            Report(site.Node, site.Name, message);
            GoBack();
        }
    }

    /// <summary>Reports, in front of errors that explain it.</summary>
    public void ReportBefore(int index, KeywordSite site, string message)
    {
        var last = ErrorCount;
        Report(site.Node, site.Name, message);
        if (errors is not null && errors.Count > last)
        {
            errors.Insert(index, errors[last]);
            errors.RemoveAt(last + 1);
        }
    }

    public void ForgetErrors(int from)
    {
        if (errors is not null && errors.Count > from)
        {
            errors.RemoveRange(from, errors.Count - from);
        }
    }

    /// <summary>
    /// Of two alternatives' errors, [from, middle) and [middle, end), keeps those of the one that came deeper
    /// into the value, then the shorter list: most likely the alternative that was meant.
    /// </summary>
    public void KeepCloser(int from, int middle)
    {
        if (errors is null || middle == from || middle == errors.Count)
        {
            return;
        }

        var (before, after) = (Depth(errors[from]), Depth(errors[middle]));
        var secondIsCloser = after > before || (after == before && errors.Count - middle < middle - from);
        if (secondIsCloser)
        {
            errors.RemoveRange(from, middle - from);
        }
        else
        {
            ForgetErrors(middle);
        }
    }

    /// <summary>The outermost resource in the dynamic scope that has this dynamic anchor.</summary>
    public bool TryFindDynamic(string anchor, [NotNullWhen(true)] out SchemaNode? node)
    {
        foreach (var resource in _scope)
        {
            Meter.Spend(1);
            if (resource.DynamicNodes.TryGetValue(anchor, out node))
            {
                return true;
            }
        }

        node = null;
        return false;
    }

    private static int Depth(SchemaError error) => error.InstancePointer.AsSpan().Count('/');

    private bool GoDeeper(Step step)
    {
        if (_instanceDepth >= SchemaLimits.InstanceDepth)
        {
            return Meter.Exhaust();
        }

        _instanceDepth++;
        if (errors is not null)
        {
            _path.Add(step);
        }

        return true;
    }

    private void GoBack()
    {
        _instanceDepth--;
        if (errors is not null)
        {
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private int PathLength()
    {
        var length = 0;
        foreach (var step in _path)
        {
            length += step.Index >= 0 ? 8 : JsonText.Name(step.Member).Length + 1;
        }

        return length;
    }

    private string PathPointer()
    {
        var pointer = new StringBuilder();
        foreach (var step in _path)
        {
            pointer.Append('/');
            if (step.Index >= 0)
            {
                pointer.Append(step.Index);
            }
            else
            {
                pointer.Append(JsonPointers.Escape(JsonText.ToText(JsonText.Name(step.Member))));
            }
        }

        return pointer.ToString();
    }

    /// <summary>One level into the value: a member, or an item when the index is not negative.</summary>
    private readonly record struct Step(JsonProperty Member, int Index);
}
