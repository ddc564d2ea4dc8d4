using System.Text.Json;

namespace Ordinaut.Sdk.Wire;

/// <summary>An MCP server whose tools pipelines can use as <c>name.tool</c>. It has a url or a command.</summary>
/// <param name="Name">Lower-case letters, digits, '-' and '_', a letter first; in a path it stands there.</param>
/// <param name="Url">Its streamable HTTP endpoint.</param>
/// <param name="TokenFrom">
/// Where its bearer token is: <c>env:ORDINAUT_SECRET_…</c> or <c>file:name</c>, a file in the folder <c>secrets</c> of
/// the data folder. Never the token itself.
/// </param>
/// <param name="Command">The program to start: an absolute path that the setting tools_commands lists.</param>
/// <param name="Args">Its arguments, each as it is; there is no shell.</param>
/// <param name="Env">Its whole environment; nothing is inherited.</param>
/// <param name="EnvFrom">Variables whose values are secrets, each written as token_from is.</param>
/// <param name="TimeoutSeconds">How long one call may take; 1 to 3600, 60 unless given.</param>
/// <param name="Concurrency">Calls at once from each process; 1 to 256, 8 unless given.</param>
/// <param name="Effect">What repeating a call of its tools does: idempotent, keyed (unless given) or unsafe.</param>
/// <param name="Effects">The same for single tools. What a server says of itself is not believed.</param>
public sealed record ToolServerInput(
    string? Name = null,
    string? Url = null,
    string? TokenFrom = null,
    string? Command = null,
    IReadOnlyList<string>? Args = null,
    IReadOnlyDictionary<string, string>? Env = null,
    IReadOnlyDictionary<string, string>? EnvFrom = null,
    int? TimeoutSeconds = null,
    int? Concurrency = null,
    string? Effect = null,
    IReadOnlyDictionary<string, string>? Effects = null
);

/// <summary>A server, and how the process that answers finds it.</summary>
/// <param name="FromFile">Whether the catalogue file names it; it is changed there.</param>
/// <param name="State">up, down, or unknown as long as nobody has looked.</param>
/// <param name="Error">Why it is down.</param>
/// <param name="LookedAt">When its tools were last listed, or tried to be.</param>
/// <param name="Findings">What it offers that cannot be used, and why.</param>
public sealed record ToolServerView(
    string Name,
    bool FromFile,
    ToolServerInput Settings,
    string State,
    string? Error,
    DateTimeOffset? LookedAt,
    IReadOnlyList<ServerToolView> Tools,
    IReadOnlyList<string> Findings,
    DateTimeOffset UpdatedAt
);

/// <summary>A server's tool as it was pinned, and how it is now.</summary>
/// <param name="State">ready, changed (suspended until accepted) or gone (no longer offered).</param>
/// <param name="PinnedHash">SHA-256 of its name, title, description, schemas and annotations as accepted.</param>
/// <param name="OfferedHash">The same as offered now, where it differs; what is to be accepted names it.</param>
/// <param name="Changes">The differences, where it is changed.</param>
public sealed record ServerToolView(
    string Name,
    string Tool,
    string State,
    string PinnedHash,
    string? OfferedHash,
    IReadOnlyList<ToolChange> Changes
);

/// <summary>One member of a tool's description that is no longer as pinned.</summary>
public sealed record ToolChange(string Member, JsonElement? Pinned, JsonElement? Offered);

/// <summary>Differences to accept.</summary>
/// <param name="Tools">The server's tools by their names there, each with its <c>offered_hash</c>, or "gone".</param>
public sealed record AcceptTools(IReadOnlyDictionary<string, string>? Tools);

/// <summary>An HTTP request as a tool. In its templates <c>{name}</c> stands for a member of the input.</summary>
/// <param name="Name"><c>provider.tool</c>; in a path it stands there.</param>
/// <param name="Method">GET unless given.</param>
/// <param name="Url">The address; placeholders stand in its path and query, never in scheme, host or port.</param>
/// <param name="Query">Query parameters: templates; one whose placeholder is not given is left out.</param>
/// <param name="Headers">Header fields, likewise.</param>
/// <param name="Body">
/// The JSON body: a template in which a text that is one placeholder becomes the value itself.
/// </param>
/// <param name="TokenFrom">Where its secret is: <c>env:ORDINAUT_SECRET_…</c> or <c>file:name</c>.</param>
/// <param name="TokenHeader">The header that carries the secret; unless given, Authorization with Bearer.</param>
/// <param name="InputSchema">JSON Schema of the input; unless given, each placeholder is a member.</param>
/// <param name="OutputSchema">JSON Schema of the answer's body.</param>
/// <param name="Effect">What repeating a call does: idempotent, keyed (unless given) or unsafe.</param>
/// <param name="TimeoutSeconds">How long one call may take; 1 to 300, 30 unless given.</param>
/// <param name="Cost">What one call costs, in the operator's currency.</param>
public sealed record HttpToolInput(
    string? Name = null,
    string? Title = null,
    string? Description = null,
    string? Method = null,
    string? Url = null,
    IReadOnlyDictionary<string, JsonElement>? Query = null,
    IReadOnlyDictionary<string, string>? Headers = null,
    JsonElement? Body = null,
    string? TokenFrom = null,
    string? TokenHeader = null,
    JsonElement? InputSchema = null,
    JsonElement? OutputSchema = null,
    string? Effect = null,
    int? TimeoutSeconds = null,
    decimal? Cost = null
);

/// <summary>An HTTP tool as declared.</summary>
/// <param name="FromFile">Whether the catalogue file names it; it is changed there.</param>
public sealed record HttpToolView(string Name, bool FromFile, HttpToolInput Settings, DateTimeOffset UpdatedAt);

/// <summary>Operations of an OpenAPI 3 document to have as HTTP tools <c>provider.operation</c>.</summary>
/// <param name="Provider">The first part of the tools' names.</param>
/// <param name="Document">The document.</param>
/// <param name="File">The document's file, instead; in the catalogue file only, beside which it lies.</param>
/// <param name="Url">The API's root; unless given, the document's first server.</param>
/// <param name="Operations">The operations to import by their ids; all unless given.</param>
/// <param name="TokenFrom">As of an HTTP tool, for all of them.</param>
/// <param name="TokenHeader">As of an HTTP tool, for all of them.</param>
public sealed record ImportTools(
    string? Provider = null,
    JsonElement? Document = null,
    string? File = null,
    string? Url = null,
    IReadOnlyList<string>? Operations = null,
    string? TokenFrom = null,
    string? TokenHeader = null
);

/// <summary>What an import made.</summary>
/// <param name="Tools">The tools' names.</param>
/// <param name="Findings">What was left out, and why.</param>
public sealed record ImportedTools(IReadOnlyList<string> Tools, IReadOnlyList<Finding> Findings);

/// <summary>The catalogue file, <c>tools.json</c>.</summary>
/// <param name="Servers">MCP servers by name.</param>
/// <param name="Http">HTTP tools by name.</param>
/// <param name="Openapi">OpenAPI documents by the provider their tools have.</param>
public sealed record ToolFile(
    IReadOnlyDictionary<string, ToolServerInput>? Servers = null,
    IReadOnlyDictionary<string, HttpToolInput>? Http = null,
    IReadOnlyDictionary<string, ImportTools>? Openapi = null
);
