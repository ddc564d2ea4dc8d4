using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// Equality of JSON values as JSON Schema defines it (core 2020-12, section 4.2.2): numbers by value (1 is 1.0),
/// members in any order. Work is charged to the meter; when it runs out the answer means nothing.
/// </summary>
internal static class JsonValues
{
    private const int BytesPerUnit = 128;

    public static bool Equal(JsonElement a, JsonElement b, WorkMeter meter, int depth = 0)
    {
        if (a.ValueKind != b.ValueKind || !IsAffordable(a, meter, depth))
        {
            return false;
        }

        return a.ValueKind switch
        {
            JsonValueKind.String => JsonText.Content(a).SequenceEqual(JsonText.Content(b)),
            JsonValueKind.Number => JsonNumber.Compare(JsonMarshal.GetRawUtf8Value(a), JsonMarshal.GetRawUtf8Value(b))
                == 0,
            JsonValueKind.Array => EqualArrays(a, b, meter, depth),
            JsonValueKind.Object => EqualObjects(a, b, meter, depth),
            _ => true,
        };
    }

    /// <summary>Equal values have equal hashes.</summary>
    public static int Hash(JsonElement value, WorkMeter meter, int depth = 0)
    {
        if (!IsAffordable(value, meter, depth))
        {
            return 0;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Utf8Comparer.Hash(JsonText.Content(value)),
            JsonValueKind.Number => new JsonNumber(JsonMarshal.GetRawUtf8Value(value)).Hash(),
            JsonValueKind.Array => HashArray(value, meter, depth),
            JsonValueKind.Object => HashObject(value, meter, depth),
            _ => (int)value.ValueKind,
        };
    }

    private static bool IsAffordable(JsonElement value, WorkMeter meter, int depth)
    {
        if (depth > SchemaLimits.InstanceDepth)
        {
            return meter.Exhaust();
        }

        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? meter.Spend(1 + JsonMarshal.GetRawUtf8Value(value).Length / BytesPerUnit)
            : meter.Spend(1);
    }

    private static bool EqualArrays(JsonElement a, JsonElement b, WorkMeter meter, int depth)
    {
        if (a.GetArrayLength() != b.GetArrayLength())
        {
            return false;
        }

        var others = b.EnumerateArray();
        foreach (var item in a.EnumerateArray())
        {
            others.MoveNext();
            if (!Equal(item, others.Current, meter, depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    private static bool EqualObjects(JsonElement a, JsonElement b, WorkMeter meter, int depth)
    {
        if (a.GetPropertyCount() != b.GetPropertyCount())
        {
            return false;
        }

        // Sorted, because a look-up per member costs a walk over the whole object each.
        var mine = SortedMembers(a, meter);
        var others = SortedMembers(b, meter);
        for (var i = 0; i < mine.Length; i++)
        {
            if (
                !JsonText.Name(mine[i]).SequenceEqual(JsonText.Name(others[i]))
                || !Equal(mine[i].Value, others[i].Value, meter, depth + 1)
            )
            {
                return false;
            }
        }

        return true;
    }

    private static JsonProperty[] SortedMembers(JsonElement value, WorkMeter meter)
    {
        var count = value.GetPropertyCount();
        if (!meter.Spend(count))
        {
            return [];
        }

        var members = new JsonProperty[count];
        var next = 0;
        foreach (var member in value.EnumerateObject())
        {
            meter.Spend(JsonMarshal.GetRawUtf8PropertyName(member).Length / BytesPerUnit);
            members[next++] = member;
        }

        Array.Sort(members, (x, y) => JsonText.Name(x).SequenceCompareTo(JsonText.Name(y)));
        return members;
    }

    private static int HashArray(JsonElement value, WorkMeter meter, int depth)
    {
        var hash = new HashCode();
        foreach (var item in value.EnumerateArray())
        {
            hash.Add(Hash(item, meter, depth + 1));
        }

        return hash.ToHashCode();
    }

    private static int HashObject(JsonElement value, WorkMeter meter, int depth)
    {
        // A sum, because the order of members does not count.
        var sum = 0;
        foreach (var member in value.EnumerateObject())
        {
            meter.Spend(JsonMarshal.GetRawUtf8PropertyName(member).Length / BytesPerUnit);
            var name = Utf8Comparer.Hash(JsonText.Name(member));
            sum += HashCode.Combine(name, Hash(member.Value, meter, depth + 1));
        }

        return sum;
    }
}
