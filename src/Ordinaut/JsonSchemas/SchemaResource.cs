using System.Globalization;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>A schema with a URI of its own: a document's root, or a subschema with <c>$id</c>.</summary>
internal sealed class SchemaResource(string uri, SchemaDialect dialect, SchemaDocument document)
{
    public string Uri { get; } = uri;

    public SchemaDialect Dialect { get; } = dialect;

    public SchemaDocument Document { get; } = document;

    public IndexedSchema Root { get; set; } = null!;

    /// <summary>Subschemas by plain name, dynamic ones among them.</summary>
    public Dictionary<string, IndexedSchema> Anchors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, IndexedSchema> DynamicAnchors { get; } = new(StringComparer.Ordinal);

    /// <summary>The compiled <see cref="DynamicAnchors"/>.</summary>
    public Dictionary<string, SchemaNode> DynamicNodes { get; } = new(StringComparer.Ordinal);
}

/// <summary>A subschema that was found in a document.</summary>
internal sealed record IndexedSchema(JsonElement Element, SchemaResource Resource, SchemaPlace Place);

/// <summary>
/// Where in a document a subschema is: the tokens of its pointer as a chain, because the pointers of a thousand
/// subschemas written out could be far larger than the schema itself.
/// </summary>
internal sealed class SchemaPlace
{
    private readonly SchemaPlace? _parent;
    private readonly string _prefix;

    private SchemaPlace(SchemaPlace? parent, string token, string prefix, int depth)
    {
        _parent = parent;
        _prefix = prefix;
        Token = token;
        Depth = depth;
        Length = parent is null ? prefix.Length : parent.Length + 1 + token.Length;
    }

    public string Token { get; }

    /// <summary>How many subschemas it is inside of.</summary>
    public int Depth { get; }

    public bool IsRoot => _parent is null;

    /// <summary>The pointer's length, about.</summary>
    public int Length { get; }

    public string Pointer => _parent is null ? _prefix : $"{_parent.Pointer}/{JsonPointers.Escape(Token)}";

    public static SchemaPlace Root(string uri) => new(null, "", uri == SchemaUris.Unnamed ? "" : $"{uri}#", depth: 1);

    public SchemaPlace Then(string token) => new(this, token, _prefix, Depth);

    public SchemaPlace Then(int index) => Then(index.ToString(CultureInfo.InvariantCulture));

    /// <summary>The same place, as that of a subschema of the one above.</summary>
    public SchemaPlace Below() => new(_parent, Token, _prefix, Depth + 1);

    public SchemaException Wrong(string detail) => new(Pointer, detail);

    /// <summary>The result, or the place of a URI that is none.</summary>
    public string Checked(Func<string> resolve)
    {
        try
        {
            return resolve();
        }
        catch (UriFormatException e)
        {
            throw Wrong(e.Message);
        }
    }
}
