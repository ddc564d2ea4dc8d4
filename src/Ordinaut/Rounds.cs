namespace Ordinaut;

/// <summary>
/// Divides items so that no key is twice in a round: one statement for many items cannot see what it did itself.
/// </summary>
internal static class Rounds
{
    /// <param name="items">What is to be divided; each round keeps its order.</param>
    /// <param name="keyOf">What may be once in a round; null meets nothing else.</param>
    public static IReadOnlyList<IReadOnlyList<T>> Of<T, TKey>(IReadOnlyList<T> items, Func<T, TKey?> keyOf)
        where TKey : struct
    {
        var rounds = new List<List<T>>();
        var seen = new Dictionary<TKey, int>(items.Count);
        foreach (var item in items)
        {
            var round = 0;
            if (keyOf(item) is { } key)
            {
                round = seen.GetValueOrDefault(key);
                seen[key] = round + 1;
            }

            if (round == rounds.Count)
            {
                rounds.Add([]);
            }

            rounds[round].Add(item);
        }

        return rounds;
    }
}
