#pragma warning disable RS0030 // Speaks the interface of SQLite itself.

using SQLitePCL;

namespace Ordinaut.Store;

/// <summary>Copies of a SQLite database, page for page, while others write to it.</summary>
internal static class SqliteImage
{
    /// <summary>Pages that are copied before others get their turn on the thread.</summary>
    private const int Stretch = 2_048;

    /// <summary>The database as it is at one moment from now to the end, into a file that is not there yet.</summary>
    /// <exception cref="IOException">It cannot be read, or written.</exception>
    public static async Task Copy(string file, string target)
    {
        try
        {
            await CopyPages(file, target);
        }
        catch (SqliteFault failure)
        {
            throw new IOException($"The database cannot be copied: {failure.Message}", failure);
        }
    }

    private static async Task CopyPages(string file, string target)
    {
        OwnerOnly.Open(target, FileMode.CreateNew, FileAccess.Write, FileShare.None).Dispose();
        using var from = SqliteConnections.Open(file);
        using var to = SqliteConnections.Open(target);
        // What is read from here on is of one moment, and no writer waits for it.
        SqliteFault.ThrowUnlessOk(raw.sqlite3_exec(from, "begin; select count(*) from sqlite_schema"), from);
        using var copying = raw.sqlite3_backup_init(to, "main", from, "main");
        if (copying is null || copying.IsInvalid)
        {
            SqliteFault.ThrowUnlessOk(raw.sqlite3_errcode(to), to);
        }

        int code;
        while ((code = raw.sqlite3_backup_step(copying, Stretch)) == raw.SQLITE_OK)
        {
            await Task.Yield();
        }

        SqliteFault.ThrowUnlessOk(code == raw.SQLITE_DONE ? raw.SQLITE_OK : code, to);
    }

    /// <summary>Reads all pages of a database; the first thing that is wrong with them.</summary>
    public static async Task<string?> Fault(string file)
    {
        try
        {
            using var session = await SqliteConnections.OpenReader(file, rewrite: null);
            var verdict = await session.First("pragma quick_check(1)", row => row.Text(0));
            return verdict == "ok" ? null : verdict;
        }
        catch (SqliteFault failure)
        {
            return failure.Message;
        }
    }

    /// <summary>Reads all of a database: what is wrong with its file, its indexes and its constraints.</summary>
    public static async Task<IReadOnlyList<string>> Faults(string file)
    {
        try
        {
            using var session = await SqliteConnections.OpenReader(file, rewrite: null);
            var faults = await session.Query("pragma integrity_check", row => row.Text(0));
            faults.AddRange(await session.Query("pragma foreign_key_check", row => $"{row.Text(0)} refers to nothing"));
            return [.. faults.Where(fault => fault != "ok")];
        }
        catch (SqliteFault failure)
        {
            return [failure.Message];
        }
    }
}
