using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary><c>$ref</c>, and a <c>$dynamicRef</c> that can mean one schema only.</summary>
internal sealed class ReferenceKeyword(KeywordSite site, SchemaNode target) : Keyword(site)
{
    public override IEnumerable<SchemaNode> InPlace => [target];

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks) => target.Evaluate(value, run, marks);
}

/// <summary>
/// <c>$dynamicRef</c> to a <c>$dynamicAnchor</c> (core 2020-12, section 8.2.3.2): the outermost schema resource
/// on the way here that has the same dynamic anchor is meant.
/// </summary>
internal sealed class DynamicReferenceKeyword(KeywordSite site, SchemaNode target, string anchor) : Keyword(site)
{
    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks) =>
        (run.TryFindDynamic(anchor, out var outermost) ? outermost : target).Evaluate(value, run, marks);
}
