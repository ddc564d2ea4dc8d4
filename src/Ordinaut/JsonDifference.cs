using System.Text.Json;
using Ordinaut.Sdk.Wire;

namespace Ordinaut;

/// <summary>
/// What must be done to one document to make another of it, as JSON Pointers (RFC 6901) with what was and what would
/// be. In an array what is the same at both ends stays, and the rest is compared place by place. Pure.
/// </summary>
internal static class JsonDifference
{
    /// <summary>How many differences are told one by one; then the whole document is one.</summary>
    public const int Max = 1_000;

    public static IReadOnlyList<ProposedChange> Of(JsonElement before, JsonElement after)
    {
        var found = new List<ProposedChange>();
        Compare("", before, after, found);
        return found.Count <= Max ? found : [new ProposedChange("replace", "", before, after)];
    }

    private static void Compare(string path, JsonElement before, JsonElement after, List<ProposedChange> found)
    {
        if (found.Count > Max)
        {
            return;
        }

        switch (before.ValueKind, after.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                Members(path, before, after, found);
                break;
            case (JsonValueKind.Array, JsonValueKind.Array):
                Items(path, [.. before.EnumerateArray()], [.. after.EnumerateArray()], found);
                break;
            default:
                if (!JsonElement.DeepEquals(before, after))
                {
                    found.Add(new ProposedChange("replace", path, before, after));
                }

                break;
        }
    }

    private static void Members(string path, JsonElement before, JsonElement after, List<ProposedChange> found)
    {
        foreach (var member in before.EnumerateObject())
        {
            var place = Below(path, member.Name);
            if (after.TryGetProperty(member.Name, out var changed))
            {
                Compare(place, member.Value, changed, found);
            }
            else
            {
                found.Add(new ProposedChange("remove", place, member.Value, null));
            }
        }

        found.AddRange(
            after
                .EnumerateObject()
                .Where(member => !before.TryGetProperty(member.Name, out _))
                .Select(member => new ProposedChange("add", Below(path, member.Name), null, member.Value))
        );
    }

    private static void Items(string path, JsonElement[] before, JsonElement[] after, List<ProposedChange> found)
    {
        var shorter = Math.Min(before.Length, after.Length);
        var head = 0;
        while (head < shorter && JsonElement.DeepEquals(before[head], after[head]))
        {
            head++;
        }

        var tail = 0;
        while (tail < shorter - head && JsonElement.DeepEquals(before[^(tail + 1)], after[^(tail + 1)]))
        {
            tail++;
        }

        var (removed, added) = (before.Length - tail, after.Length - tail);
        for (var i = head; i < Math.Min(removed, added); i++)
        {
            Compare($"{path}/{i}", before[i], after[i], found);
        }

        for (var i = added; i < removed; i++)
        {
            found.Add(new ProposedChange("remove", $"{path}/{i}", before[i], null));
        }

        for (var i = removed; i < added; i++)
        {
            found.Add(new ProposedChange("add", $"{path}/{i}", null, after[i]));
        }
    }

    private static string Below(string path, string name) =>
        $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
