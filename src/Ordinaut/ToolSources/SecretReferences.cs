using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>Reads a secret out of the store: whose, its name, the tool and the host it is wanted for.</summary>
/// <returns>Null when there is none that may go there.</returns>
internal delegate ValueTask<string?> StoredSecret(SecretHolder holder, string name);

/// <summary>For whom a secret is read: who registered the tool, what it is called and where it goes.</summary>
/// <param name="OwnerId">Null: the operator's catalogue file.</param>
internal sealed record SecretHolder(Guid? OwnerId, string Tool, string Host);

/// <summary>
/// Reads secrets that settings name and never hold. Only what an operator put there for tools can be named, and what
/// the agent that registers a tool keeps in the store: whoever may register a tool could otherwise have any variable
/// or file of the process sent to an address of his own.
/// </summary>
/// <param name="folder">Where files of secrets lie.</param>
/// <param name="variable">The value of an environment variable, or null.</param>
internal sealed class SecretReferences(
    string folder,
    Func<string, string?> variable,
    StoredSecret stored,
    Redactor redactor
)
{
    /// <summary>How variables that may be named begin.</summary>
    public const string Prefix = "ORDINAUT_SECRET_";

    /// <summary>The longest secret in characters; 4,096.</summary>
    public const int MaxLength = 4_096;

    private const string OfVariable = "env:";
    private const string OfFile = "file:";
    private const string OfStore = "secret:";

    /// <summary>What is wrong with a reference as such, or null.</summary>
    public static string? Fault(string reference)
    {
        var fine =
            reference.StartsWith(OfVariable + Prefix, StringComparison.Ordinal) && reference.Length <= 200
            || reference.StartsWith(OfFile, StringComparison.Ordinal) && IsFileName(reference[OfFile.Length..])
            || reference.StartsWith(OfStore, StringComparison.Ordinal) && IsFileName(reference[OfStore.Length..]);
        return fine
            ? null
            : $"must name a secret and not be one: {OfStore}NAME, one of yours as in GET /secrets, "
                + $"{OfVariable}{Prefix}NAME, a variable of the server, or {OfFile}NAME, a file in the folder "
                + "'secrets' of its data folder.";
    }

    /// <summary>The secret itself.</summary>
    /// <exception cref="Problem">It is not there, or cannot be one; says so by the reference.</exception>
    public async ValueTask<string> Read(string reference, SecretHolder holder, CancellationToken ct)
    {
        if (Fault(reference) is { } fault)
        {
            throw Absent(reference, fault);
        }

        var name = reference[(reference.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var kind = reference[..^name.Length];
        var text = kind switch
        {
            OfVariable => variable(name),
            OfStore => await stored(holder, name),
            _ => await ReadFile(Path.Combine(folder, name), ct),
        };
        if (text is null)
        {
            throw Absent(reference, "is not there.");
        }

        var secret = text.TrimEnd('\r', '\n');
        var fine = secret.Length is > 0 and <= MaxLength && secret.All(c => c is >= ' ' and <= '~');
        if (!fine)
        {
            throw Absent(reference, $"is not 1 to {MaxLength} printable ASCII characters.");
        }

        redactor.Learn(Redactor.Operator, kind == OfStore ? name : reference, secret);
        return secret;
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
