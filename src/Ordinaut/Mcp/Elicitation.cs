using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using static ModelContextProtocol.Protocol.ElicitRequestParams;

namespace Ordinaut.Mcp;

/// <summary>
/// Questions to the person behind a client that can put them (MCP's elicitation, in forms). A call ends with the
/// question and comes again with the answer, so nothing is held meanwhile and any node can go on with it.
/// </summary>
internal sealed class Elicitation(RequestContext<CallToolRequestParams> request)
{
    private const string Confirmation = "confirm";
    private const string Missing = "missing";

    /// <summary>Lets a person confirm what is about to be done; where nobody can be asked, the call counts.</summary>
    /// <exception cref="Problem">The person did not confirm.</exception>
    public async Task Confirm(Func<Task<string>> message)
    {
        if (!IsPossible)
        {
            return;
        }

        var question = new RequestSchema
        {
            Properties =
            {
                [Confirmation] = new BooleanSchema { Title = "Yes, do it", Default = false },
            },
            Required = [Confirmation],
        };
        var answer = Answer(Confirmation) ?? throw Ask(Confirmation, await message(), question);
        var isYes =
            answer is { IsAccepted: true, Content: { } content }
            && content.TryGetValue(Confirmation, out var given)
            && given.ValueKind == JsonValueKind.True;
        if (!isYes)
        {
            throw Problem.Conflict("The person who was asked did not confirm; nothing was changed.");
        }
    }

    /// <summary>The call's arguments, with what a person gave for those that it needs and has not.</summary>
    public JsonNode? Complete(ToolShape shape)
    {
        var arguments = request.JsonRpcRequest.Params?["arguments"];
        if (!IsPossible || arguments is not (null or JsonObject))
        {
            return arguments;
        }

        var given = (JsonObject?)arguments?.DeepClone() ?? [];
        var questions = Questions(shape, given);
        if (questions.Properties.Count == 0)
        {
            return arguments;
        }

        var answer = Answer(Missing) ?? throw Ask(Missing, $"'{shape.Tool.Title}' needs to know more.", questions);
        foreach (var name in questions.Properties.Keys)
        {
            if (answer.IsAccepted && answer.Content?.TryGetValue(name, out var value) == true)
            {
                given[name] = JsonNode.Parse(value.GetRawText());
            }
        }

        return given;
    }

    private bool IsPossible =>
        request.Server.IsMrtrSupported
        && request.JsonRpcRequest.Context?.ClientCapabilities?.Elicitation is { } can
        && (can.Form is not null || can.Url is null);

    /// <summary>What a person can fill in: single values, and no ids.</summary>
    private static RequestSchema Questions(ToolShape shape, JsonObject given)
    {
        var input = JsonObject.Create(shape.Shown.InputSchema)!;
        var questions = new RequestSchema { Required = [] };
        foreach (var name in input["required"]?.AsArray().Select(name => name!.GetValue<string>()) ?? [])
        {
            var schema = input["properties"]?[name] as JsonObject;
            if (given[name] is null && schema?["format"]?.GetValue<string>() != "uuid" && Form(schema) is { } form)
            {
                questions.Properties[name] = form;
                questions.Required.Add(name);
            }
        }

        return questions;
    }

    private static PrimitiveSchemaDefinition? Form(JsonObject? schema)
    {
        var description = schema?["description"]?.GetValue<string>();
        return (schema?["type"] as JsonValue)?.GetValue<string>() switch
        {
            "string" when schema!["enum"] is JsonArray words => new UntitledSingleSelectEnumSchema
            {
                Description = description,
                Enum = [.. words.Select(word => word!.GetValue<string>())],
            },
            "string" => new StringSchema { Description = description },
            "integer" or "number" => new NumberSchema { Description = description },
            "boolean" => new BooleanSchema { Description = description },
            _ => null,
        };
    }

    /// <summary>What came back; null while nothing did that could be an answer, and then it is asked again.</summary>
    private ElicitResult? Answer(string question)
    {
        try
        {
            return request.Params.InputResponses?.TryGetValue(question, out var response) == true
                ? response.Deserialize(InputResponse.ElicitResultJsonTypeInfo)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static InputRequiredException Ask(string question, string message, RequestSchema schema) =>
        new(
            new Dictionary<string, InputRequest>
            {
                [question] = InputRequest.ForElicitation(
                    new ElicitRequestParams { Message = message, RequestedSchema = schema }
                ),
            }
        );
}
