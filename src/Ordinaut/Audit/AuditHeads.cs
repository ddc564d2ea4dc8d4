using System.Globalization;
using System.Text;
using System.Text.Json;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Audit;

/// <summary>
/// The heads of the chain as they are told to the world outside the database, one JSON object a line in
/// <c>audit-heads.jsonl</c> of the data folder, and to the log. Who cuts off the end of the log, or rewrites all of it,
/// cannot take back what was copied from here.
/// </summary>
internal sealed partial class AuditHeads(string folder, TimeProvider clock, ILogger<AuditHeads> log)
{
    public const string FileName = "audit-heads.jsonl";

    /// <summary>How often a head is told, if there is a new one.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private long _told;
    private long? _toldAt;

    public async Task Tell(AuditBlock? head)
    {
        if (head?.Number < _told)
        {
            // What was told is not there any more: this chain is another one, and is told of as one.
            Log.Cut(log, _told, head.Number);
            (_told, _toldAt) = (0, null);
        }

        if (head is null || head.Number <= _told || _toldAt is { } at && clock.GetElapsedTime(at) < Interval)
        {
            return;
        }

        var view = View(head);
        try
        {
            var line = Json.Write(view) + "\n";
            await using var file = OwnerOnly.Open(
                Path.Combine(folder, FileName),
                FileMode.Append,
                FileAccess.Write,
                FileShare.Read
            );
            await file.WriteAsync(Encoding.UTF8.GetBytes(line));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(log, failure.Message);
        }

        Log.Sealed(log, view.Number, view.Hash);
        (_told, _toldAt) = (head.Number, clock.GetTimestamp());
    }

    public static AuditHead View(AuditBlock head) =>
        new(head.Number, Convert.ToHexStringLower(head.Hash), head.At, head.Signature);

    /// <summary>Reads <c>number:hash</c>.</summary>
    /// <exception cref="Problem">It is not that.</exception>
    public static AuditHead Parse(string text)
    {
        var parts = text.Split(':');
        return
            parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && parts[1].Length == 64
            && parts[1].All(char.IsAsciiHexDigit)
            ? new AuditHead(number, parts[1].ToLowerInvariant(), default, "")
            : throw Problem.Invalid("/head", "head must be a block's number, ':' and its hash, 64 hexadecimal digits.");
    }

    /// <summary>Reads heads that were kept, one a line.</summary>
    /// <exception cref="Problem">A line is none.</exception>
    public static async Task<IReadOnlyList<AuditHead>> Read(string file)
    {
        var heads = new List<AuditHead>();
        await foreach (var line in File.ReadLinesAsync(file))
        {
            try
            {
                heads.Add(Json.Read<AuditHead>(line));
            }
            catch (JsonException)
            {
                throw new Problem(
                    ProblemKind.Malformed,
                    $"Line {heads.Count + 1} of '{file}' is not a head of the audit log, as {FileName} has them."
                );
            }
        }

        return heads;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "audit.sealed: block {Number}, {Hash}")]
        public static partial void Sealed(ILogger log, long number, string hash);

        [LoggerMessage(3, LogLevel.Error, "audit.cut: block {Told} was told of, and the chain ends with {Number}")]
        public static partial void Cut(ILogger log, long told, long number);

        [LoggerMessage(2, LogLevel.Warning, "audit.head_not_written: {Reason}")]
        public static partial void NotWritten(ILogger log, string reason);
    }
}
