using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>One call of a tool: who calls, and with what, checked against what the tool says it takes.</summary>
internal sealed class McpCall
{
    private readonly ToolShape _shape;
    private readonly JsonElement _arguments;

    public McpCall(Caller caller, ToolShape shape, JsonNode? arguments)
    {
        var json = Encoding.UTF8.GetBytes(arguments?.ToJsonString(Json.Options) ?? "{}");
        _shape = shape;
        _arguments = WithoutNulls(Parse<JsonElement>(json));
        shape.Check(_arguments);
        Caller = OptionalText(McpArgument.IdempotencyKey.Name) is { } key
            ? caller with
            {
                Idempotency = new IdempotencyClaim(key, "MCP " + shape.Tool.Name, SHA256.HashData(json)),
            }
            : caller;
    }

    public Caller Caller { get; }

    /// <summary>Ends when the client has gone.</summary>
    public CancellationToken Aborted { get; init; }

    /// <summary>Asks the person behind the client, where there is one, whether to do this.</summary>
    public Func<Func<Task<string>>, Task> Confirm { get; init; } = _ => Task.CompletedTask;

    /// <summary>Whether the client takes a handle of a run in place of waiting for it.</summary>
    public bool TakesHandles { get; init; }

    /// <summary>The run that goes on after the answer; its handle is the answer.</summary>
    public RunView? HandedOver { get; private set; }

    /// <summary>Tells the client how far it is; nobody may be listening.</summary>
    public Func<int, string, Task> Report { get; init; } = (_, _) => Task.CompletedTask;

    public void HandOver(RunView run) => HandedOver = run;

    public Guid Id(string name) => Guid.ParseExact(OptionalText(name)!, "D");

    public Guid? OptionalId(string name) => OptionalText(name) is { } text ? Guid.ParseExact(text, "D") : null;

    public string Text(string name) => OptionalText(name)!;

    public string? OptionalText(string name)
    {
        var text = Find(name)?.GetString();

        // A database takes NUL for the end of the text, and so would match what was not asked for.
        return text?.Contains('\0') == true ? throw Wrong(name, "must not contain the character NUL.") : text;
    }

    /// <summary>A number that has a default.</summary>
    public int Number(string name) => OptionalNumber(name) ?? _shape.Default(name);

    public int? OptionalNumber(string name) => Find(name)?.GetInt32();

    public bool? Flag(string name) => Find(name)?.GetBoolean();

    public DateTimeOffset? Instant(string name)
    {
        if (OptionalText(name) is not { } text)
        {
            return null;
        }

        return Instants.TryParse(text, out var instant)
            ? instant
            : throw Wrong(name, "must be an RFC 3339 time with an offset, such as 2027-03-28T08:30:00Z.");
    }

    /// <summary>The body of the operation, made of all arguments that are its members.</summary>
    public T Body<T>()
        where T : class => Parse<T>(_shape.BodyOf(_arguments));

    /// <summary>A merge patch of a record: read as one first, so that a wrong member is told as ever.</summary>
    public JsonElement Patch<T>()
        where T : class
    {
        var patch = _arguments.GetProperty(_shape.Tool.BodyArgument!);
        Parse<T>(JsonMarshal.GetRawUtf8Value(patch));
        return patch;
    }

    /// <summary>The position the argument <c>cursor</c> stands for in the named list.</summary>
    public string? Position(string list) => Cursors.Open(list, Caller.AgentId, OptionalText("cursor"));

    /// <summary>The same where positions are ids.</summary>
    public Guid? After(string list)
    {
        if (Position(list) is not { } text)
        {
            return null;
        }

        return Guid.TryParseExact(text, "D", out var id) ? id : throw Cursors.Unreadable();
    }

    /// <summary>A page, its position sealed for this list and caller.</summary>
    public Page<T> Page<T>(Page<T> page, string list) =>
        page.NextCursor is { } next ? page with { NextCursor = Cursors.Seal(list, Caller.AgentId, next) } : page;

    private static Problem Wrong(string name, string what) =>
        new(ProblemKind.Malformed, $"'{name}' {what}", new FieldError("/" + name, $"'{name}' {what}"));

    private JsonElement? Find(string name) => _arguments.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Models like to send what they leave out as null.</summary>
    private static JsonElement WithoutNulls(JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            throw new Problem(ProblemKind.Malformed, "The arguments must be a JSON object.");
        }

        var given = JsonObject.Create(arguments)!;
        var empty = given.Where(argument => argument.Value is null).Select(argument => argument.Key).ToList();
        empty.ForEach(name => given.Remove(name));
        return empty.Count == 0 ? arguments : Json.Parse(given.ToJsonString(Json.Options));
    }

    private static T Parse<T>(ReadOnlySpan<byte> json)
    {
        var info = Json.Info<T>();
        try
        {
            return JsonSerializer.Deserialize(json, info) ?? throw BodyFaults.Explain("null"u8, info);
        }
        catch (JsonException)
        {
            throw BodyFaults.Explain(json, info);
        }
    }
}
