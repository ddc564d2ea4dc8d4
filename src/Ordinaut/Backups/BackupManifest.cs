using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ordinaut.Secrets;

namespace Ordinaut.Backups;

/// <summary>
/// What a backup says of itself; written when its base is whole, and sealed against changes, not against eyes. A member
/// that is added here is not required: manifests of earlier releases go without it.
/// </summary>
internal sealed record BackupManifest
{
    public const string FileName = "manifest";

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public required string Store { get; init; }

    /// <summary>The program that made it.</summary>
    public required string Version { get; init; }

    /// <summary>The database's own version.</summary>
    public required string StoreVersion { get; init; }

    /// <summary>The cluster that it is of.</summary>
    public required Guid ClusterId { get; init; }

    /// <summary>Which life of the cluster it is of.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The same, apart from others of the same backup; see <see cref="Cluster.Fence"/>.</summary>
    public required long Fence { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The earliest instant that it can be restored to.</summary>
    public required DateTimeOffset CompleteAt { get; init; }

    /// <summary>Bytes of its base, as they lie in the file.</summary>
    public required long BaseBytes { get; init; }

    /// <summary>The digest of that file, as it was read again after it was written.</summary>
    public required string BaseSha256 { get; init; }

    /// <summary>The first file of PostgreSQL's log that is needed beside the base.</summary>
    public string? FirstLog { get; init; }

    /// <summary>The length of each of those files.</summary>
    public long LogBytes { get; init; }

    /// <summary>The key that seals it.</summary>
    public required string KeyId { get; init; }

    /// <summary>As it is kept: a line of JSON, and the code that only the key makes of those bytes.</summary>
    public string Sign(SecretKey key)
    {
        var text = Json.Write(this with { KeyId = key.Id });
        return $"{text}\n{MacOf(text, key)}\n";
    }

    /// <summary>What one says of itself, whoever wrote it; null when that cannot be read.</summary>
    public static BackupManifest? Unproven(string path)
    {
        try
        {
            return Json.Read<BackupManifest>(File.ReadLines(path).First());
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException or JsonException)
        {
            return null;
        }
    }

    /// <exception cref="Problem">It is not as it was written, or its key is not here.</exception>
    public static BackupManifest Read(string path, IReadOnlyList<SecretKey> keys)
    {
        if (File.ReadAllText(path).Split('\n') is not [var text, var mac, ""])
        {
            throw Changed(path);
        }

        var manifest = Parse(path, text);
        var key =
            keys.FirstOrDefault(key => key.Id == manifest.KeyId)
            ?? throw new Problem(
                ProblemKind.Unavailable,
                $"'{path}' is sealed with the key {manifest.KeyId}, which is not among backup_key or backup_key_file."
            );
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(MacOf(text, key)),
            Encoding.UTF8.GetBytes(mac)
        )
            ? manifest
            : throw Changed(path);
    }

    private static BackupManifest Parse(string path, string text)
    {
        try
        {
            return Json.Read<BackupManifest>(text);
        }
        catch (JsonException)
        {
            throw Changed(path);
        }
    }

    private static string MacOf(string text, SecretKey key)
    {
        var own = HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Span.ToArray(), 32, null, "manifest"u8.ToArray());
        return Convert.ToHexStringLower(HMACSHA256.HashData(own, Encoding.UTF8.GetBytes(text)));
    }

    private static Problem Changed(string path) =>
        new(ProblemKind.Unavailable, $"'{path}' was changed; it cannot be restored from.");
}
