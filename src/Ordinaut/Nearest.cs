namespace Ordinaut;

/// <summary>The known name a mistyped one was probably meant to be.</summary>
internal static class Nearest
{
    /// <summary>The most single-letter edits between what was written and what was meant.</summary>
    private const int MaxEdits = 3;

    /// <summary>Longer names are no slips of the finger, and comparing them would cost.</summary>
    private const int MaxLength = 60;

    public static string? Of(string name, IReadOnlyCollection<string> known)
    {
        if (name.Length > MaxLength)
        {
            return null;
        }

        var best = known.Select(k => (Name: k, Edits: Edits(name, k))).OrderBy(k => k.Edits).FirstOrDefault();
        return best.Name is not null && best.Edits <= Math.Min(MaxEdits, name.Length / 2) ? best.Name : null;
    }

    /// <summary>Levenshtein's distance, one row at a time.</summary>
    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
