using System.Collections.Concurrent;
using System.Text.Json;

namespace Ordinaut.Tools;

/// <summary>
/// Takes secrets out of what is kept and shown: outputs, errors, log lines. It knows every value that this process has
/// put into a call, by the agent it belongs to, in the forms that <see cref="SecretForms"/> lists.
/// </summary>
internal sealed class Redactor
{
    /// <summary>The shortest value that is looked for; 8 characters.</summary>
    public const int MinLength = 8;

    /// <summary>Whose secrets are looked for in everybody's calls: the operator's, which tools bring along.</summary>
    public static readonly Guid Operator = Guid.Empty;

    private readonly ConcurrentDictionary<Guid, KnownSecrets> _known = new();

    /// <summary>What stands in the place of a secret.</summary>
    public static string Placeholder(string name) => $"[secret:{name}]";

    /// <summary>From now on the value is taken out.</summary>
    public void Learn(Guid ownerId, string name, string value)
    {
        if (value.Length >= MinLength)
        {
            _known.GetOrAdd(ownerId, _ => new KnownSecrets()).Add(name, value);
        }
    }

    /// <summary>What a call of this agent may leave.</summary>
    public ToolResult Clean(Guid ownerId, ToolResult result) =>
        result switch
        {
            ToolResult.Ok ok => ok with { Output = Clean(ownerId, ok.Output) },
            ToolResult.Failed failed => failed with
            {
                Code = Clean(ownerId, failed.Code),
                Message = Clean(ownerId, failed.Message),
            },
            ToolResult.Waiting { Output: { } output } waiting => waiting with { Output = Clean(ownerId, output) },
            _ => result,
        };

    /// <summary>A line of the log, which tells of all agents.</summary>
    public string Clean(string text) => _known.Aggregate(text, (line, known) => known.Value.Clean(line));

    private JsonElement Clean(Guid ownerId, JsonElement value) =>
        Of(ownerId).Aggregate(value, (json, known) => known.Clean(json));

    private string Clean(Guid ownerId, string text) => Of(ownerId).Aggregate(text, (line, known) => known.Clean(line));

    private IEnumerable<KnownSecrets> Of(Guid ownerId) =>
        new[] { ownerId, Operator }.Distinct().Select(_known.GetValueOrDefault).OfType<KnownSecrets>();
}
