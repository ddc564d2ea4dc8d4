using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary><c>unevaluatedItems</c> (core 2020-12, section 11.2).</summary>
internal sealed class UnevaluatedItemsKeyword(KeywordSite site, SchemaNode rest) : Keyword(site)
{
    public override bool ReadsMarks => true;

    public static UnevaluatedItemsKeyword? Read(KeywordReader reader) =>
        reader.Subschema("unevaluatedItems") is { } rest
            ? new UnevaluatedItemsKeyword(reader.Site("unevaluatedItems"), rest)
            : null;

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        run.Meter.Spend(marks.Words);

        var (valid, index) = (true, 0);
        foreach (var item in value.EnumerateArray())
        {
            if (!run.Arena.IsSet(marks, index))
            {
                valid &= run.EvaluateItem(rest, item, index);
                run.Arena.Set(marks, index);
            }

            index++;
            if (run.Meter.IsSpent || (!valid && !run.IsCollecting))
            {
                return false;
            }
        }

        return valid;
    }
}

/// <summary><c>unevaluatedProperties</c> (core 2020-12, section 11.3).</summary>
internal sealed class UnevaluatedPropertiesKeyword(KeywordSite site, SchemaNode rest) : Keyword(site)
{
    public override bool ReadsMarks => true;

    public static UnevaluatedPropertiesKeyword? Read(KeywordReader reader) =>
        reader.Subschema("unevaluatedProperties") is { } rest
            ? new UnevaluatedPropertiesKeyword(reader.Site("unevaluatedProperties"), rest)
            : null;

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        run.Meter.Spend(marks.Words);

        var (valid, index) = (true, 0);
        foreach (var member in value.EnumerateObject())
        {
            if (!run.Arena.IsSet(marks, index))
            {
                valid &= EvaluateRest(member, run);
                run.Arena.Set(marks, index);
            }

            index++;
            if (run.Meter.IsSpent || (!valid && !run.IsCollecting))
            {
                return false;
            }
        }

        return valid;
    }

    private bool EvaluateRest(JsonProperty member, Evaluation run)
    {
        if (rest.Always != false)
        {
            return run.EvaluateMember(rest, member);
        }

        if (run.IsCollecting)
        {
            run.ReportMember(member, Site, "is not a known member: no part of the schema describes it");
        }

        return false;
    }
}
