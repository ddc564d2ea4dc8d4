namespace Ordinaut.Http;

/// <summary>The query parameters that several lists share.</summary>
internal static class Queries
{
    public const int MaxCursorLength = 400;

    public static readonly QueryNumber Limit = new("limit", 1, Pages.Most, Pages.Usual, "The most items of a page.");

    public static readonly QueryText Cursor = new(
        "cursor",
        "The next_cursor of the page before; absent for the first page.",
        MaxCursorLength
    );

    public static readonly QueryFlag Total = new("total", "Also count how many items match in all; runs up to 100000.");

    public static readonly QueryInstant Since = new("since", "Only what is at or after this time.");

    public static readonly QueryInstant Until = new("until", "Only what is before this time.");
}
