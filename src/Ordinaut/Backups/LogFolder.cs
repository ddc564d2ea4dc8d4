using System.Buffers.Binary;
using System.Globalization;
using Ordinaut.Secrets;

namespace Ordinaut.Backups;

/// <summary>
/// PostgreSQL's log in one life of the cluster, sealed: a file of it is in one part or in several, each of which was
/// begun when a process was.
/// </summary>
internal sealed record LogFolder(string FullPath, IReadOnlyList<SecretKey> Keys)
{
    /// <summary>In place of a block's: what follows is an instant, up to which all is in the folder.</summary>
    public const int Mark = -1;

    private const string Ending = ".sealed";

    /// <summary>A file of the log, or a part of one that was begun anew.</summary>
    public string PathOf(string name, int part) =>
        Path.Combine(FullPath, string.Create(CultureInfo.InvariantCulture, $"{name}-{part:000000}{Ending}"));

    /// <summary>Where a file is begun anew: behind its parts that are there, of which the first may be gone.</summary>
    public string NextPart(string name)
    {
        var last = Files().Where(file => NameOf(file) == name).Select(PartOf).DefaultIfEmpty().Max();
        return PathOf(name, last + 1);
    }

    /// <summary>Writes the log in clear, as a server that recovers asks for it.</summary>
    /// <param name="first">The first that is needed.</param>
    /// <param name="at">How far it is needed; null: as far as it goes.</param>
    /// <exception cref="Problem">Of what is needed a file is missing.</exception>
    public void Open(LogPlace first, DateTimeOffset? at, string target)
    {
        OwnerOnly.CreateFolder(target);
        var missing = Read(
            first,
            name => OwnerOnly.Open(Path.Combine(target, name), FileMode.Create, FileAccess.Write, FileShare.None)
        );
        if (missing is not null && (at is null || at > Through(first)))
        {
            throw Missing(missing, first);
        }
    }

    /// <summary>Opens all of it.</summary>
    /// <returns>How many bytes were read.</returns>
    /// <exception cref="Problem">Something is not as it was written, or missing.</exception>
    public long Verify(LogPlace first) =>
        Read(first, _ => Stream.Null) is { } missing
            ? throw Missing(missing, first)
            : Files().Sum(file => new FileInfo(file).Length);

    /// <summary>The last instant up to which all is here, from a file on without a gap; null: nobody can say.</summary>
    public DateTimeOffset? Through(LogPlace first) =>
        Run(All(), first)
            .Reverse()
            .SelectMany(file => file.Parts.Reverse())
            .Select(LastMark)
            .FirstOrDefault(at => at is not null);

    /// <summary>Removes what comes before a file.</summary>
    public void Prune(LogPlace first)
    {
        foreach (var file in All().Where(file => first.NumberOf(file.Name) < first.Number))
        {
            file.Parts.ToList().ForEach(File.Delete);
        }
    }

    public IReadOnlyList<string> Files() =>
        Directory.Exists(FullPath) ? [.. Directory.GetFiles(FullPath, "*" + Ending).Order(StringComparer.Ordinal)] : [];

    /// <summary>The files that come from one on, whatever is missing between them.</summary>
    public IEnumerable<string> FilesFrom(LogPlace first) =>
        All().Where(file => first.NumberOf(file.Name) >= first.Number).SelectMany(file => file.Parts);

    private List<LogFile> All() =>
        [.. Files().GroupBy(NameOf, (name, parts) => new LogFile(name, [.. parts]), StringComparer.Ordinal)];

    /// <summary>Files from the first on, in their order; the last is before the first gap.</summary>
    private static IReadOnlyList<LogFile> Run(List<LogFile> all, LogPlace first)
    {
        var places = all.Where(file => first.NumberOf(file.Name) >= first.Number)
            .GroupBy(file => first.NumberOf(file.Name)!.Value)
            .OrderBy(place => place.Key);
        return [.. places.TakeWhile((place, i) => place.Key == first.Number + i).SelectMany(place => place)];
    }

    /// <summary>Opens the files that follow each other without a gap.</summary>
    /// <returns>The first that is missing or breaks off, though others follow it.</returns>
    private string? Read(LogPlace first, Func<string, Stream> open)
    {
        // One look for all of it: what is whole only now must not seem to be missing before what was begun since.
        var all = All();
        foreach (var history in all.Where(file => first.NumberOf(file.Name) is null))
        {
            Read(history, open);
        }

        // A server that becomes another's heir goes on in the same place under another name: one of them is whole.
        var whole = first.Number;
        foreach (var file in Run(all, first))
        {
            whole = Read(file, open) && first.NumberOf(file.Name) == whole ? whole + 1 : whole;
        }

        var last = all.Max(file => first.NumberOf(file.Name)) ?? 0;
        return last > whole ? first.NameAt(whole) : null;
    }

    /// <returns>Whether it is whole.</returns>
    private bool Read(LogFile file, Func<string, Stream> open)
    {
        using var target = open(file.Name);
        var isWhole = false;
        foreach (var part in file.Parts)
        {
            try
            {
                isWhole |= Read(part, target);
            }
            catch (Problem) when (part != file.Parts[^1])
            {
                // The next part has all of it once more.
            }
        }

        return isWhole;
    }

    private bool Read(string part, Stream target)
    {
        using var reader = new SealedReader(part, Keys);
        foreach (var batch in reader.Batches())
        {
            var at = BinaryPrimitives.ReadInt32LittleEndian(batch.Span);
            if (at != Mark && target is FileStream file)
            {
                file.SetLength(Math.Max(file.Length, at));
                file.Seek(at, SeekOrigin.Begin);
                file.Write(batch.Span[4..]);
            }
        }

        return reader.IsWhole;
    }

    private DateTimeOffset? LastMark(string part)
    {
        using var reader = new SealedReader(part, Keys);
        DateTimeOffset? last = null;
        foreach (var batch in reader.Batches())
        {
            last =
                BinaryPrimitives.ReadInt32LittleEndian(batch.Span) == Mark
                    ? Instants.FromMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(batch.Span[4..]))
                    : last;
        }

        return last;
    }

    private Problem Missing(string name, LogPlace first)
    {
        var end = Through(first) is { } through ? $"; what is whole ends at {Instants.Format(through)}" : "";
        return new(
            ProblemKind.Unavailable,
            $"'{name}' of the log in '{FullPath}' is missing or breaks off, and others follow it{end}."
        );
    }

    private static string NameOf(string path) =>
        Path.GetFileName(path) is var file ? file[..file.IndexOf('-', StringComparison.Ordinal)] : "";

    private static int PartOf(string path) =>
        Path.GetFileName(path) is var file
        && int.TryParse(file[(file.IndexOf('-', StringComparison.Ordinal) + 1)..^Ending.Length], out var part)
            ? part
            : 0;

    private sealed record LogFile(string Name, IReadOnlyList<string> Parts);
}

/// <summary>A file of PostgreSQL's log: its name is its timeline and its place.</summary>
/// <param name="FileBytes">The length of each.</param>
internal sealed record LogPlace(string Name, long FileBytes)
{
    /// <summary>Of a file's name: 8 digits for the timeline, 16 for the place.</summary>
    public const int NameLength = 24;

    private long FilesOfHigh => (1L << 32) / FileBytes;

    /// <summary>Its place, whatever the timeline.</summary>
    public long Number => NumberOf(Name)!.Value;

    /// <summary>The place of another; null: none of the log, as the history of timelines.</summary>
    public long? NumberOf(string name) =>
        name.Length == NameLength && Hex(name[8..16]) is { } high && Hex(name[16..]) is { } low
            ? high * FilesOfHigh + low
            : null;

    /// <summary>How the file of a place is called on this one's timeline.</summary>
    public string NameAt(long number) => $"{Name[..8]}{number / FilesOfHigh:X8}{number % FilesOfHigh:X8}";

    private static long? Hex(string text) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
}
