using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>What servers and HTTP tools are checked for alike. Pure.</summary>
internal static class SourceChecks
{
    public static IEnumerable<FieldError> Token(string? reference, string? url)
    {
        if (reference is null)
        {
            yield break;
        }

        if (SecretReferences.Fault(reference) is { } fault)
        {
            yield return new("/token_from", $"token_from {fault}");
        }

        if (Uri.TryCreate(url?.Split('{')[0], UriKind.Absolute, out var at) && at.Scheme == "http" && !at.IsLoopback)
        {
            yield return new("/url", "The token would travel unencrypted to url; write that with https.");
        }
    }

    public static IEnumerable<FieldError> Effect(string? effect, string pointer)
    {
        if (effect is not null && !Word<Effect>.TryParse(effect, out _))
        {
            yield return new(pointer, $"effect must be {Word<Effect>.Choices}.");
        }
    }

    public static IEnumerable<FieldError> Range(int? value, int most, string name)
    {
        if (value is { } given && (given < 1 || given > most))
        {
            yield return new($"/{name}", $"{name} must be 1 to {most}.");
        }
    }
}
