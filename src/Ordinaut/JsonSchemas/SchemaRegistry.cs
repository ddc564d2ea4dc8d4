using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// Schemas that other schemas may refer to, by URI, put there by hand. The metaschemas of both drafts are known
/// to every registry. Filled before use; reading is thread-safe, adding is not.
/// </summary>
internal sealed class SchemaRegistry
{
    private readonly Dictionary<string, JsonElement> _documents = new(StringComparer.Ordinal);

    /// <summary>Makes a schema known under the URI, and everything in it that has an <c>$id</c> under that.</summary>
    /// <exception cref="SchemaException">The document is not a schema.</exception>
    public void Add(string uri, JsonElement schema)
    {
        var document = schema.Clone();
        var name = SchemaUris.Absolute(uri);
        foreach (var resource in SchemaDocument.Index(document, name, this).Resources)
        {
            _documents.TryAdd(resource.Uri, document);
        }

        _documents[name] = document;
    }

    /// <summary>The document that holds the schema with this absolute URI.</summary>
    public bool TryFind(string uri, out JsonElement document) =>
        _documents.TryGetValue(uri, out document) || Metaschemas.TryFind(uri, out document);
}
