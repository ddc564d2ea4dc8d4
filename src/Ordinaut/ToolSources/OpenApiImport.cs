using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>
/// Operations of an OpenAPI 3 document as HTTP tools. Pure, and nothing is fetched. An operation that cannot be a tool
/// is left out and named; the others come all the same.
/// </summary>
internal static class OpenApiImport
{
    /// <summary>The most operations of one document; 500.</summary>
    public const int MaxOperations = 500;

    private const string Body = "body";

    private static readonly JsonElement Nothing = JsonElement.Parse("{}"u8);

    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch", "head", "options"];

    // OpenAPI 3.1, parameter object: definitions of these are to be ignored.
    private static readonly HashSet<string> NoHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept",
        "Content-Type",
        "Authorization",
    };

    /// <exception cref="Problem">It is no such document, or what is asked for does not fit it.</exception>
    public static (IReadOnlyList<HttpToolInput> Tools, IReadOnlyList<Finding> Findings) Read(ImportTools request)
    {
        if (!ToolCatalog.IsProvider(request.Provider ?? ""))
        {
            throw Problem.Invalid("/provider", "provider is required: lower-case letters, digits, '-' and '_'.");
        }

        if (request.Document is not { ValueKind: JsonValueKind.Object } document || !IsOpenApi(document))
        {
            throw Problem.Invalid("/document", "document must be an OpenAPI 3 document as JSON (openapi: 3.x, paths).");
        }

        var root = RootOf(request, document);
        var findings = new List<Finding>();
        var tools = new Dictionary<string, HttpToolInput>();
        var operations = Operations(document).Where(operation => IsWanted(request, operation)).ToList();
        if (operations.Count > MaxOperations)
        {
            throw Problem.Invalid("/operations", $"At most {MaxOperations} operations can be imported; name which.");
        }

        foreach (var operation in operations)
        {
            try
            {
                var tool = Read(operation, document) with
                {
                    Name = $"{request.Provider}.{operation.Name}",
                    Url = root + operation.Path,
                    TokenFrom = request.TokenFrom,
                    TokenHeader = request.TokenHeader,
                };
                RequireSound(tool, tools);
                tools.Add(tool.Name, tool);
            }
            catch (Problem problem)
            {
                findings.AddRange(problem.Errors.Select(e => new Finding(operation.Pointer + e.Pointer, e.Detail)));
            }
            catch (InvalidOperationException)
            {
                // A member is of another kind than OpenAPI has it.
                findings.Add(new Finding(operation.Pointer, "It is not written as OpenAPI 3 says."));
            }
        }

        return ([.. tools.Values], findings);
    }

    private static bool IsOpenApi(JsonElement document) =>
        Word(document, "openapi")?.StartsWith("3.", StringComparison.Ordinal) == true
        && document.TryGetProperty("paths", out var paths)
        && paths.ValueKind == JsonValueKind.Object;

    private static string RootOf(ImportTools request, JsonElement document)
    {
        var servers = Items(document, "servers");
        var root = request.Url ?? (servers is [var first, ..] ? Word(first, "url") : null);
        return Uri.TryCreate(root, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? root!.TrimEnd('/')
            : throw Problem.Invalid("/url", "url is required: the document names no absolute address of its server.");
    }

    private static IEnumerable<OpenApiOperation> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        where path.Value.ValueKind == JsonValueKind.Object
        from method in Methods
        where path.Value.TryGetProperty(method, out var o) && o.ValueKind == JsonValueKind.Object
        let operation = path.Value.GetProperty(method)
        let id = Word(operation, "operationId")
        select new OpenApiOperation(path.Name, method, id, operation, Items(path.Value, "parameters"));

    private static bool IsWanted(ImportTools request, OpenApiOperation operation) =>
        request.Operations is null || request.Operations.Contains(operation.Id ?? operation.Name);

    private static void RequireSound(HttpToolInput tool, Dictionary<string, HttpToolInput> tools)
    {
        if (tools.ContainsKey(tool.Name!))
        {
            throw Problem.Invalid("", $"Another operation is '{tool.Name}' already.");
        }

        if (HttpToolCheck.Findings(tool.Name!, tool) is { Count: > 0 } findings)
        {
            throw Problem.Invalid([.. findings.Select(finding => new FieldError("", finding.Detail))]);
        }
    }

    private static HttpToolInput Read(OpenApiOperation operation, JsonElement document)
    {
        var schemas = new OpenApiSchemas(document);
        var input = new OpenApiInput();
        foreach (var parameter in Parameters(operation, document))
        {
            AddParameter(input, parameter, schemas);
        }

        AddBody(input, operation, document, schemas);
        var result = ResultOf(operation, document) is { } schema ? new OpenApiSchemas(document).Closed(schema) : null;
        return new HttpToolInput
        {
            Title = Short(Word(operation.Value, "summary")),
            Description = Word(operation.Value, "description") ?? Word(operation.Value, "summary"),
            Method = operation.Method.ToUpperInvariant(),
            Query = input.Query,
            Headers = input.Headers,
            Body = input.HasBody ? Json.ToElement($"{{{Body}}}") : null,
            InputSchema = Json.OfNode(schemas.With(input.Schema())),
            OutputSchema = result is null ? null : Json.OfNode(result),
            Effect = operation.Method is "get" or "head" ? Word<Effect>.Of(Effect.Idempotent) : null,
        };
    }

    /// <summary>Those of the path and those of the operation, which come before them.</summary>
    private static IEnumerable<JsonElement> Parameters(OpenApiOperation operation, JsonElement document) =>
        Items(operation.Value, "parameters")
            .Concat(operation.Shared)
            .Select(parameter => OpenApiSchemas.Resolve(document, parameter))
            .DistinctBy(parameter => (Word(parameter, "in"), Word(parameter, "name")));

    private static void AddParameter(OpenApiInput input, JsonElement parameter, OpenApiSchemas schemas)
    {
        var (name, place) = (Word(parameter, "name") ?? "", Word(parameter, "in"));
        var isRequired = parameter.TryGetProperty("required", out var r) && r.ValueKind == JsonValueKind.True;
        switch (place)
        {
            case "path":
                isRequired = true;
                break;
            case "query":
                input.Query[name] = Json.ToElement($"{{{name}}}");
                break;
            case "header" when NoHeaders.Contains(name):
                return;
            case "header":
                input.Headers[name] = $"{{{name}}}";
                break;
            case "cookie" when !isRequired:
                return;
            default:
                throw Problem.Invalid("", $"The parameter '{name}' is in '{place}', which a tool cannot send.");
        }

        var schema = parameter.TryGetProperty("schema", out var given) ? schemas.Convert(given) : new JsonObject();
        input.Add(name, Described(schema, Word(parameter, "description")), isRequired);
    }

    private static void AddBody(
        OpenApiInput input,
        OpenApiOperation operation,
        JsonElement document,
        OpenApiSchemas schemas
    )
    {
        if (!operation.Value.TryGetProperty("requestBody", out var given))
        {
            return;
        }

        var body = OpenApiSchemas.Resolve(document, given);
        var schema =
            JsonOf(body) ?? throw Problem.Invalid("/requestBody", "Its body is not JSON, which a tool cannot send.");
        var isRequired = body.TryGetProperty("required", out var r) && r.ValueKind == JsonValueKind.True;
        input.HasBody = true;
        input.Add(Body, schemas.Convert(schema), isRequired);
    }

    /// <summary>What comes back, where there is one answer that says so.</summary>
    private static JsonElement? ResultOf(OpenApiOperation operation, JsonElement document)
    {
        var good = Members(operation.Value, "responses").Where(answer => answer.Name.StartsWith('2')).ToList();
        return good is [var only] ? JsonOf(OpenApiSchemas.Resolve(document, only.Value)) : null;
    }

    private static JsonElement? JsonOf(JsonElement body) =>
        Members(body, "content")
            .Where(content => content.Name.Split(';')[0] is "application/json" || content.Name.EndsWith("+json"))
            .Select(content => content.Value.TryGetProperty("schema", out var schema) ? schema : Nothing)
            .Select(schema => (JsonElement?)schema)
            .FirstOrDefault();

    private static JsonObject Described(JsonObject schema, string? description)
    {
        if (description is not null && !schema.ContainsKey("description") && !schema.ContainsKey("$ref"))
        {
            schema["description"] = description;
        }

        return schema;
    }

    private static string? Short(string? title) => title?.Length > 200 ? title[..200] : title;

    private static string? Word(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object
        && holder.TryGetProperty(name, out var word)
        && word.ValueKind == JsonValueKind.String
            ? word.GetString()
            : null;

    private static List<JsonElement> Items(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array
            ? [.. items.EnumerateArray()]
            : [];

    private static JsonElement.ObjectEnumerator Members(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object
        && holder.TryGetProperty(name, out var members)
        && members.ValueKind == JsonValueKind.Object
            ? members.EnumerateObject()
            : Nothing.EnumerateObject();
}
