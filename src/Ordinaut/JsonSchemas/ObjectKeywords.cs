using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary><c>propertyNames</c> (core 2020-12, section 10.3.2.4): each name meets the subschema.</summary>
internal sealed class PropertyNamesKeyword(KeywordSite site, SchemaNode names) : Keyword(site)
{
    private const int BytesPerUnit = 16;
    private const int UnitsPerName = 4;

    public static PropertyNamesKeyword? Read(KeywordReader reader) =>
        reader.Subschema("propertyNames") is { } names
            ? new PropertyNamesKeyword(reader.Site("propertyNames"), names)
            : null;

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (value.ValueKind != JsonValueKind.Object || names.Always == true)
        {
            return true;
        }

        var valid = true;
        foreach (var member in value.EnumerateObject())
        {
            var raw = JsonMarshal.GetRawUtf8PropertyName(member);
            if (!run.Meter.Spend(UnitsPerName + raw.Length / BytesPerUnit))
            {
                return false;
            }

            if (run.Test(names, AsValue(raw), Marks.None))
            {
                continue;
            }

            valid = false;
            if (!run.IsCollecting)
            {
                break;
            }

            run.ReportMember(member, Site, "has a name that is not permitted");
        }

        return valid;
    }

    private static JsonElement AsValue(ReadOnlySpan<byte> rawName)
    {
        var quoted = new byte[rawName.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        rawName.CopyTo(quoted.AsSpan(1));
        return JsonElement.Parse(quoted);
    }
}

/// <summary>
/// <c>dependentRequired</c> (validation 2020-12, section 6.5.4), and the arrays of draft-07's <c>dependencies</c>.
/// </summary>
internal sealed class DependentRequiredKeyword(KeywordSite site, List<(byte[] Name, byte[][] Needed)> rules)
    : Keyword(site)
{
    public static DependentRequiredKeyword? Read(KeywordReader reader, string name)
    {
        if (!reader.TryGet(name, out var map))
        {
            return null;
        }

        if (map.ValueKind != JsonValueKind.Object)
        {
            throw reader.Wrong(name, "must be an object of arrays of names");
        }

        var rules = new List<(byte[], byte[][])>();
        foreach (var member in map.EnumerateObject())
        {
            if (name == "dependentRequired" || member.Value.ValueKind == JsonValueKind.Array)
            {
                rules.Add((JsonText.Name(member).ToArray(), reader.Names(name, member.Value)));
            }
        }

        return rules.Count == 0 ? null : new DependentRequiredKeyword(reader.Site(name), rules);
    }

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var valid = true;
        foreach (var (name, needed) in rules)
        {
            if (!MemberSearch.Has(value, name, run.Meter))
            {
                continue;
            }

            foreach (var missing in needed.Where(n => !MemberSearch.Has(value, n, run.Meter)))
            {
                valid = false;
                if (!run.IsCollecting)
                {
                    return false;
                }

                Refuse(run, $"has {JsonText.Quote(name)} and so must have {JsonText.Quote(missing)}");
            }
        }

        return valid;
    }
}

/// <summary>
/// <c>dependentSchemas</c> (core 2020-12, section 10.2.2.4), and the schemas of draft-07's <c>dependencies</c>.
/// </summary>
internal sealed class DependentSchemasKeyword(KeywordSite site, List<(byte[] Name, SchemaNode Node)> rules)
    : Keyword(site)
{
    public override IEnumerable<SchemaNode> InPlace => rules.Select(rule => rule.Node);

    public static DependentSchemasKeyword? Read(KeywordReader reader, string name)
    {
        if (!reader.TryGet(name, out var map))
        {
            return null;
        }

        var rules = new List<(byte[], SchemaNode)>();
        foreach (var member in map.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Array)
            {
                rules.Add((JsonText.Name(member).ToArray(), reader.NodeAt(member.Value)));
            }
        }

        return rules.Count == 0 ? null : new DependentSchemasKeyword(reader.Site(name), rules);
    }

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var valid = true;
        foreach (var (name, node) in rules)
        {
            valid &= !MemberSearch.Has(value, name, run.Meter) || node.Evaluate(value, run, marks);
            if (!valid && !run.IsCollecting)
            {
                return false;
            }
        }

        return valid;
    }
}

/// <summary>Looks a member up by name, which walks the object: the walk is charged.</summary>
internal static class MemberSearch
{
    private const int MembersPerUnit = 4;

    public static bool Has(JsonElement value, ReadOnlySpan<byte> name, WorkMeter meter)
    {
        if (!meter.Spend(1 + value.GetPropertyCount() / MembersPerUnit))
        {
            return false;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (JsonText.Name(member).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }
}
