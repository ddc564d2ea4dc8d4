namespace Ordinaut.Sdk.Wire;

/// <summary>One line of the audit log.</summary>
public sealed record AuditView(
    Guid Id,
    DateTimeOffset At,
    Guid ActorId,
    string Action,
    string Noun,
    string SubjectId,
    string? RequestId,
    System.Text.Json.JsonElement? Detail
);

/// <summary>The end of the chain that the audit log is sealed in.</summary>
/// <param name="Number">The block's number, from 1.</param>
/// <param name="Hash">SHA-256 over the block's lines and the block before it, in hexadecimal.</param>
/// <param name="At">When it was sealed.</param>
/// <param name="Signature">Over the hash (ES256), after the id of the key.</param>
public sealed record AuditHead(long Number, string Hash, DateTimeOffset At, string Signature);

/// <summary>Whether the audit log is as it was written.</summary>
/// <param name="Intact">Nothing that was sealed was changed, added, removed or put in another order.</param>
/// <param name="Blocks">How many blocks were read.</param>
/// <param name="Lines">How many sealed lines.</param>
/// <param name="OpenLines">Lines of the last seconds, which are not sealed yet.</param>
/// <param name="OlderLines">Lines whose block is gone since they were kept long enough.</param>
/// <param name="Head">The last block; null when nothing is sealed yet.</param>
/// <param name="Faults">What is wrong, at most 100.</param>
public sealed record AuditVerdict(
    bool Intact,
    long Blocks,
    long Lines,
    long OpenLines,
    long OlderLines,
    AuditHead? Head,
    IReadOnlyList<AuditFault> Faults
);

/// <summary>One thing that is wrong with the audit log.</summary>
/// <param name="Block">The number of the block.</param>
/// <param name="At">When it was sealed.</param>
/// <param name="What">What is wrong, in words.</param>
public sealed record AuditFault(long Block, DateTimeOffset At, string What);
