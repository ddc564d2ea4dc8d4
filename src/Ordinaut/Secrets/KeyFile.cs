using System.Text;

namespace Ordinaut.Secrets;

/// <summary>
/// Keys in a file (0600), one a line, the current one first. It is read anew each time a secret is stored, so that
/// processes that share it go over to a new key together.
/// </summary>
/// <param name="isOurs">Whether this process makes keys: only where no other process needs the same ones.</param>
internal sealed class KeyFile(string path, bool isOurs) : IKeySource
{
    /// <summary>Its name in the data folder, where no setting names another.</summary>
    public const string DefaultName = "secrets.key";

    /// <summary>How long one that changes the file waits for another.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public IReadOnlyList<SecretKey> Read()
    {
        try
        {
            return File.Exists(path)
                ? SecretKey.ParseAll(File.ReadAllText(path))
                    ?? throw Unreadable("is not base64 of 32 random bytes in each line")
                : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable("cannot be read");
        }
    }

    public bool TryRenew(IReadOnlySet<string> inUse)
    {
        if (!isOurs && Read().Count == 0)
        {
            return false;
        }

        using var turn = Hold();
        var before = Read();
        // Somebody may be sealing under one that no row names yet: only the eighth rotation after takes it away.
        var kept = before.Where((key, i) => i < KeyRing.MaxKeys - 1 || inUse.Contains(key.Id)).ToList();
        if (kept.Count == KeyRing.MaxKeys)
        {
            throw Problem.Conflict($"{KeyRing.MaxKeys} keys are in use; let the rotation before this one end.");
        }

        Write([SecretKey.Make(), .. kept]);
        return true;
    }

    /// <summary>Takes keys out: all but these and the first, which somebody may be sealing under.</summary>
    /// <returns>What it took out.</returns>
    public IReadOnlyList<string> Retire(IReadOnlySet<string> kept)
    {
        using var turn = Hold();
        var before = Read();
        var after = before.Where((key, i) => i == 0 || kept.Contains(key.Id)).ToList();
        if (after.Count < before.Count)
        {
            Write(after);
        }

        return [.. before.Except(after).Select(key => key.Id)];
    }

    /// <summary>Processes that share the file change it one after the other: each builds on what it read.</summary>
    private FileStream Hold()
    {
        FileStream? turn = null;
        return SpinWait.SpinUntil(() => (turn = TryHold()) is not null, Patience)
            ? turn!
            : throw Unreadable("is held by another process");
    }

    private FileStream? TryHold()
    {
        try
        {
            return OwnerOnly.Open(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path + ".lock"))
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable("cannot be written");
        }
    }

    /// <summary>There is at every moment a whole file: a key that is lost takes every secret with it.</summary>
    private void Write(IReadOnlyList<SecretKey> keys)
    {
        try
        {
            OwnerOnly.Replace(path, Encoding.UTF8.GetBytes(string.Concat(keys.Select(key => key.Write() + "\n"))));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable("cannot be written");
        }
    }

    private Problem Unreadable(string why) =>
        new(ProblemKind.Unavailable, $"The file of keys '{Path.GetFileName(path)}' {why}; the operator must mend it.");
}
