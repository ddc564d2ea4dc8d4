using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary>The OpenAPI 3.1 document, made from what the endpoints declare of themselves.</summary>
internal static class OpenApi
{
    public const string DocumentName = "v1";

    private const string ProblemResponse = "Problem";
    private const string BearerScheme = "bearer";

    private static readonly Dictionary<string, string> TagDescriptions = new()
    {
        ["Tasks"] = "What should happen, and when.",
        ["Runs"] = "What did happen.",
        ["Workers"] = "Who carries out runs.",
        ["Events"] = "Facts, which may trigger tasks.",
        ["Webhooks"] = "Events that are sent to addresses of yours, and those that others send to you.",
        ["Calendars"] = "Named sets of days that tasks exclude.",
        ["Schedules"] = "When a schedule fires.",
        ["Tools"] = "What a pipeline step can use.",
        ["Secrets"] = "What steps need and nobody reads.",
        ["Tool sources"] = "MCP servers and HTTP APIs whose tools pipelines use.",
        ["Pipelines"] = "Pipelines and expressions, tried before they are saved.",
        ["Agents"] = "Who may act.",
        ["Login"] = "How secrets become tokens.",
        ["Audit"] = "Who changed what.",
        ["Health"] = "How the server is.",
    };

    public static void Add(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
            json.SerializerOptions.TypeInfoResolver = WireJson.Default;
        });
        services.AddOpenApi(
            DocumentName,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.AddOperationTransformer(CompleteOperation);
                options.AddDocumentTransformer(CompleteDocument);
            }
        );
    }

    private static Task CompleteOperation(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken ct
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var rule = metadata.OfType<EndpointRule>().First();
        operation.Parameters = [.. Parameters(context, metadata)];
        operation.Responses ??= [];
        foreach (var status in Failures(context.Description.HttpMethod, context.Description.RelativePath, rule))
        {
            operation.Responses[status] = new OpenApiResponseReference(ProblemResponse, context.Document);
        }

        if (rule.Scope is { } scope)
        {
            var scheme = new OpenApiSecuritySchemeReference(BearerScheme, context.Document);
            operation.Security = [new OpenApiSecurityRequirement { [scheme] = [] }];
            operation.Description = $"Needs the scope `{scope.Text()}`.";
        }
        else
        {
            operation.Security = [];
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<IOpenApiParameter> Parameters(
        OpenApiOperationTransformerContext context,
        IList<object> metadata
    )
    {
        var path = context.Description.RelativePath ?? "";
        foreach (var name in path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')))
        {
            var format = name == "id" ? "uuid" : null;
            yield return Parameter(name, ParameterLocation.Path, $"The {name}.", Text(format));
        }

        foreach (var query in metadata.OfType<QueryParameters>().SelectMany(parameters => parameters.All))
        {
            yield return Parameter(query.Name, ParameterLocation.Query, query.Description, query.Schema);
        }

        if (metadata.OfType<OnceRule>().Any())
        {
            const string key = "Repeating a request with the same key does not repeat its effect; kept for 24 hours.";
            yield return Parameter("Idempotency-Key", ParameterLocation.Header, key, Text(null));
        }
    }

    private static OpenApiParameter Parameter(
        string name,
        ParameterLocation place,
        string description,
        OpenApiSchema schema
    ) =>
        new()
        {
            Name = name,
            In = place,
            Required = place == ParameterLocation.Path,
            Description = description,
            Schema = schema,
        };

    private static OpenApiSchema Text(string? format) => new() { Type = JsonSchemaType.String, Format = format };

    private static IEnumerable<string> Failures(string? method, string? path, EndpointRule rule)
    {
        yield return "400";
        if (rule.Scope is not null)
        {
            yield return "401";
            yield return "403";
        }

        if (path?.Contains('{', StringComparison.Ordinal) == true)
        {
            yield return "404";
        }

        if (method != HttpMethods.Get)
        {
            yield return "409";
            yield return "413";
            yield return "422";
        }

        yield return "429";
        yield return "503";
    }

    private static async Task CompleteDocument(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken ct
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "Ordinaut",
            Version = "1",
            Description = "A durable scheduler for AI agents: tasks, runs, events, tools.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
        {
            tag.Description = TagDescriptions.GetValueOrDefault(tag.Name ?? "");
        }

        document.Servers = [new OpenApiServer { Url = "/" }];
        var scheme = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = BearerScheme,
            BearerFormat = "JWT",
            Description = "An access token from POST /agents/auth/token.",
        };
        document.AddComponent<IOpenApiSecurityScheme>(BearerScheme, scheme);
        document.AddComponent<IOpenApiResponse>(ProblemResponse, await Failure(context, ct));
    }

    private static async Task<OpenApiResponse> Failure(OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemView), null, ct);
        return new OpenApiResponse
        {
            Description = "What went wrong (RFC 9457).",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Problems.ContentType] = new OpenApiMediaType { Schema = schema },
            },
        };
    }
}
