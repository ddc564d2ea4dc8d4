using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ordinaut;

/// <summary>
/// Positions in lists as clients see them: opaque, and good only for the list and the agent they were given to. A
/// made-up one would show nothing that the list's own owner filter does not show, so no secret key is needed: the
/// tag catches mix-ups and typing errors.
/// </summary>
internal static class Cursors
{
    private const int TagBytes = 9;

    public static string Seal(string list, Guid agentId, string position)
    {
        var bytes = Encoding.UTF8.GetBytes(position);
        return Base64Url.EncodeToString([.. Tag(list, agentId, bytes), .. bytes]);
    }

    public static string? Open(string list, Guid agentId, string? cursor)
    {
        if (cursor is null)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = Base64Url.IsValid(cursor) ? Base64Url.DecodeFromChars(cursor) : [];
        if (bytes.Length > TagBytes && bytes[..TagBytes].SequenceEqual(Tag(list, agentId, bytes[TagBytes..])))
        {
            return Encoding.UTF8.GetString(bytes[TagBytes..]);
        }

        throw Unreadable();
    }

    /// <summary>For a position that is none: the tag is no secret, so that anyone can make one up.</summary>
    public static Problem Unreadable()
    {
        const string detail =
            "'cursor' must be the next_cursor of a page of this same list; leave it out to start over.";
        return new Problem(ProblemKind.Malformed, detail, new FieldError("cursor", detail));
    }

    private static byte[] Tag(string list, Guid agentId, ReadOnlySpan<byte> position)
    {
        byte[] text = [.. agentId.ToByteArray(), .. Encoding.UTF8.GetBytes(list), 0, .. position];
        return SHA256.HashData(text)[..TagBytes];
    }
}
