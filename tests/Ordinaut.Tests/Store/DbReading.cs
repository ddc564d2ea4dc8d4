using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

/// <summary>Short ways to read what is in the tables.</summary>
internal static class DbReading
{
    /// <summary>What a statement that counts finds.</summary>
    public static Task<long> Count(this Db db, string sql, params Arg[] args) =>
        db.Read(session => session.First(sql, row => row.Long(0), args));
}
