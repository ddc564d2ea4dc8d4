using System.Text.Json;

namespace Ordinaut.Tools;

/// <summary>The secrets that a call's input names. The input itself has placeholders in their places.</summary>
/// <param name="Fill">The input with these values in the places of the secrets, by name.</param>
internal sealed record SecretUse(
    IReadOnlyList<string> Names,
    Func<IReadOnlyDictionary<string, string>, JsonElement> Fill
);
