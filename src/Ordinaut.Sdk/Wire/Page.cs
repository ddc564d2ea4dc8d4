using System.Text.Json.Serialization;

namespace Ordinaut.Sdk.Wire;

/// <summary>One page of a list. Ask for the next one with its <c>next_cursor</c> as <c>cursor</c>.</summary>
/// <typeparam name="T">The kind of item listed.</typeparam>
/// <param name="Items">The items, in the list's order.</param>
/// <param name="Limit">The largest number of items this page could hold.</param>
/// <param name="HasMore">Whether a further page exists.</param>
/// <param name="NextCursor">Opaque position after the last item; null on the last page.</param>
/// <param name="Total">
/// How many items match in all; only when asked for with <c>?total=true</c>. Runs are counted up to 100,000.
/// </param>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    int Limit,
    bool HasMore,
    string? NextCursor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Total = null
);
