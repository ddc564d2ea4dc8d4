using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>A keyword's place: the subschema it is part of and its name.</summary>
internal readonly record struct KeywordSite(SchemaNode Node, string Name);

/// <summary>One compiled keyword, or several that are evaluated together.</summary>
internal abstract class Keyword(KeywordSite site)
{
    /// <summary>Subschemas applied to the same value: through them a schema may loop without end.</summary>
    public virtual IEnumerable<SchemaNode> InPlace => [];

    /// <summary>It asks what the other keywords evaluated, and so comes last.</summary>
    public virtual bool ReadsMarks => false;

    protected KeywordSite Site { get; } = site;

    public abstract bool Evaluate(JsonElement value, Evaluation run, Marks marks);

    /// <summary>False, with the message when errors are collected; only then is it worth making.</summary>
    protected bool Refuse(Evaluation run, string message)
    {
        run.Report(Site.Node, Site.Name, message);
        return false;
    }
}

/// <summary>A keyword that looks at the value alone and applies no subschema.</summary>
internal abstract class Assertion(KeywordSite site) : Keyword(site)
{
    public sealed override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (Holds(value, run.Meter))
        {
            return true;
        }

        return run.IsCollecting && Refuse(run, Describe(value));
    }

    protected abstract bool Holds(JsonElement value, WorkMeter meter);

    /// <summary>What is wrong with a value for which it does not hold.</summary>
    protected abstract string Describe(JsonElement value);
}
