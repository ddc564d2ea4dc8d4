using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ordinaut.Audit;

/// <summary>
/// Lines of the audit log that were sealed together, and what ties them to all before them: the hash of a block covers
/// its lines and the hash of the block before. Pure.
/// </summary>
/// <param name="Number">Counts from 1 without a gap.</param>
/// <param name="FromTx">The first number of a transaction whose lines are in it.</param>
/// <param name="UntilTx">The first one behind it.</param>
/// <param name="TxOffset">
/// What is added to the database's own numbers of transactions, which begin anew when a dump is restored elsewhere.
/// </param>
/// <param name="Lines">How many lines it holds.</param>
/// <param name="Previous">The hash of the block before; zeros for the first.</param>
/// <param name="Hash">SHA-256 of all of these and of the lines.</param>
/// <param name="Signature">Over the hash, by one of the server's keys: <c>kid.base64url</c>.</param>
/// <param name="At">When it was sealed.</param>
internal sealed record AuditBlock(
    long Number,
    long FromTx,
    long UntilTx,
    long TxOffset,
    int Lines,
    byte[] Previous,
    byte[] Hash,
    string Signature,
    DateTimeOffset At
)
{
    /// <summary>What the first block follows.</summary>
    public static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    /// <summary>The block after this one, without its signature.</summary>
    public static AuditBlock After(
        AuditBlock? last,
        long untilTx,
        long txOffset,
        IReadOnlyList<AuditLine> lines,
        DateTimeOffset at
    )
    {
        var block = new AuditBlock(
            (last?.Number ?? 0) + 1,
            last?.UntilTx ?? 0,
            untilTx,
            txOffset,
            lines.Count,
            last?.Hash ?? NoHash,
            NoHash,
            "",
            at
        );
        return block with { Hash = block.HashOf(lines) };
    }

    /// <summary>What the hash must be if these are the lines that were sealed.</summary>
    public byte[] HashOf(IReadOnlyList<AuditLine> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[6 * sizeof(long)];
        ReadOnlySpan<long> numbers = [Number, FromTx, UntilTx, TxOffset, Lines, At.UtcTicks];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(head[(i * sizeof(long))..], numbers[i]);
        }

        hash.AppendData(Previous);
        hash.AppendData(head);
        foreach (var line in lines)
        {
            hash.AppendData(SHA256.HashData(line.Canonical()));
        }

        return hash.GetHashAndReset();
    }
}

/// <summary>One line of the log as it is sealed.</summary>
/// <param name="Tx">The number of the transaction that wrote it.</param>
internal sealed record AuditLine(
    long Tx,
    Guid Id,
    Guid ActorId,
    string Action,
    string Noun,
    string SubjectId,
    Guid? OwnerId,
    string? RequestId,
    string? Detail,
    DateTimeOffset At
)
{
    /// <summary>
    /// All of it as a JSON array of texts and nulls in one fixed order, so that no two lines look alike and any
    /// language can recompute it.
    /// </summary>
    public byte[] Canonical()
    {
        string?[] fields =
        [
            Tx.ToString(CultureInfo.InvariantCulture),
            Id.ToString(),
            ActorId.ToString(),
            Action,
            Noun,
            SubjectId,
            OwnerId?.ToString(),
            RequestId,
            Detail,
            At.UtcTicks.ToString(CultureInfo.InvariantCulture),
        ];
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartArray();
            foreach (var field in fields)
            {
                writer.WriteStringValue(field);
            }

            writer.WriteEndArray();
        }

        return text.ToArray();
    }
}
