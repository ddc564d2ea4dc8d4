using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>A compiled part of a template's tree.</summary>
internal abstract class TemplatePart
{
    public abstract Json Render(in Json scope, Fuel fuel);

    protected static Json[] RenderAll(TemplatePart[] parts, in Json scope, Fuel fuel)
    {
        var values = new Json[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            values[i] = parts[i].Render(scope, fuel);
        }

        return values;
    }
}

/// <summary>A part of the tree without templates: it is passed on as it was parsed.</summary>
internal sealed class FixedPart(JsonElement value) : TemplatePart
{
    public override Json Render(in Json scope, Fuel fuel) => Json.Of(value);
}

/// <summary>A string with expressions, and where it stands.</summary>
internal sealed class TextPart(TemplateText text, string pointer) : TemplatePart
{
    public override Json Render(in Json scope, Fuel fuel)
    {
        try
        {
            return text.Render(scope, fuel);
        }
        catch (ExpressionException e)
        {
            throw e.In(pointer, 0);
        }
    }
}

/// <summary>An array with a template somewhere below.</summary>
internal sealed class ItemsPart(TemplatePart[] parts) : TemplatePart
{
    public override Json Render(in Json scope, Fuel fuel) => Json.Array(RenderAll(parts, scope, fuel));
}

/// <summary>An object with a template somewhere below.</summary>
internal sealed class MembersPart(string[] names, TemplatePart[] parts) : TemplatePart
{
    public override Json Render(in Json scope, Fuel fuel) =>
        Json.Object(names, RenderAll(parts, scope, fuel), names.Length);
}
