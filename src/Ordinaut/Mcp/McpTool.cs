using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Agents;

namespace Ordinaut.Mcp;

/// <summary>
/// One tool as an assistant sees it: one operation of the API under a name of its own. What it takes and gives is what
/// the API document says of that operation, so the two faces cannot drift apart.
/// </summary>
/// <param name="Name">snake_case, a verb first.</param>
/// <param name="Operation">The operation's id in the API document.</param>
/// <param name="Title">For people.</param>
/// <param name="Description">For models: when to use it, what comes back, what to do next.</param>
internal sealed record McpTool(string Name, string Operation, string Title, string Description)
{
    /// <summary>The scope the operation asks for; null while undeclared.</summary>
    public Scope? Scope { get; private init; }

    public Hints Hints { get; private init; }

    /// <summary>Arguments that HTTP has in a header, or not at all.</summary>
    public IReadOnlyList<McpArgument> Extras { get; private init; } = [];

    /// <summary>Members of the body that a call cannot do without.</summary>
    public IReadOnlyList<string> Required { get; private init; } = [];

    /// <summary>The argument that holds the body; null when the body's members are arguments themselves.</summary>
    public string? BodyArgument { get; private init; }

    /// <summary>Carries it out; null as its answer when there is nothing to show.</summary>
    public Func<McpCall, Task<JsonElement?>>? Run { get; private init; }

    public McpTool Needs(Scope scope, Hints hints) => this with { Scope = scope, Hints = hints };

    public McpTool Requires(params IReadOnlyList<string> members) => this with { Required = members };

    public McpTool With(params IReadOnlyList<McpArgument> extras) => this with { Extras = extras };

    public McpTool TakesBodyAs(string argument) => this with { BodyArgument = argument, Required = [argument] };

    public McpTool Does<T>(Func<McpCall, Task<T>> operation) =>
        this with
        {
            Run = async call => Json.ToElement(await operation(call)),
        };

    public McpTool DoesQuietly(Func<McpCall, Task> operation) =>
        this with
        {
            Run = async call =>
            {
                await operation(call);
                return null;
            },
        };
}

/// <summary>What a client may tell its user about a tool before it is called.</summary>
[Flags]
internal enum Hints
{
    /// <summary>It adds something, and calling it again adds more.</summary>
    None = 0,

    ReadOnly = 1 << 0,

    /// <summary>It may overwrite or end something.</summary>
    Destructive = 1 << 1,

    /// <summary>Calling it again changes nothing more.</summary>
    Idempotent = 1 << 2,

    /// <summary>It may reach beyond this server.</summary>
    OpenWorld = 1 << 3,
}

/// <summary>An argument beyond what the API document says of the operation.</summary>
/// <param name="Schema">Its JSON Schema.</param>
internal sealed record McpArgument(string Name, string Schema)
{
    public JsonObject ToSchema() => Refinements.Schema(Schema);

    /// <summary>Seconds a call may wait for a run to end; most clients give up soon after.</summary>
    public const int MaxWaitSeconds = 300;

    /// <summary>As in <c>If-Match</c>.</summary>
    public static readonly McpArgument IfVersion = new(
        "if_version",
        """
        {"type":"integer","minimum":1,"description":"Change it only while this is its 'version'; a newer one refuses."}
        """
    );

    /// <summary>Wait for the run's end.</summary>
    public static readonly McpArgument Wait = new(
        "wait_seconds",
        $$"""
        {"type":"integer","minimum":1,"maximum":{{MaxWaitSeconds}},"description":"Wait this long for the run to end and
         answer with its steps and output. If it takes longer, the answer shows it unfinished; call get_run later."}
        """
    );

    /// <summary>As in <c>Idempotency-Key</c>.</summary>
    public static readonly McpArgument IdempotencyKey = new(
        "idempotency_key",
        $$"""
        {"type":"string","minLength":1,"maxLength":{{IdempotencyClaim.MaxKey}},"pattern":"^[!-~]+$",
         "description":"Any text without spaces, new for each wish. After an unclear failure repeat the call with the
         same key and arguments: it is done once only, and you get the first answer. Kept for 24 hours."}
        """
    );
}
