using System.Collections.Concurrent;

namespace Ordinaut.Tests.Http;

/// <summary>The mutant of every check by owner: statements whose owner filter lets everything through.</summary>
internal static class Unfiltered
{
    // One text for each statement: stores know their statements by reference.
    private static readonly ConcurrentDictionary<string, string> Known = new();

    public static string Of(string sql) =>
        Known.GetOrAdd(
            sql,
            text =>
                text.Replace("owner_id = @owner_id or @all", "owner_id = @owner_id or @all or 1 = 1")
                    .Replace("@all or owner_id = @owner_id", "@all or owner_id = @owner_id or 1 = 1")
                    .Replace("@all or p.owner_id = @owner_id", "@all or p.owner_id = @owner_id or 1 = 1")
        );
}
