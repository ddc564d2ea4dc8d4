using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// One schema text, indexed: where its subschemas are, which of them are resources of their own (<c>$id</c>) and
/// which names they carry (<c>$anchor</c>). Limits of the text are checked here, before anything is compiled.
/// </summary>
internal sealed class SchemaDocument
{
    // By the offset of the subschema's text, which is unique and unlike a pointer has no length.
    private readonly Dictionary<int, IndexedSchema> _schemas = [];
    private readonly Dictionary<int, Dictionary<byte[], JsonElement>> _members = [];
    private readonly List<SchemaResource> _resources = [];
    private readonly SchemaRegistry _registry;
    private readonly JsonElement _root;

    private SchemaDocument(JsonElement root, string uri, SchemaRegistry registry)
    {
        _root = root;
        _registry = registry;
        Uri = uri;
    }

    public string Uri { get; }

    public IReadOnlyList<SchemaResource> Resources => _resources;

    public IndexedSchema Root => _schemas[0];

    public IEnumerable<IndexedSchema> Schemas => _schemas.Values;

    public static SchemaDocument Index(JsonElement root, string uri, SchemaRegistry registry)
    {
        CheckText(root);
        var document = new SchemaDocument(root, uri, registry);
        var place = SchemaPlace.Root(uri);
        var outermost = new SchemaResource(uri, SchemaDialect.Draft202012, document);
        document.Walk(root, outermost, place);
        return document;
    }

    /// <summary>The subschema at an element a reference leads to, known as a schema or not.</summary>
    public IndexedSchema At(JsonElement element, SchemaResource resource, SchemaPlace place)
    {
        if (!_schemas.ContainsKey(OffsetOf(element)))
        {
            Walk(element, resource, place);
        }

        return _schemas[OffsetOf(element)];
    }

    /// <summary>The member of an object; remembered, because a thousand references may go through one object.</summary>
    public bool TryGetMember(JsonElement element, byte[] name, out JsonElement member)
    {
        member = default;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var offset = OffsetOf(element);
        if (!_members.TryGetValue(offset, out var members))
        {
            _members[offset] = members = JsonText.Members(element);
        }

        return members.TryGetValue(name, out member);
    }

    public IndexedSchema? Find(JsonElement element) => _schemas.GetValueOrDefault(OffsetOf(element));

    private static void CheckText(JsonElement root)
    {
        var text = JsonMarshal.GetRawUtf8Value(root);
        if (text.Length > SchemaLimits.TextBytes)
        {
            throw new SchemaException("", $"has {text.Length} bytes; at most {SchemaLimits.TextBytes} are accepted");
        }

        var (depth, inString) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            inString ^= text[i] == (byte)'"';
            i += inString && text[i] == (byte)'\\' ? 1 : 0;
            depth += inString || i >= text.Length ? 0 : Opens(text[i]);
            if (depth > SchemaLimits.SchemaJsonDepth)
            {
                throw new SchemaException("", $"is nested deeper than {SchemaLimits.SchemaJsonDepth} levels");
            }
        }
    }

    private static int Opens(byte c) =>
        c switch
        {
            (byte)'[' or (byte)'{' => 1,
            (byte)']' or (byte)'}' => -1,
            _ => 0,
        };

    private int OffsetOf(JsonElement element)
    {
        var text = JsonMarshal.GetRawUtf8Value(_root);
        text.Overlaps(JsonMarshal.GetRawUtf8Value(element), out var offset);
        return offset;
    }

    private void Walk(JsonElement schema, SchemaResource parent, SchemaPlace place)
    {
        if (_schemas.Count >= SchemaLimits.Subschemas)
        {
            throw place.Wrong($"has more than {SchemaLimits.Subschemas} subschemas");
        }

        if (place.Depth > SchemaLimits.SchemaDepth)
        {
            throw place.Wrong($"subschemas are nested deeper than {SchemaLimits.SchemaDepth} levels");
        }

        if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
        {
            throw place.Wrong($"must be a schema (an object or a boolean), but is {JsonTypes.Name(schema)}");
        }

        var indexed = new IndexedSchema(schema, parent, place);
        if (schema.ValueKind == JsonValueKind.Object)
        {
            indexed = indexed with { Resource = EnterResource(indexed) };
        }
        else if (place.IsRoot)
        {
            AddResource(parent, indexed);
        }

        _schemas[OffsetOf(schema)] = indexed;
        if (schema.ValueKind == JsonValueKind.Object)
        {
            ReadAnchors(indexed);
            foreach (var keyword in schema.EnumerateObject())
            {
                WalkKeyword(keyword, indexed);
            }
        }
    }

    /// <summary>The resource the schema belongs to: a new one when it has an <c>$id</c> or is the root.</summary>
    private SchemaResource EnterResource(IndexedSchema schema)
    {
        var dialect = Text(schema, "$schema"u8) is { } named
            ? SchemaDialect.Named(named, _registry)
            : schema.Resource.Dialect;
        // Draft-07 section 8.3: beside $ref nothing counts, not even $id.
        var ignoresId = dialect.IsDraft7 && JsonText.TryGetMember(schema.Element, "$ref"u8, out _);
        var id = ignoresId ? null : Text(schema, "$id"u8);
        var (uri, fragment) = SchemaUris.Split(id ?? "");
        if (fragment.Length > 0 && !dialect.IsDraft7)
        {
            throw schema.Place.Wrong("'$id' must not have a fragment; use '$anchor'");
        }

        var resource = schema.Resource;
        if (uri.Length > 0 || schema.Place.IsRoot)
        {
            var name = schema.Place.Checked(() => SchemaUris.Resolve(schema.Resource.Uri, uri));
            resource = new SchemaResource(name, dialect, this);
            AddResource(resource, schema);
        }

        // In draft-07 an $id that is a fragment names the schema, as $anchor does later.
        if (fragment.Length > 0)
        {
            resource.Anchors[fragment] = schema with { Resource = resource };
        }

        return resource;
    }

    private void AddResource(SchemaResource resource, IndexedSchema root)
    {
        resource.Root = root with { Resource = resource };
        _resources.Add(resource);
    }

    private static void ReadAnchors(IndexedSchema schema)
    {
        if (schema.Resource.Dialect.IsDraft7)
        {
            return;
        }

        if (Text(schema, "$anchor"u8) is { } anchor)
        {
            schema.Resource.Anchors[anchor] = schema;
        }

        if (Text(schema, "$dynamicAnchor"u8) is { } dynamicAnchor)
        {
            schema.Resource.Anchors[dynamicAnchor] = schema;
            schema.Resource.DynamicAnchors[dynamicAnchor] = schema;
        }
    }

    private static string? Text(IndexedSchema schema, ReadOnlySpan<byte> keyword)
    {
        if (!JsonText.TryGetMember(schema.Element, keyword, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String
            ? JsonText.ToText(value)
            : throw schema.Place.Wrong($"'{JsonText.ToText(keyword)}' must be a string");
    }

    private void WalkKeyword(JsonProperty keyword, IndexedSchema schema)
    {
        var name = JsonText.ToText(JsonText.Name(keyword));
        var (value, resource) = (keyword.Value, schema.Resource);
        var place = schema.Place.Then(name);
        switch (SubschemaKeywords.ShapeOf(resource.Dialect, name, value))
        {
            case SubschemaShape.Single:
                Walk(value, resource, place.Below());
                break;
            case SubschemaShape.List:
                WalkList(value, resource, place);
                break;
            case SubschemaShape.Map:
                WalkMap(value, resource, place);
                break;
            case SubschemaShape.Dependencies:
                WalkDependencies(value, resource, place);
                break;
        }
    }

    private void WalkList(JsonElement list, SchemaResource resource, SchemaPlace place)
    {
        if (list.ValueKind != JsonValueKind.Array || (list.GetArrayLength() == 0 && place.Token != "items"))
        {
            throw place.Wrong("must be a non-empty array of schemas");
        }

        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            Walk(item, resource, place.Then(index++).Below());
        }
    }

    private void WalkMap(JsonElement map, SchemaResource resource, SchemaPlace place)
    {
        if (map.ValueKind != JsonValueKind.Object)
        {
            throw place.Wrong($"must be an object of schemas, but is {JsonTypes.Name(map)}");
        }

        foreach (var member in map.EnumerateObject())
        {
            Walk(member.Value, resource, place.Then(JsonText.ToText(JsonText.Name(member))).Below());
        }
    }

    /// <summary>Draft-07: each value is a schema or an array of names.</summary>
    private void WalkDependencies(JsonElement map, SchemaResource resource, SchemaPlace place)
    {
        if (map.ValueKind != JsonValueKind.Object)
        {
            throw place.Wrong($"must be an object of schemas or arrays of names, but is {JsonTypes.Name(map)}");
        }

        foreach (var member in map.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Array)
            {
                Walk(member.Value, resource, place.Then(JsonText.ToText(JsonText.Name(member))).Below());
            }
        }
    }
}
