using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// Turns an indexed document, and what it refers to, into a graph of nodes. References become edges, so nodes are
/// made first and filled from a queue: neither a cycle nor a long chain of references needs the stack.
/// </summary>
internal sealed class SchemaCompiler(SchemaRegistry registry, bool assertFormats)
{
    private readonly Dictionary<string, SchemaResource> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<IndexedSchema, SchemaNode> _nodes = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<(SchemaNode Node, IndexedSchema Schema)> _unfilled = [];

    /// <summary>Whether any <c>$dynamicRef</c> may lead elsewhere depending on the way it was reached.</summary>
    public bool UsesDynamicScope { get; private set; }

    public bool AssertsFormats => assertFormats;

    public SchemaNode Compile(JsonElement schema)
    {
        var document = Load(schema, SchemaUris.Unnamed);
        foreach (var part in document.Schemas)
        {
            NodeOf(part);
        }

        while (_unfilled.TryDequeue(out var next))
        {
            next.Node.Fill(KeywordReader.Read(this, next.Node, next.Schema));
        }

        SchemaLoops.Refuse(_nodes.Values);
        return NodeOf(document.Root);
    }

    public SchemaNode NodeOf(IndexedSchema schema)
    {
        if (!_nodes.TryGetValue(schema, out var node))
        {
            bool? always = schema.Element.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            };
            node = new SchemaNode(schema.Resource, schema.Place) { Always = always };
            _nodes[schema] = node;
            if (always is null)
            {
                _unfilled.Enqueue((node, schema));
            }
        }

        return node;
    }

    /// <summary>The subschema a <c>$ref</c> means, and the dynamic anchor if it means one by name.</summary>
    public (SchemaNode Node, string? DynamicAnchor) Resolve(string reference, IndexedSchema from)
    {
        var (_, fragment) = SchemaUris.Split(reference);
        var uri = from.Place.Checked(() => SchemaUris.Resolve(from.Resource.Uri, reference));
        var resource =
            FindResource(uri)
            ?? throw from.Place.Wrong(
                $"refers to '{JsonText.Shorten(reference)}', which is not known here; nothing is fetched"
            );
        if (fragment.Length == 0 || fragment[0] == '/')
        {
            var target = SchemaPointers.Follow(resource, fragment);
            return target is null ? throw NothingAt(reference, from) : (NodeOf(target), null);
        }

        if (!resource.Anchors.TryGetValue(fragment, out var anchored))
        {
            throw NothingAt(reference, from);
        }

        return (NodeOf(anchored), resource.DynamicAnchors.ContainsKey(fragment) ? fragment : null);
    }

    /// <summary>Compiles every schema that a dynamic reference may turn out to mean.</summary>
    public void FollowDynamicScope()
    {
        UsesDynamicScope = true;
        foreach (var resource in _resources.Values)
        {
            CompileDynamicAnchors(resource);
        }
    }

    private static SchemaException NothingAt(string reference, IndexedSchema from) =>
        from.Place.Wrong($"refers to '{JsonText.Shorten(reference)}', but there is no schema at that place");

    private SchemaResource? FindResource(string uri)
    {
        if (_resources.TryGetValue(uri, out var known))
        {
            return known;
        }

        if (!registry.TryFind(uri, out var text))
        {
            return null;
        }

        var document = Load(text, uri);
        return _resources.GetValueOrDefault(uri) ?? document.Root.Resource;
    }

    private SchemaDocument Load(JsonElement schema, string uri)
    {
        var document = SchemaDocument.Index(schema, uri, registry);
        foreach (var resource in document.Resources)
        {
            if (!_resources.TryAdd(resource.Uri, resource))
            {
                throw resource.Root.Place.Wrong($"'$id' {JsonText.Shorten(resource.Uri)} is used more than once");
            }

            if (UsesDynamicScope)
            {
                CompileDynamicAnchors(resource);
            }
        }

        return document;
    }

    private void CompileDynamicAnchors(SchemaResource resource)
    {
        foreach (var (name, schema) in resource.DynamicAnchors)
        {
            resource.DynamicNodes[name] = NodeOf(schema);
        }
    }
}
