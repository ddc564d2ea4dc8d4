using System.Text;
using Ordinaut.Backups;
using Ordinaut.Secrets;

namespace Ordinaut.Tests.Backups;

/// <summary>What a folder of backups gives away to who has certain keys.</summary>
internal static class Shards
{
    /// <summary>The files that open.</summary>
    public static IReadOnlyList<string> Opening(string folder, IReadOnlyList<SecretKey> keys) =>
        [.. Files(folder).Where(file => Open(file, keys) is not null)];

    /// <summary>The files that open and tell of a word, in what they seal.</summary>
    public static IReadOnlyList<string> Telling(string folder, IReadOnlyList<SecretKey> keys, string word) =>
        [.. Files(folder).Where(file => Open(file, keys) is { } bytes && Has(bytes, word))];

    /// <summary>The files of a folder in which a word stands in clear, be it in what is free.</summary>
    public static IReadOnlyList<string> Holding(string folder, string word) =>
        [.. Files(folder).Where(file => Has(Read(file), word))];

    public static IReadOnlyList<string> Files(string folder) =>
        [
            .. Directory
                .GetFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)),
        ];

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (FileNotFoundException)
        {
            // A server that works takes files away.
            return [];
        }
    }

    private static bool Has(byte[] bytes, string word) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) >= 0;

    /// <summary>What a file of a backup says; null when it says nothing to these keys.</summary>
    private static byte[]? Open(string file, IReadOnlyList<SecretKey> keys)
    {
        try
        {
            if (Path.GetFileName(file) == BackupManifest.FileName)
            {
                return Encoding.UTF8.GetBytes(BackupManifest.Read(file, keys).ClusterId.ToString());
            }

            using var reader = new SealedReader(file, keys);
            return [.. reader.Batches().SelectMany(batch => batch.ToArray())];
        }
        catch (Problem)
        {
            return null;
        }
    }
}
