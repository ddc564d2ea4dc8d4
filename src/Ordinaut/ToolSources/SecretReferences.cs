namespace Ordinaut.ToolSources;

/// <summary>
/// Reads secrets that settings name and never hold. Only what an operator put there for tools can be named: whoever may
/// register a tool could otherwise have any variable or file of the process sent to an address of his own.
/// </summary>
/// <param name="folder">Where files of secrets lie.</param>
/// <param name="variable">The value of an environment variable, or null.</param>
internal sealed class SecretReferences(string folder, Func<string, string?> variable)
{
    /// <summary>How variables that may be named begin.</summary>
    public const string Prefix = "ORDINAUT_SECRET_";

    /// <summary>The longest secret in characters; 4,096.</summary>
    public const int MaxLength = 4_096;

    private const string OfVariable = "env:";
    private const string OfFile = "file:";

    /// <summary>What is wrong with a reference as such, or null.</summary>
    public static string? Fault(string reference)
    {
        var fine =
            reference.StartsWith(OfVariable + Prefix, StringComparison.Ordinal) && reference.Length <= 200
            || reference.StartsWith(OfFile, StringComparison.Ordinal) && IsFileName(reference[OfFile.Length..]);
        return fine
            ? null
            : $"must name a secret and not be one: {OfVariable}{Prefix}NAME, a variable of the server, or "
                + $"{OfFile}NAME, a file in the folder 'secrets' of its data folder.";
    }

    /// <summary>The secret itself.</summary>
    /// <exception cref="Problem">It is not there, or cannot be one; says so by the reference.</exception>
    public async ValueTask<string> Read(string reference, CancellationToken ct)
    {
        if (Fault(reference) is { } fault)
        {
            throw Absent(reference, fault);
        }

        var text = reference.StartsWith(OfVariable, StringComparison.Ordinal)
            ? variable(reference[OfVariable.Length..])
            : await ReadFile(Path.Combine(folder, reference[OfFile.Length..]), ct);
        if (text is null)
        {
            throw Absent(reference, "is not there.");
        }

        var secret = text.TrimEnd('\r', '\n');
        var fine = secret.Length is > 0 and <= MaxLength && secret.All(c => c is >= ' ' and <= '~');
        return fine ? secret : throw Absent(reference, $"is not 1 to {MaxLength} printable ASCII characters.");
    }

    private static async Task<string?> ReadFile(string path, CancellationToken ct)
    {
        try
        {
            // One more than allowed tells that there is more.
            var buffer = new char[MaxLength + 3];
            using var reader = new StreamReader(path);
            return new string(buffer, 0, await reader.ReadBlockAsync(buffer, ct));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsFileName(string name) =>
        name.Length is > 0 and <= 128
        && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static Problem Absent(string reference, string why) =>
        new(ProblemKind.Unavailable, $"The secret '{reference}' {why}");
}
