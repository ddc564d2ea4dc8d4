namespace Ordinaut;

/// <summary>The known name a mistyped one was probably meant to be.</summary>
internal static class Nearest
{
    // Comparing costs the product of the lengths, for each candidate: neither long names nor all of thousands.
    private const int LongestName = 64;
    private const int MaxCandidates = 100;

    /// <summary><c>; did you mean "x"?</c>, or nothing when no candidate is near.</summary>
    public static string Hint(string name, IEnumerable<string> candidates) =>
        Of(name, candidates) is { } near ? $"; did you mean \"{near}\"?" : "";

    /// <summary>The nearest candidate within one change for every three letters.</summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        if (name.Length > LongestName)
        {
            return null;
        }

        var best = (Distance: Math.Max(1, name.Length / 3) + 1, Name: (string?)null);
        foreach (var candidate in candidates.Take(MaxCandidates))
        {
            // The difference in length is a lower bound of the distance.
            if (Math.Abs(candidate.Length - name.Length) < best.Distance)
            {
                var distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
                best = distance < best.Distance ? (distance, candidate) : best;
            }
        }

        return best.Name;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = Math.Min(i, j) == 0 ? Math.Max(i, j) : Cell(rows, a, b, (i, j));
            }
        }

        return rows[a.Length, b.Length];
    }

    private static int Cell(int[,] rows, string a, string b, (int I, int J) at)
    {
        var (i, j) = at;
        var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
        var best = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
        var isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return isSwap ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
    }
}
