using Ordinaut.Pipelines;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Secrets;

/// <summary>What is wrong with a secret, or with naming one in a task. No finding repeats a value.</summary>
internal static class SecretCheck
{
    /// <summary>An agent's secrets; 100.</summary>
    public const int MaxSecrets = 100;

    /// <summary>The shortest value; 8 characters. A shorter one could not be told from other text.</summary>
    public const int MinLength = Redactor.MinLength;

    /// <summary>The longest value; 8,192 characters.</summary>
    public const int MaxLength = 8_192;

    /// <summary>The longest name; 64 characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Tools, or hosts, that one secret lists; 20.</summary>
    public const int MaxListed = 20;

    /// <summary>The longest description; 500 characters.</summary>
    public const int MaxDescription = 500;

    /// <summary>The largest request; 128 KiB.</summary>
    public const int MaxBodyBytes = 128 * 1024;

    /// <exception cref="Problem">Names every member that is wrong.</exception>
    public static void Require(string name, SecretInput input)
    {
        Problem.Refuse([.. Findings(name, input)]);
    }

    /// <summary>What is wrong with the secrets that steps of an owner's task name.</summary>
    public static async ValueTask<IReadOnlyList<FieldError>> Findings(
        Session session,
        Guid ownerId,
        IReadOnlyList<SecretReading> readings
    )
    {
        if (readings.Count == 0)
        {
            return [];
        }

        var secrets = await SecretStore.Of(session, ownerId);
        return
        [
            .. readings
                .Select(reading => (reading.Pointer, Fault: Fault(reading, secrets)))
                .Where(reading => reading.Fault is not null)
                .Select(reading => new FieldError(reading.Pointer, reading.Fault!)),
        ];
    }

    private static string? Fault(SecretReading reading, List<SecretRow> secrets)
    {
        if (secrets.Find(secret => secret.Name == reading.Name) is { } secret)
        {
            return secret.IsForTool(reading.Tool) ? null : NotForTool(secret, reading.Tool);
        }

        var hint = Nearest.Hint(reading.Name, secrets.Select(other => other.Name));
        return $"The task's owner has no secret '{reading.Name}'{hint}; PUT /secrets/{reading.Name} stores it.";
    }

    public static string NotForTool(SecretRow secret, string tool) =>
        $"The secret '{secret.Name}' is not for the tool '{tool}' but for {string.Join(", ", secret.Tools)}.";

    private static IEnumerable<FieldError> Findings(string name, SecretInput input)
    {
        if (!IsName(name))
        {
            yield return new(
                "/name",
                $"A secret's name is a letter, then letters, digits, '_' and '-', {MaxNameLength} at most."
            );
        }

        if (input.Value is not { Length: >= MinLength and <= MaxLength })
        {
            yield return new("/value", $"value is required: {MinLength} to {MaxLength} characters.");
        }
        else if (input.Value.Contains('\0'))
        {
            yield return new("/value", "value must be text; keep bytes as their base64.");
        }

        if (input.Tools is { } tools && (tools.Count > MaxListed || !tools.All(IsTool)))
        {
            yield return new("/tools", $"tools are at most {MaxListed} names such as http.request or crm.*.");
        }

        if (input.Hosts is { } hosts && (hosts.Count > MaxListed || !hosts.All(IsHost)))
        {
            yield return new("/hosts", $"hosts are at most {MaxListed} names such as api.example.com, without port.");
        }

        if (input.Description is { Length: > MaxDescription })
        {
            yield return new("/description", $"description has at most {MaxDescription} characters.");
        }
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength
        && char.IsAsciiLetter(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>For every tool it is when none is listed, so that this is said in one way.</summary>
    private static bool IsTool(string? tool) => tool is not (null or "*") && Patterns.IsTool(tool);

    private static bool IsHost(string? host) =>
        host is { Length: > 0 and <= EgressUrl.MaxHostLength }
        && Uri.CheckHostName(host) != UriHostNameType.Unknown
        && host.All(c => c is > ' ' and <= '~');
}
