using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.ToolSources;

/// <summary>How an HTTP tool's input becomes the input of <c>http.request</c>. Pure.</summary>
internal static class HttpTemplate
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}"u8);

    /// <summary>The request; or what the input lacks.</summary>
    public static (JsonObject? Request, string? Fault) Fill(HttpToolInput tool, JsonElement input)
    {
        var pieces = Placeholders.Parse(tool.Url!).Pieces;
        if (Placeholders.FillText(pieces, input, Uri.EscapeDataString) is not { } url)
        {
            var names = string.Join(", ", pieces.Where(piece => piece.IsName).Select(piece => $"'{piece.Text}'"));
            return (null, $"The address needs words or numbers as {names}.");
        }

        // Escaping leaves dots alone, and "/people/../admin" is another address than the operator declared.
        if (url.Split('?')[0].Split('/').Any(segment => segment is "." or ".."))
        {
            return (null, "A part of the address may not be '.' or '..'.");
        }

        var request = new JsonObject
        {
            ["method"] = tool.Method ?? "GET",
            ["url"] = url,
            ["query"] = Placeholders.Fill(ObjectOf(tool.Query), input),
            ["headers"] = Placeholders.Fill(ObjectOf(tool.Headers), input),
            ["timeout_seconds"] = tool.TimeoutSeconds ?? HttpTool.DefaultTimeoutSeconds,
            ["max_response_bytes"] = HttpRequestTool.MaxResponseBytes,
        };
        if (tool.Body is { } body && Placeholders.Fill(body, input) is { } filled)
        {
            request["json"] = filled;
        }

        return (request, null);
    }

    /// <summary>The input where none is declared: each placeholder may be given, those of the address must.</summary>
    public static JsonElement SchemaOf(HttpToolInput tool)
    {
        var names = NamesOf(tool).Distinct().Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject()));
        var required = Placeholders.NamesIn(Json.ToElement(tool.Url ?? "")).Distinct();
        return Json.OfNode(
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject(names),
                ["required"] = new JsonArray([.. required.Select(name => (JsonNode?)name)]),
                ["additionalProperties"] = false,
            }
        );
    }

    /// <summary>Every placeholder's name.</summary>
    public static IEnumerable<string> NamesOf(HttpToolInput tool) =>
        new[]
        {
            Json.ToElement(tool.Url ?? ""),
            ObjectOf(tool.Query),
            ObjectOf(tool.Headers),
            tool.Body ?? Nothing,
        }.SelectMany(Placeholders.NamesIn);

    public static JsonElement ObjectOf(IReadOnlyDictionary<string, JsonElement>? members) =>
        ToolOutput.Object(o =>
        {
            foreach (var (name, value) in members ?? new Dictionary<string, JsonElement>())
            {
                o.WritePropertyName(name);
                value.WriteTo(o);
            }
        });

    public static JsonElement ObjectOf(IReadOnlyDictionary<string, string>? members) =>
        ObjectOf(members?.ToDictionary(member => member.Key, member => Json.ToElement(member.Value)));
}
