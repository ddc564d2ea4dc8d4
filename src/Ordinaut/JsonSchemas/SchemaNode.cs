using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>One compiled subschema: a boolean, or keywords that must all hold.</summary>
internal sealed class SchemaNode(SchemaResource resource, SchemaPlace place)
{
    private Keyword[] _keywords = [];
    private bool _tracksMarks;

    public SchemaResource Resource { get; } = resource;

    /// <summary>The schema is <c>true</c> or <c>false</c>; null when it has keywords.</summary>
    public bool? Always { get; init; }

    public string Pointer => place.Pointer;

    public int PointerLength => place.Length;

    public IReadOnlyList<Keyword> Keywords => _keywords;

    public void Fill(Keyword[] keywords)
    {
        _keywords = keywords;
        _tracksMarks = keywords.Any(k => k.ReadsMarks);
    }

    /// <param name="value">The value at hand.</param>
    /// <param name="run">The validation it is part of.</param>
    /// <param name="marks">Where an outer schema wants to know what was evaluated of the value.</param>
    public bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (Always is { } verdict)
        {
            // Charged although it does nothing: an array of a hundred thousand items takes its time all the same.
            return run.Meter.Spend(1) && (verdict || RefuseAll(run));
        }

        if (!run.Enter(this))
        {
            return false;
        }

        var valid = _tracksMarks ? EvaluateWithOwnMarks(value, run, marks) : EvaluateKeywords(value, run, marks);
        run.Leave();
        return valid;
    }

    /// <summary>
    /// With a set of marks of its own, because <c>unevaluatedProperties</c> must not see what a sibling subschema
    /// of the outer schema evaluated, only what its own did.
    /// </summary>
    private bool EvaluateWithOwnMarks(JsonElement value, Evaluation run, Marks outer)
    {
        var own = run.Arena.Open(value, run.Meter);
        var valid = EvaluateKeywords(value, run, own);
        if (valid)
        {
            run.Arena.Merge(own, outer);
        }

        run.Arena.Close(own);
        return valid;
    }

    private bool EvaluateKeywords(JsonElement value, Evaluation run, Marks marks)
    {
        var valid = true;
        foreach (var keyword in _keywords)
        {
            if (keyword.Evaluate(value, run, marks))
            {
                continue;
            }

            valid = false;
            if (!run.IsCollecting)
            {
                break;
            }
        }

        return valid;
    }

    private bool RefuseAll(Evaluation run)
    {
        if (run.IsCollecting)
        {
            run.Report(this, "false", "is not permitted here: the schema refuses every value");
        }

        return false;
    }
}
