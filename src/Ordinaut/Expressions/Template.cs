using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>
/// A JSON tree with <c>${expression}</c> in its strings, such as the <c>with</c> of a step: compiled once, rendered
/// with the scope of each run. Only strings are templates, never the names of members. What an expression gives
/// is data: it is put in place and never looked at again, so <c>${…}</c> inside it stays text.
/// </summary>
internal sealed class Template
{
    private readonly TemplatePart _root;

    private Template(TemplatePart root, IReadOnlyList<PathRef> rootPaths)
    {
        _root = root;
        RootPaths = rootPaths;
    }

    /// <summary>The paths that the template reads, each with the JSON Pointer of the string that reads it.</summary>
    public IReadOnlyList<PathRef> RootPaths { get; }

    /// <exception cref="ExpressionException">The first string that cannot be parsed, with its JSON Pointer.</exception>
    public static Template Parse(JsonElement tree)
    {
        var findings = new List<ExpressionException>();
        return Parse(tree, findings) ?? throw findings[0];
    }

    /// <summary>Reports every string that cannot be parsed; null when there is one.</summary>
    public static Template? Parse(JsonElement tree, ICollection<ExpressionException> findings)
    {
        var before = findings.Count;
        var compiler = new TemplateCompiler(findings);
        var root = compiler.Compile(tree);
        return findings.Count == before ? new Template(root, compiler.RootPaths) : null;
    }

    /// <exception cref="ExpressionException">
    /// A path is missing, an expression fails or a limit is exceeded; with the JSON Pointer of the string.
    /// </exception>
    public JsonValue Render(JsonValue scope, Fuel fuel)
    {
        var result = Fuel.Built(_root.Render(scope, fuel));
        JsonWriting.CheckDepth(result);
        return result;
    }
}
