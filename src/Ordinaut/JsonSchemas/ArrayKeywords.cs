using System.Buffers;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// <c>prefixItems</c> and <c>items</c> of 2020-12 (core, section 10.3.1); in draft-07 <c>items</c> as an array with
/// <c>additionalItems</c>, which is the same under other names.
/// </summary>
internal sealed class ItemsKeyword(KeywordSite site, SchemaNode[] prefix, SchemaNode? rest) : Keyword(site)
{
    public static ItemsKeyword? Read(KeywordReader reader, SchemaDialect dialect)
    {
        var hasList = reader.TryGet("items", out var items) && items.ValueKind == JsonValueKind.Array;
        var (prefix, rest) = (dialect.IsDraft7, hasList) switch
        {
            (false, _) => (reader.Subschemas("prefixItems"), reader.Subschema("items")),
            (true, true) => (reader.Subschemas("items"), reader.Subschema("additionalItems")),
            _ => ([], reader.Subschema("items")),
        };
        return prefix.Length == 0 && rest is null ? null : new ItemsKeyword(reader.Site("items"), prefix, rest);
    }

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var (valid, index) = (true, 0);
        foreach (var item in value.EnumerateArray())
        {
            var node = index < prefix.Length ? prefix[index] : rest;
            if (node is null || run.Meter.IsSpent)
            {
                break;
            }

            valid &= run.EvaluateItem(node, item, index);
            run.Arena.Set(marks, index++);
            if (!valid && !run.IsCollecting)
            {
                return false;
            }
        }

        return valid;
    }
}

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c> (core 2020-12, section 10.3.1.3).</summary>
internal sealed class ContainsKeyword(KeywordSite site, SchemaNode wanted, long least, long most) : Keyword(site)
{
    public static ContainsKeyword? Read(KeywordReader reader, SchemaDialect dialect)
    {
        if (reader.Subschema("contains") is not { } wanted)
        {
            return null;
        }

        var counts = !dialect.IsDraft7 && dialect.HasValidation;
        var least = (counts ? reader.Count("minContains") : null) ?? 1;
        var most = (counts ? reader.Count("maxContains") : null) ?? long.MaxValue;
        return new ContainsKeyword(reader.Site("contains"), wanted, least, most);
    }

    public override bool Evaluate(JsonElement value, Evaluation run, Marks marks)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var (found, index) = (0, 0);
        foreach (var item in value.EnumerateArray())
        {
            if (run.TestItem(wanted, item, index))
            {
                found++;
                run.Arena.Set(marks, index);
            }

            index++;
            var isDecided = found > most || (found >= least && most == long.MaxValue && marks.IsNone);
            if (isDecided || run.Meter.IsSpent)
            {
                break;
            }
        }

        if (found >= least && found <= most)
        {
            return true;
        }

        return run.IsCollecting && Refuse(run, Describe(found));
    }

    private string Describe(int found) =>
        found < least
            ? $"must contain at least {least} matching item{(least == 1 ? "" : "s")}, but contains {found}"
            : $"must contain at most {most} matching item{(most == 1 ? "" : "s")}, but contains more";
}

/// <summary><c>uniqueItems</c> (validation 2020-12, section 6.4.3), by hash: not quadratic.</summary>
internal sealed class UniqueItemsKeyword(KeywordSite site) : Assertion(site)
{
    public static UniqueItemsKeyword? Read(KeywordReader reader)
    {
        if (!reader.TryGet("uniqueItems", out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.True => new UniqueItemsKeyword(reader.Site("uniqueItems")),
            JsonValueKind.False => null,
            _ => throw reader.Wrong("uniqueItems", "must be true or false"),
        };
    }

    protected override bool Holds(JsonElement value, WorkMeter meter) => FindRepeated(value, meter) is null;

    protected override string Describe(JsonElement value)
    {
        var (first, second) = FindRepeated(value, new WorkMeter(SchemaLimits.Work)) ?? default;
        return $"must have no two equal items, but items {first} and {second} are equal";
    }

    private static (int First, int Second)? FindRepeated(JsonElement value, WorkMeter meter)
    {
        var count = value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 0;
        if (count < 2 || !meter.Spend(count / 4))
        {
            return null;
        }

        var items = ArrayPool<JsonElement>.Shared.Rent(count);
        var next = 0;
        foreach (var item in value.EnumerateArray())
        {
            items[next++] = item;
        }

        var repeated = FindRepeated(items.AsSpan(0, count), meter);
        ArrayPool<JsonElement>.Shared.Return(items, clearArray: true);
        return repeated;
    }

    /// <summary>Items whose hashes are equal are compared; sorting brings them together.</summary>
    private static (int First, int Second)? FindRepeated(ReadOnlySpan<JsonElement> items, WorkMeter meter)
    {
        var byHash = ArrayPool<long>.Shared.Rent(items.Length);
        for (var i = 0; i < items.Length && !meter.IsSpent; i++)
        {
            byHash[i] = ((long)JsonValues.Hash(items[i], meter) << 32) | (uint)i;
        }

        var sorted = byHash.AsSpan(0, items.Length);
        sorted.Sort();
        (int, int)? repeated = null;
        for (var i = 0; i < sorted.Length && repeated is null && !meter.IsSpent; i++)
        {
            for (var j = i + 1; j < sorted.Length && sorted[i] >> 32 == sorted[j] >> 32; j++)
            {
                var (first, second) = ((int)sorted[i], (int)sorted[j]);
                if (JsonValues.Equal(items[first], items[second], meter))
                {
                    repeated = (first, second);
                    break;
                }
            }
        }

        ArrayPool<long>.Shared.Return(byHash);
        return repeated;
    }
}
