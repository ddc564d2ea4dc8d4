using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ordinaut.ToolSources;

/// <summary>An operation of an OpenAPI document.</summary>
/// <param name="Id">Its operationId, if it has one.</param>
/// <param name="Shared">Parameters of its path.</param>
internal sealed record OpenApiOperation(
    string Path,
    string Method,
    string? Id,
    JsonElement Value,
    IReadOnlyList<JsonElement> Shared
)
{
    /// <summary>What the tool is called after its provider: the id, else method and path.</summary>
    public string Name =>
        string.Concat(
                (Id ?? $"{Method}{Path}").Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')
            )
            .Trim('_');

    /// <summary>Where it stands in the document.</summary>
    public string Pointer =>
        $"/paths/{Path.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}/"
        + Method;
}

/// <summary>The input of a tool as it is gathered from an operation.</summary>
internal sealed class OpenApiInput
{
    private readonly JsonObject _properties = [];
    private readonly JsonArray _required = [];

    public Dictionary<string, JsonElement> Query { get; } = [];

    public Dictionary<string, string> Headers { get; } = [];

    public bool HasBody { get; set; }

    /// <exception cref="Problem">There is one of this name, in another place of the request.</exception>
    public void Add(string name, JsonObject schema, bool isRequired)
    {
        if (!_properties.TryAdd(name, schema))
        {
            throw Problem.Invalid("", $"Two of its parameters, or one and its body, have the name '{name}'.");
        }

        if (isRequired)
        {
            _required.Add((JsonNode)name);
        }
    }

    public JsonObject Schema() =>
        new()
        {
            ["type"] = "object",
            ["properties"] = _properties,
            ["required"] = _required,
            ["additionalProperties"] = false,
        };
}
