using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary>One request as an endpoint sees it: who calls, with what, and the ways to answer.</summary>
internal sealed class Call(HttpContext http, Caller? caller, RequestBody body)
{
    public HttpContext Http { get; } = http;

    /// <summary>Who calls; never asked for by an anonymous endpoint.</summary>
    public Caller Caller => caller ?? throw new UnreachableException("An anonymous endpoint has no caller.");

    public string RequestId => Http.TraceIdentifier;

    public RequestBody RawBody { get; } = body;

    /// <summary>The id in the route; a text that is no UUID names nothing.</summary>
    public Guid Id(string noun)
    {
        var text = Text("id");
        return QueryId.TryParse(text, out var id) ? id : throw Problem.NotFound(noun, text);
    }

    /// <summary>A text in the route.</summary>
    public string Text(string name) => (string)Http.Request.RouteValues[name]!;

    public long? IfMatch => ETags.IfMatch(Http.Request.Headers.IfMatch);

    public T Body<T>()
        where T : class =>
        RawBody.IsEmpty
            ? throw new Problem(ProblemKind.Malformed, "The body must not be empty; it must be a JSON object.")
            : RawBody.Parse<T>();

    public T? OptionalBody<T>()
        where T : class => RawBody.IsEmpty ? null : RawBody.Parse<T>();

    /// <summary>A merge patch of a record: read as one first, so that a wrong member is told as ever.</summary>
    public JsonElement Patch<T>()
        where T : class
    {
        Body<T>();
        return BodyFaults.ReadAny(RawBody.Bytes);
    }

    /// <summary>A query parameter the endpoint declared.</summary>
    public T Query<T>(QueryParameter<T> parameter)
    {
        var values = Http.Request.QueryString.HasValue ? Http.Request.Query[parameter.Name] : default;
        return values.Count <= 1
            ? parameter.Read(values.Count == 0 ? null : values[0])
            : throw new Problem(ProblemKind.Malformed, $"'{parameter.Name}' may be given once.");
    }

    /// <summary>The position the <c>cursor</c> parameter stands for in the named list.</summary>
    public string? Position(string list) => Cursors.Open(list, Caller.AgentId, Query(Queries.Cursor));

    /// <summary>The same where positions are ids.</summary>
    public Guid? After(string list)
    {
        if (Position(list) is not { } text)
        {
            return null;
        }

        return Guid.TryParseExact(text, "D", out var id) ? id : throw Cursors.Unreadable();
    }

    public Task Answer<T>(T value, int status = StatusCodes.Status200OK) =>
        JsonAnswer.Write(Http.Response, value, status);

    public Task Created<T>(T value, string location)
    {
        Http.Response.Headers.Location = location;
        return Answer(value, StatusCodes.Status201Created);
    }

    /// <summary>Answers 202: it is on record and will be done.</summary>
    public Task Accepted<T>(T value, string location)
    {
        Http.Response.Headers.Location = location;
        return Answer(value, StatusCodes.Status202Accepted);
    }

    /// <summary>Answers a page, its position sealed for this list and caller.</summary>
    public Task Page<T>(Page<T> page, string list) =>
        Answer(
            page.NextCursor is { } next ? page with { NextCursor = Cursors.Seal(list, Caller.AgentId, next) } : page
        );

    /// <summary>Answers with an ETag; 304 when the client has this version already.</summary>
    public Task Versioned<T>(T value, int version, int status = StatusCodes.Status200OK)
    {
        var tag = ETags.Of(version);
        Http.Response.Headers.ETag = tag;
        if (HttpMethods.IsGet(Http.Request.Method) && ETags.IsKnown(Http.Request.Headers.IfNoneMatch, tag))
        {
            Http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return Answer(value, status);
    }

    /// <summary>Answers line by line, as they come: nobody holds all of them.</summary>
    public async Task Lines(IAsyncEnumerable<string> lines, string contentType)
    {
        Http.Response.ContentType = contentType;
        if (Http.Features.Get<HeadersOnly>() is not null)
        {
            return;
        }

        await foreach (var line in lines.WithCancellation(Http.RequestAborted))
        {
            await Http.Response.WriteAsync(line + "\n", Http.RequestAborted);
        }
    }

    public Task Nothing()
    {
        Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>The fields of a form body (<c>application/x-www-form-urlencoded</c>).</summary>
    public Dictionary<string, string> Form() =>
        Fields().ToDictionary(field => field.Key, field => field.Value.ToString());

    /// <summary>The same with each value of its own, where a field may come more than once.</summary>
    public Dictionary<string, StringValues> Fields() =>
        QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(RawBody.Bytes.Span));
}
