using Ordinaut.Sdk.Wire;

namespace Ordinaut;

/// <summary>How lists are told: so many items, whether there are more, and where the next page goes on.</summary>
internal static class Pages
{
    /// <summary>The most items of a page.</summary>
    public const int Most = 200;

    /// <summary>The items of a page when the caller does not say.</summary>
    public const int Usual = 50;

    /// <summary>How far runs are counted; a total of so many means these or more.</summary>
    public const int MostCounted = 100_000;

    /// <summary>A page out of rows of which one more was read than it may have.</summary>
    /// <param name="key">What the next page goes on after.</param>
    public static Page<TView> Of<TRow, TView>(
        IReadOnlyList<TRow> rows,
        int limit,
        Func<TRow, TView> view,
        Func<TRow, string> key
    )
    {
        var shown = rows.Take(limit).Select(view).ToList();
        var more = rows.Count > limit;
        return new Page<TView>(shown, limit, more, more ? key(rows[limit - 1]) : null);
    }
}
