using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Ordinaut.Agents;

namespace Ordinaut.Http;

/// <summary>
/// One endpoint of the API: what it reads, asks and answers, declared once for the checks at run time and for the
/// OpenAPI document alike.
/// </summary>
internal sealed class Route : IEndpointConventionBuilder
{
    public const string MergePatchType = "application/merge-patch+json";
    public const string FormType = "application/x-www-form-urlencoded";

    private readonly Func<Call, Task> _handler;
    private readonly IEndpointConventionBuilder _builder;
    private readonly string _method;
    private readonly List<QueryParameter> _parameters = [];
    private readonly List<string> _mediaTypes = [];
    private bool _isOnce;
    private bool _passesOthersOver;

    public Route(IEndpointRouteBuilder app, string method, string path, Func<Call, Task> handler)
    {
        _handler = handler;
        _method = method;
        RequestDelegate run = Run;
        _builder = app.MapMethods(path, [method], run);
        _builder.WithMetadata(run.Method, new QueryParameters(_parameters));
    }

    /// <summary>How the OpenAPI document names it.</summary>
    /// <param name="operationId">Unique, lowerCamelCase, a verb and a noun.</param>
    public Route Named(string operationId, string tag, string summary)
    {
        _builder.WithName(operationId).WithTags(tag).WithSummary(summary);
        return this;
    }

    /// <summary>It reads a JSON body of this shape.</summary>
    public Route Takes<T>(bool optional = false, params ReadOnlySpan<string> otherMediaTypes)
    {
        _mediaTypes.AddRange([JsonAnswer.ContentType, .. otherMediaTypes]);
        _builder.WithMetadata(new AcceptsMetadata([.. _mediaTypes], typeof(T), optional));
        return this;
    }

    /// <summary>It reads a form, as OAuth's requests are; others in the query are passed over.</summary>
    public Route TakesForm()
    {
        _mediaTypes.Add(FormType);
        return PassesOthersOver();
    }

    /// <summary>
    /// Query parameters that nobody knows are no fault, where a protocol says so (RFC 6749 §3.1).
    /// </summary>
    public Route PassesOthersOver()
    {
        _passesOthersOver = true;
        return this;
    }

    /// <summary>It understands these query parameters, and no others.</summary>
    public Route Asks(params ReadOnlySpan<QueryParameter> parameters)
    {
        _parameters.AddRange(parameters);
        return this;
    }

    /// <summary>It answers with this.</summary>
    public Route Gives<T>(int status = StatusCodes.Status200OK, string mediaType = JsonAnswer.ContentType)
    {
        _builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), [mediaType]));
        return this;
    }

    /// <summary>A client may send it with an <c>Idempotency-Key</c>: repeating it does not repeat its effect.</summary>
    public Route Once()
    {
        _isOnce = true;
        _builder.WithMetadata(new OnceRule());
        return this;
    }

    public Route GivesNothing()
    {
        _builder.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent));
        return this;
    }

    public void Add(Action<EndpointBuilder> convention) => _builder.Add(convention);

    public void Finally(Action<EndpointBuilder> finalConvention) => _builder.Finally(finalConvention);

    private async Task Run(HttpContext http)
    {
        CheckQuery(http.Request);
        if (_mediaTypes.Count == 0)
        {
            await _handler(new Call(http, Identify(http, RequestBody.None), RequestBody.None));
            return;
        }

        using var body = await RequestBody.Read(http.Request, http.RequestAborted);
        CheckMediaType(http.Request, body);
        await _handler(new Call(http, Identify(http, body), body));
    }

    private Caller? Identify(HttpContext http, RequestBody body)
    {
        var caller = http.Features.Get<Caller>();
        var key = http.Request.Headers["Idempotency-Key"];
        if (caller is null || key.Count == 0 || !_isOnce)
        {
            return caller;
        }

        var text = key.ToString();
        var fine = text.Length is > 0 and <= IdempotencyClaim.MaxKey && text.All(c => c is > ' ' and <= '~');
        return fine
            ? caller with
            {
                Idempotency = new IdempotencyClaim(text, $"{_method} {http.Request.Path.Value}", body.Hash()),
            }
            : throw new Problem(
                ProblemKind.Malformed,
                $"Idempotency-Key must be one value of 1 to {IdempotencyClaim.MaxKey} visible ASCII characters."
            );
    }

    private void CheckQuery(HttpRequest request)
    {
        if (_passesOthersOver || !request.QueryString.HasValue)
        {
            return;
        }

        foreach (var name in request.Query.Keys)
        {
            if (_parameters.All(parameter => parameter.Name != name))
            {
                throw UnknownParameter(name);
            }
        }
    }

    private Problem UnknownParameter(string name)
    {
        var shown = Quoted.Short(name);
        var allowed = string.Join(", ", _parameters.Select(parameter => parameter.Name));
        var detail =
            allowed.Length == 0
                ? $"'{shown}' is not a query parameter here; there are none."
                : $"'{shown}' is not a query parameter here; they are {allowed}.";
        return new Problem(ProblemKind.Malformed, detail, new FieldError(shown, detail));
    }

    private void CheckMediaType(HttpRequest request, RequestBody body)
    {
        if (body.IsEmpty || request.ContentType == JsonAnswer.ContentType && request.Headers.ContentEncoding.Count == 0)
        {
            return;
        }

        var fine =
            request.Headers.ContentEncoding.Count == 0
            && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && _mediaTypes.Contains(type.MediaType.Value ?? "", StringComparer.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
        if (!fine)
        {
            throw Problems.Media(_mediaTypes);
        }
    }
}

/// <summary>Marks an endpoint that takes an <c>Idempotency-Key</c>, for the OpenAPI document.</summary>
internal sealed record OnceRule;

/// <summary>The query parameters of an endpoint, for the OpenAPI document.</summary>
internal sealed record QueryParameters(IReadOnlyList<QueryParameter> All);

/// <summary>Verbs for mapping.</summary>
internal static class Routes
{
    public static Route Get(
        this IEndpointRouteBuilder app,
        [StringSyntax("Route")] string path,
        Func<Call, Task> handler
    ) => new(app, HttpMethods.Get, path, handler);

    public static Route Post(
        this IEndpointRouteBuilder app,
        [StringSyntax("Route")] string path,
        Func<Call, Task> handler
    ) => new(app, HttpMethods.Post, path, handler);

    public static Route Put(
        this IEndpointRouteBuilder app,
        [StringSyntax("Route")] string path,
        Func<Call, Task> handler
    ) => new(app, HttpMethods.Put, path, handler);

    public static Route Patch(
        this IEndpointRouteBuilder app,
        [StringSyntax("Route")] string path,
        Func<Call, Task> handler
    ) => new(app, HttpMethods.Patch, path, handler);

    public static Route Delete(
        this IEndpointRouteBuilder app,
        [StringSyntax("Route")] string path,
        Func<Call, Task> handler
    ) => new(app, HttpMethods.Delete, path, handler);
}
