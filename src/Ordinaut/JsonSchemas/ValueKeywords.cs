using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary><c>type</c> (validation 2020-12, section 6.1.1).</summary>
internal sealed class TypeKeyword(KeywordSite site, JsonTypeSet permitted) : Assertion(site)
{
    public static TypeKeyword? Read(KeywordReader reader)
    {
        if (!reader.TryGet("type", out var value))
        {
            return null;
        }

        var permitted = JsonTypeSet.None;
        foreach (var name in value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : new[] { value })
        {
            var type = name.ValueKind == JsonValueKind.String ? JsonTypes.Parse(JsonText.Content(name)) : default;
            permitted |=
                type != JsonTypeSet.None
                    ? type
                    : throw reader.Wrong("type", "must be null, boolean, object, array, number, integer or string");
        }

        return new TypeKeyword(reader.Site("type"), permitted);
    }

    protected override bool Holds(JsonElement value, WorkMeter meter)
    {
        if ((permitted & JsonTypes.Of(value)) != 0)
        {
            return true;
        }

        return value.ValueKind == JsonValueKind.Number
            && (permitted & JsonTypeSet.Integer) != 0
            && JsonTypes.IsInteger(value);
    }

    protected override string Describe(JsonElement value)
    {
        var names = Enum.GetValues<JsonTypeSet>()
            .Where(type => type != JsonTypeSet.None && (permitted & type) != 0)
            .Select(JsonTypes.Name);
        var actual = JsonTypes.Of(value) == JsonTypeSet.Number ? JsonText.Show(value) : JsonTypes.Name(value);
        return $"must be {string.Join(" or ", names)}, but is "
            + ((permitted & JsonTypeSet.Integer) != 0 ? actual : JsonTypes.Name(value));
    }
}

/// <summary><c>enum</c>, and <c>const</c> as an enum of one value (sections 6.1.2 and 6.1.3).</summary>
internal sealed class EnumKeyword : Assertion
{
    private const int ComparedOneByOne = 8;
    private const int ShownValues = 10;

    private readonly JsonElement[] _values;
    private readonly JsonElement[] _byHash;
    private readonly int[] _hashes;

    private EnumKeyword(KeywordSite site, JsonElement[] values)
        : base(site)
    {
        _values = values;
        _byHash = [];
        _hashes = [];
        if (values.Length > ComparedOneByOne)
        {
            var meter = new WorkMeter(SchemaLimits.TextBytes);
            _hashes = [.. values.Select(value => JsonValues.Hash(value, meter))];
            _byHash = [.. values];
            Array.Sort(_hashes, _byHash);
        }
    }

    public static EnumKeyword? Read(KeywordReader reader, string name)
    {
        if (!reader.TryGet(name, out var value))
        {
            return null;
        }

        if (name == "enum" && value.ValueKind != JsonValueKind.Array)
        {
            throw reader.Wrong(name, "must be an array of the permitted values");
        }

        return new EnumKeyword(reader.Site(name), name == "enum" ? [.. value.EnumerateArray()] : [value]);
    }

    protected override bool Holds(JsonElement value, WorkMeter meter)
    {
        var candidates = _hashes.Length == 0 ? _values : SameHash(value, meter);
        foreach (var candidate in candidates)
        {
            if (JsonValues.Equal(value, candidate, meter))
            {
                return true;
            }
        }

        return false;
    }

    protected override string Describe(JsonElement value)
    {
        var shown = string.Join(", ", _values.Take(ShownValues).Select(JsonText.Show));
        var more = _values.Length > ShownValues ? $" or {_values.Length - ShownValues} others" : "";
        var what = _values.Length == 1 ? "must be" : "must be one of";
        return $"{what} {shown}{more}, but is {JsonText.Show(value)}";
    }

    private ReadOnlySpan<JsonElement> SameHash(JsonElement value, WorkMeter meter)
    {
        var hash = JsonValues.Hash(value, meter);
        var found = Array.BinarySearch(_hashes, hash);
        if (found < 0)
        {
            return [];
        }

        var (from, to) = (found, found + 1);
        while (from > 0 && _hashes[from - 1] == hash)
        {
            from--;
        }

        while (to < _hashes.Length && _hashes[to] == hash)
        {
            to++;
        }

        return _byHash.AsSpan(from, to - from);
    }
}
