using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Ordinaut.Mcp;

/// <summary>The shapes of all tools, made from the API document when the first client asks.</summary>
internal sealed class ToolShapes(ToolTable table, Func<Task<byte[]>> apiDocument)
{
    private readonly Lazy<Task<FrozenDictionary<string, ToolShape>>> _byName = new(() => Make(table, apiDocument));

    public async Task<ToolShape> Of(McpTool tool) => (await _byName.Value)[tool.Name];

    private static async Task<FrozenDictionary<string, ToolShape>> Make(ToolTable table, Func<Task<byte[]>> apiDocument)
    {
        var api = new ApiSchemas((JsonObject)JsonNode.Parse(await apiDocument())!);
        return table.All.ToFrozenDictionary(tool => tool.Name, tool => Shape(tool, api));
    }

    private static ToolShape Shape(McpTool tool, ApiSchemas api)
    {
        var (path, operation) = api.Operation(tool.Operation);
        var (properties, required, definitions) = (new JsonObject(), new JsonArray(), new JsonObject());
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            AddParameter(properties, required, path, (JsonObject)parameter!);
        }

        foreach (var extra in tool.Extras)
        {
            properties.Add(extra.Name, extra.ToSchema());
        }

        var body = AddBody(tool, api, operation, (properties, definitions)).ToList();
        foreach (var name in tool.Required)
        {
            required.Add((JsonNode)name);
        }

        var input = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = required,
            ["additionalProperties"] = false,
        };
        if (definitions.Count > 0)
        {
            input["$defs"] = definitions;
        }

        return new ToolShape(tool, input, Output(api, operation), body);
    }

    /// <summary>An id is named after what it is the id of: in <c>/runs/{id}</c> it is <c>run_id</c>.</summary>
    private static void AddParameter(JsonObject properties, JsonArray required, string path, JsonObject parameter)
    {
        var name = parameter["name"]!.GetValue<string>();
        if (name == "Idempotency-Key")
        {
            properties.Add(McpArgument.IdempotencyKey.Name, McpArgument.IdempotencyKey.ToSchema());
            return;
        }

        var schema = (JsonObject)parameter["schema"]!.DeepClone();
        var description = parameter["description"]!.GetValue<string>();
        if (parameter["required"]?.GetValue<bool>() == true)
        {
            var noun = path.Split('/').TakeWhile(part => part != "{" + name + "}").Last().TrimEnd('s');
            description = $"The {noun}'s {name}.";
            name = name == "id" ? noun + "_id" : name;
            required.Add((JsonNode)name);
        }

        schema["description"] = description;
        properties.Add(name, schema);
    }

    /// <summary>The names of the arguments that are members of the body.</summary>
    private static IEnumerable<string> AddBody(
        McpTool tool,
        ApiSchemas api,
        JsonObject operation,
        (JsonObject Properties, JsonObject Definitions) input
    )
    {
        if (operation["requestBody"]?["content"]?["application/json"]?["schema"] is not JsonObject reference)
        {
            return [];
        }

        var body = api.Input(reference, input.Definitions, nullable: tool.BodyArgument is not null);
        if (tool.BodyArgument is { } argument)
        {
            input.Properties.Add(argument, body);
            return [];
        }

        var members = body["properties"]!.AsObject().ToList();
        foreach (var (name, schema) in members)
        {
            input.Properties.Add(name, schema?.DeepClone());
        }

        return members.Select(member => member.Key);
    }

    private static JsonObject? Output(ApiSchemas api, JsonObject operation)
    {
        var answer = operation["responses"]!.AsObject().First(response => response.Key[0] == '2').Value!;
        return answer["content"]?["application/json"]?["schema"] is JsonObject reference ? api.Output(reference) : null;
    }
}
