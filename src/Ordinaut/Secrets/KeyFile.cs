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

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public IReadOnlyList<SecretKey> Read()
    {
        try
        {
            return File.Exists(path)
                ? SecretKey.ParseAll(File.ReadAllText(path))
                    ?? throw Unreadable("is not base64 of 32 bytes in each line")
                : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable("cannot be read");
        }
    }

    public bool TryRenew(IReadOnlySet<string> inUse)
    {
        var before = Read();
        if (!isOurs && before.Count == 0)
        {
            return false;
        }

        Write([SecretKey.Make(), .. before.Where((key, i) => i == 0 || inUse.Contains(key.Id))]);
        return true;
    }

    /// <summary>There is at every moment a whole file: a key that is lost takes every secret with it.</summary>
    private void Write(IReadOnlyList<SecretKey> keys)
    {
        var draft = path + ".tmp";
        try
        {
            File.Delete(draft);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var file = new FileStream(draft, options))
            {
                file.Write(Encoding.UTF8.GetBytes(string.Concat(keys.Select(key => key.Write() + "\n"))));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable("cannot be written");
        }
    }

    private Problem Unreadable(string why) =>
        new(ProblemKind.Unavailable, $"The file of keys '{Path.GetFileName(path)}' {why}; the operator must mend it.");
}
