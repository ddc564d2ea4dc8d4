using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>Reads the keywords of one subschema and gives each its compiled form.</summary>
internal sealed class KeywordReader(SchemaCompiler compiler, SchemaNode node, IndexedSchema schema)
{
    private readonly List<Keyword> _keywords = [];
    private readonly Dictionary<byte[], JsonElement> _members = JsonText.Members(schema.Element);

    private SchemaDialect Dialect => schema.Resource.Dialect;

    public static Keyword[] Read(SchemaCompiler compiler, SchemaNode node, IndexedSchema schema)
    {
        var reader = new KeywordReader(compiler, node, schema);
        var isOnlyReference = reader.Dialect.IsDraft7 && reader.TryGet("$ref", out _);
        if (isOnlyReference)
        {
            // Draft-07 section 8.3: everything beside $ref is ignored.
            reader.ReadReferences();
        }
        else
        {
            reader.ReadReferences();
            reader.ReadValidation();
            reader.ReadApplicators();
        }

        return [.. reader._keywords];
    }

    public bool TryGet(string name, out JsonElement value) =>
        _members.TryGetValue(Encoding.UTF8.GetBytes(name), out value);

    public KeywordSite Site(string name) => new(node, name);

    public SchemaException Wrong(string name, string detail) => schema.Place.Then(name).Wrong(detail);

    public SchemaNode? Subschema(string name) => TryGet(name, out var value) ? NodeAt(value) : null;

    public SchemaNode NodeAt(JsonElement element) => compiler.NodeOf(schema.Resource.Document.Find(element)!);

    public SchemaNode[] Subschemas(string name) =>
        TryGet(name, out var list) ? [.. list.EnumerateArray().Select(NodeAt)] : [];

    /// <summary>The names and subschemas of a keyword like <c>properties</c>.</summary>
    public List<(byte[] Name, SchemaNode Node)> NamedSubschemas(string name)
    {
        var named = new List<(byte[], SchemaNode)>();
        if (TryGet(name, out var map))
        {
            foreach (var member in map.EnumerateObject())
            {
                named.Add((JsonText.Name(member).ToArray(), NodeAt(member.Value)));
            }
        }

        return named;
    }

    /// <summary>A keyword that counts: an integer from 0, however large.</summary>
    public long? Count(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        var isNumber = value.ValueKind == JsonValueKind.Number;
        var count = isNumber ? JsonNumber.ClampToInt64(JsonMarshal.GetRawUtf8Value(value)) : null;
        return count >= 0 ? count : throw Wrong(name, "must be a non-negative integer");
    }

    public byte[][] Names(string keyword, JsonElement list)
    {
        if (
            list.ValueKind != JsonValueKind.Array
            || list.EnumerateArray().Any(x => x.ValueKind != JsonValueKind.String)
        )
        {
            throw Wrong(keyword, "must be an array of strings");
        }

        var names = new HashSet<byte[]>(Utf8Comparer.Instance);
        foreach (var name in list.EnumerateArray())
        {
            names.Add(JsonText.Content(name).ToArray());
        }

        return [.. names];
    }

    public string Text(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? JsonText.ToText(value) : throw Wrong(name, "must be a string");

    private void Add(Keyword? keyword)
    {
        if (keyword is not null)
        {
            _keywords.Add(keyword);
        }
    }

    private void ReadReferences()
    {
        if (TryGet("$ref", out var reference))
        {
            var target = compiler.Resolve(Text("$ref", reference), schema).Node;
            _keywords.Add(new ReferenceKeyword(Site("$ref"), target));
        }

        if (!Dialect.IsDraft7 && TryGet("$dynamicRef", out reference))
        {
            var (target, anchor) = compiler.Resolve(Text("$dynamicRef", reference), schema);
            if (anchor is null)
            {
                _keywords.Add(new ReferenceKeyword(Site("$dynamicRef"), target));
                return;
            }

            compiler.FollowDynamicScope();
            _keywords.Add(new DynamicReferenceKeyword(Site("$dynamicRef"), target, anchor));
        }
    }

    private void ReadValidation()
    {
        if (Dialect.HasValidation)
        {
            Add(TypeKeyword.Read(this));
            Add(EnumKeyword.Read(this, "enum"));
            Add(EnumKeyword.Read(this, "const"));
            NumberKeywords.Read(this, Add);
            StringKeywords.Read(this, Add);
            CountKeyword.Read(this, Add);
            Add(UniqueItemsKeyword.Read(this));
            if (!Dialect.IsDraft7)
            {
                Add(DependentRequiredKeyword.Read(this, "dependentRequired"));
            }
        }

        if (compiler.AssertsFormats || Dialect.AssertsFormats)
        {
            Add(FormatKeyword.Read(this));
        }
    }

    private void ReadApplicators()
    {
        Add(MembersKeyword.Read(this, Dialect));
        if (Dialect.HasApplicators)
        {
            Add(ItemsKeyword.Read(this, Dialect));
            Add(ContainsKeyword.Read(this, Dialect));
            Add(PropertyNamesKeyword.Read(this));
            CombiningKeywords.Read(this, Add);
            Add(DependentSchemasKeyword.Read(this, Dialect.IsDraft7 ? "dependencies" : "dependentSchemas"));
            if (Dialect.IsDraft7)
            {
                Add(DependentRequiredKeyword.Read(this, "dependencies"));
            }
        }

        if (!Dialect.IsDraft7 && Dialect.HasUnevaluated)
        {
            Add(UnevaluatedItemsKeyword.Read(this));
            Add(UnevaluatedPropertiesKeyword.Read(this));
        }
    }
}
