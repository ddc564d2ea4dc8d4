using System.Buffers.Text;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>Verifies what this installation signed, also with keys whose tokens are over.</summary>
internal sealed class Signatures(IEnumerable<SigningKeyRow> keys)
{
    /// <summary>How long after a key's end a node may sign with it that has not heard of the end; 1 minute.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, SigningKey> _byId = keys.ToDictionary(
        row => row.Id,
        row => new SigningKey(row, privateKey: null)
    );

    /// <summary>By every key there ever was.</summary>
    /// <exception cref="Problem">There is none: no server has worked on this database yet.</exception>
    public static async Task<Signatures> Read(Db db) =>
        await db.Read(SigningKeyStore.All) is { Count: > 0 } keys
            ? new Signatures(keys)
            : throw new Problem(ProblemKind.NotFound, "No server has worked on this database yet.");

    /// <param name="signature">As <c>kid.base64url</c>.</param>
    /// <param name="at">When it is said to have been made.</param>
    /// <returns>What is wrong with it, as it follows the name of what was signed; null: nothing.</returns>
    public string? Fault(byte[] hash, string signature, DateTimeOffset at)
    {
        var parts = signature.Split('.', 2);
        if (
            parts.Length != 2
            || !_byId.TryGetValue(parts[0], out var key)
            || !Base64Url.IsValid(parts[1])
            || !key.IsSigned(hash, Base64Url.DecodeFromChars(parts[1]))
        )
        {
            return "its signature is by none of this server's keys";
        }

        // Whoever has a key that was taken from us can sign what they like, and only until then.
        return key.IsOver(at - Late) ? "was signed by a key that had ended" : null;
    }
}
