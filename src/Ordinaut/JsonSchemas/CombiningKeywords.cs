using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>Keywords that apply subschemas to the same value (core 2020-12, section 10.2).</summary>
internal static class CombiningKeywords
{
    public static void Read(KeywordReader reader, Action<Keyword?> add)
    {
        if (reader.Subschemas("allOf") is { Length: > 0 } all)
        {
            add(new AllOfKeyword(reader.Site("allOf"), all));
        }

        if (reader.Subschemas("anyOf") is { Length: > 0 } any)
        {
            add(new AnyOfKeyword(reader.Site("anyOf"), any, onlyOne: false));
        }

        if (reader.Subschemas("oneOf") is { Length: > 0 } one)
        {
            add(new AnyOfKeyword(reader.Site("oneOf"), one, onlyOne: true));
        }

        if (reader.Subschema("not") is { } refused)
        {
            add(new NotKeyword(reader.Site("not"), refused));
        }

        if (reader.Subschema("if") is { } condition)
        {
            add(new IfKeyword(reader.Site("if"), condition, reader.Subschema("then"), reader.Subschema("else")));
        }
    }
}

/// <summary><c>allOf</c>.</summary>
internal sealed class AllOfKeyword(KeywordSite site, SchemaNode[] parts) : Keyword(site)
{
    public override IEnumerable<SchemaNode> InPlace => parts;

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        var valid = true;
        foreach (var part in parts)
        {
            valid &= part.Evaluate(value, run, marks);
            if (!valid && !run.IsCollecting)
            {
                return false;
            }
        }

        return valid;
    }
}

/// <summary><c>anyOf</c> and <c>oneOf</c>.</summary>
internal sealed class AnyOfKeyword(KeywordSite site, SchemaNode[] alternatives, bool onlyOne) : Keyword(site)
{
    public override IEnumerable<SchemaNode> InPlace => alternatives;

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        var errorsBefore = run.ErrorCount;
        var matched = 0;
        foreach (var alternative in alternatives)
        {
            matched += Matches(alternative, value, run, marks, errorsBefore) ? 1 : 0;
            // With marks wanted every alternative of anyOf must be tried, for what it evaluates.
            if (run.Meter.IsSpent || (onlyOne ? matched > 1 : matched > 0 && marks.IsNone))
            {
                break;
            }
        }

        if (matched == 1 || (matched > 1 && !onlyOne))
        {
            run.ForgetErrors(errorsBefore);
            return true;
        }

        if (run.IsCollecting)
        {
            Explain(run, matched, errorsBefore);
        }

        return false;
    }

    private static bool Matches(
        SchemaNode alternative,
        JsonElement value,
        Evaluation run,
        Marks marks,
        int errorsBefore
    )
    {
        var errorsSoFar = run.ErrorCount;
        var own = marks.IsNone ? marks : run.Arena.Open(value, run.Meter);
        var valid = alternative.Evaluate(value, run, own);
        if (!marks.IsNone)
        {
            run.Arena.Merge(valid ? own : Marks.None, marks);
            run.Arena.Close(own);
        }

        if (!valid)
        {
            run.KeepCloser(errorsBefore, errorsSoFar);
        }

        return valid;
    }

    private void Explain(Evaluation run, int matched, int errorsBefore)
    {
        if (matched > 1)
        {
            run.ForgetErrors(errorsBefore);
            Refuse(run, $"matches more than one of the {alternatives.Length} alternatives, but must match exactly one");
            return;
        }

        var rule = onlyOne ? "exactly one" : "at least one";
        run.ReportBefore(
            errorsBefore,
            Site,
            $"must match {rule} of {alternatives.Length} alternatives, but matches none; "
                + "what follows is said of the closest one"
        );
    }
}

/// <summary><c>not</c>. What a refused subschema evaluated does not count, so it gets no marks.</summary>
internal sealed class NotKeyword(KeywordSite site, SchemaNode refused) : Keyword(site)
{
    public override IEnumerable<SchemaNode> InPlace => [refused];

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (!run.Test(refused, value, Marks.None))
        {
            return true;
        }

        return run.IsCollecting && Refuse(run, "must not match the schema under 'not', but does");
    }
}

/// <summary><c>if</c>, <c>then</c> and <c>else</c>.</summary>
internal sealed class IfKeyword(KeywordSite site, SchemaNode condition, SchemaNode? then, SchemaNode? otherwise)
    : Keyword(site)
{
    public override IEnumerable<SchemaNode> InPlace => new[] { condition, then, otherwise }.OfType<SchemaNode>();

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        var own = marks.IsNone ? marks : run.Arena.Open(value, run.Meter);
        var holds = run.Test(condition, value, own);
        if (!marks.IsNone)
        {
            run.Arena.Merge(holds ? own : Marks.None, marks);
            run.Arena.Close(own);
        }

        return (holds ? then : otherwise)?.Evaluate(value, run, marks) ?? true;
    }
}
