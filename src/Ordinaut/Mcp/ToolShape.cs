using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Mcp;

/// <summary>What a tool takes and gives, as it is shown to clients and as its calls are checked.</summary>
internal sealed class ToolShape
{
    private readonly JsonObject _properties;
    private readonly HashSet<string> _body;
    private readonly JsonSchema _parameters;

    /// <param name="input">The schema of all arguments.</param>
    /// <param name="output">The schema of what comes back; null when nothing does.</param>
    /// <param name="body">The arguments that are members of the operation's body; the operation checks those.</param>
    public ToolShape(McpTool tool, JsonObject input, JsonObject? output, IEnumerable<string> body)
    {
        Tool = tool;
        _properties = (JsonObject)input["properties"]!;
        _body = [.. body];
        _parameters = JsonSchema.Compile(Json.OfNode(WithoutBody(input)), assertFormats: true);
        Shown = new Tool
        {
            Name = tool.Name,
            Title = tool.Title,
            Description = tool.Description,
            InputSchema = Json.OfNode(input),
            OutputSchema = output is null ? null : Json.OfNode(output),
            Annotations = new ToolAnnotations
            {
                Title = tool.Title,
                ReadOnlyHint = tool.Hints.HasFlag(Hints.ReadOnly),
                DestructiveHint = tool.Hints.HasFlag(Hints.Destructive),
                IdempotentHint = tool.Hints.HasFlag(Hints.Idempotent) || tool.Hints.HasFlag(Hints.ReadOnly),
                OpenWorldHint = tool.Hints.HasFlag(Hints.OpenWorld),
            },
        };
    }

    public McpTool Tool { get; }

    /// <summary>As <c>tools/list</c> shows it.</summary>
    public Tool Shown { get; }

    public int Default(string argument) => _properties[argument]!["default"]!.GetValue<int>();

    /// <summary>Refuses arguments the tool does not have, and parameters that are not what they must be.</summary>
    public void Check(JsonElement arguments)
    {
        var names = _properties.Select(property => property.Key).ToList();
        var findings = arguments
            .EnumerateObject()
            .Where(argument => !_properties.ContainsKey(argument.Name))
            .Take(BodyFaults.MaxFindings)
            .Select(argument => Unknown(argument.Name, names))
            .Concat(_parameters.Validate(arguments, BodyFaults.MaxFindings).Select(Wrong))
            .ToList();
        if (findings.Count > 0)
        {
            var summary = findings.Count == 1 ? findings[0].Detail : $"{findings.Count} arguments are not right.";
            throw new Problem(ProblemKind.Malformed, summary, findings);
        }
    }

    /// <summary>The operation's body: all arguments that are members of it.</summary>
    public byte[] BodyOf(JsonElement arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        foreach (var argument in arguments.EnumerateObject().Where(argument => _body.Contains(argument.Name)))
        {
            argument.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private JsonObject WithoutBody(JsonObject input)
    {
        var properties = new JsonObject();
        foreach (var (name, schema) in _properties.Where(property => !_body.Contains(property.Key)))
        {
            // Of a body that is one argument only this is looked at here.
            properties[name] = name == Tool.BodyArgument ? new JsonObject { ["type"] = "object" } : schema!.DeepClone();
        }

        var required = input["required"]!.AsArray().Select(name => name!.GetValue<string>()).Except(_body);
        return new JsonObject
        {
            ["properties"] = properties,
            ["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]),
        };
    }

    private static FieldError Unknown(string name, List<string> known)
    {
        var shown = Quoted.Short(name);
        var hint = Nearest.Of(name, known) is { } nearest
            ? $"did you mean '{nearest}'?"
            : $"they are {string.Join(", ", known)}.";
        return new FieldError("/" + shown, $"'{shown}' is not an argument of this tool; {hint}");
    }

    private static FieldError Wrong(SchemaError error)
    {
        var name = ProblemViews.Field(error.InstancePointer);
        return new FieldError(
            error.InstancePointer,
            name.Length == 0 ? $"The call {error.Message}." : $"'{name}' {error.Message}."
        );
    }
}
