using System.Text.Json;

namespace Ordinaut.Tests.Packages;

/// <summary>A known weakness of a package, as the files of <c>Vectors/advisories</c> tell it (OSV).</summary>
internal sealed record Advisory(string Id, IReadOnlyList<Advisory.Range> Ranges)
{
    /// <summary>All that the repository holds.</summary>
    public static IReadOnlyList<Advisory> All() =>
        [
            .. Directory
                .GetFiles(Path.Combine(AppContext.BaseDirectory, "Vectors", "advisories"), "*.json")
                .Order(StringComparer.Ordinal)
                .Select(file => Parse(File.ReadAllText(file))),
        ];

    public bool Names(string package, string version) =>
        Ranges.Any(range =>
            range.Package.Equals(package, StringComparison.OrdinalIgnoreCase)
            && Compare(version, range.Introduced) >= 0
            && Compare(version, range.Fixed) < 0
        );

    public static Advisory Parse(string osv)
    {
        using var document = JsonDocument.Parse(osv);
        var ranges =
            from affected in document.RootElement.GetProperty("affected").EnumerateArray()
            from range in affected.GetProperty("ranges").EnumerateArray()
            let events = range.GetProperty("events").EnumerateArray().ToList()
            select new Range(
                affected.GetProperty("package").GetProperty("name").GetString()!,
                events.Single(e => e.TryGetProperty("introduced", out _)).GetProperty("introduced").GetString()!,
                events.Single(e => e.TryGetProperty("fixed", out _)).GetProperty("fixed").GetString()!
            );
        return new Advisory(document.RootElement.GetProperty("id").GetString()!, [.. ranges]);
    }

    /// <summary>
    /// By SemVer, with a fourth number where NuGet has one; what is unfinished comes before what is finished.
    /// </summary>
    public static int Compare(string one, string other)
    {
        var ((left, leftTail), (right, rightTail)) = (Split(one), Split(other));
        var difference = left.Zip(right, (a, b) => a.CompareTo(b)).FirstOrDefault(sign => sign != 0);
        return difference != 0 ? difference
            : leftTail.Length == 0 || rightTail.Length == 0 ? rightTail.Length.CompareTo(leftTail.Length)
            : CompareTails(leftTail.Split('.'), rightTail.Split('.'));
    }

    private static (int[] Numbers, string Tail) Split(string version)
    {
        var parts = version.Split('+')[0].Split('-', 2);
        var numbers = parts[0].Split('.').Select(int.Parse);
        return ([.. numbers.Concat([0, 0, 0]).Take(4)], parts.Length > 1 ? parts[1] : "");
    }

    private static int CompareTails(string[] left, string[] right)
    {
        foreach (var (a, b) in left.Zip(right))
        {
            var (isNumber, isOtherNumber) = (int.TryParse(a, out var x), int.TryParse(b, out var y));
            var sign =
                isNumber && isOtherNumber ? x.CompareTo(y)
                : isNumber != isOtherNumber ? (isNumber ? -1 : 1)
                : string.CompareOrdinal(a.ToLowerInvariant(), b.ToLowerInvariant());
            if (sign != 0)
            {
                return sign;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    /// <param name="Introduced">The first version with the weakness.</param>
    /// <param name="Fixed">The first after it without.</param>
    internal sealed record Range(string Package, string Introduced, string Fixed);
}
