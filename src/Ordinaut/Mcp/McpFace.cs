using System.Diagnostics;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ordinaut.Agents;

namespace Ordinaut.Mcp;

/// <summary>
/// The MCP face. Each HTTP request is served on its own, with the caller its token stands for: there are no sessions,
/// so any process can answer any request.
/// </summary>
internal sealed class McpFace(
    ToolDesk tools,
    ResourceDesk resources,
    PromptDesk prompts,
    CompletionDesk completions,
    RunUpdates updates,
    RunHandles handles,
    Defects defects
)
{
    private const string Instructions =
        "Ordinaut carries out routines at the right local time, once per occurrence, and can say why one ran or not. A "
        + "task is a schedule and a pipeline of tool calls; a run is one execution of it. To set up a routine: "
        + "parse_schedule with the user's words about time (or preview_schedule with a schedule you wrote), read the "
        + "sentence back, then create_task; "
        + "run_task with wait_seconds tries it at once. When something did not happen: why, then get_run. Times of day "
        + "belong to a time zone; whoami tells the server's clock. A result with isError says what is wrong with which "
        + "argument and what would be right: mend it and call again. Give idempotency_key to whatever creates or "
        + "starts something, so that repeating the call after a failure cannot do it twice.";

    public static Implementation Describe(string version) =>
        new()
        {
            Name = "ordinaut",
            Title = "Ordinaut",
            Version = version,
        };

    /// <summary>Makes ready to serve one request.</summary>
    /// <exception cref="Problem">The token does not allow what the request's headers say it is about.</exception>
    public void Serve(HttpContext http, McpServerOptions options)
    {
        var caller = http.Features.Get<Caller>() ?? throw new UnreachableException("The gate lets nobody in unnamed.");
        if (http.Request.Headers["Mcp-Method"] == RequestMethods.ToolsCall)
        {
            tools.Admit(caller, http.Request.Headers["Mcp-Name"]);
        }

        options.ServerInstructions = Instructions;
        options.Handlers.ListToolsHandler = (_, _) => tools.List(caller);
        options.Handlers.CallToolWithAlternateHandler = (request, ct) => tools.Call(caller, request, ct);
        options.Handlers.ListResourcesHandler = (_, _) => ValueTask.FromResult(ResourceDesk.List());
        options.Handlers.ListResourceTemplatesHandler = (_, _) => ValueTask.FromResult(ResourceDesk.Templates());
        options.Handlers.ReadResourceHandler = (request, _) =>
            defects.Guard(
                caller,
                RequestMethods.ResourcesRead,
                Missing(request.Server),
                () => resources.Read(caller, request.Params.Uri),
                request.Params.Uri
            );
        options.Capabilities = new ServerCapabilities
        {
            Resources = new ResourcesCapability { Subscribe = true },
            Extensions = new Dictionary<string, object> { [RunHandles.Extension] = new JsonObject() },
        };
        options.RequestHandlers = handles.Handlers(caller);
        options.Handlers.SubscriptionsListenHandler = (request, ct) =>
            defects.Guard(
                caller,
                RequestMethods.SubscriptionsListen,
                McpErrorCode.InvalidParams,
                () => updates.Listen(caller, Token(http), request, ct)
            );
        options.Handlers.ListPromptsHandler = (_, _) => ValueTask.FromResult(PromptDesk.List());
        options.Handlers.GetPromptHandler = (request, _) =>
            defects.Guard(
                caller,
                RequestMethods.PromptsGet,
                McpErrorCode.InvalidParams,
                () => prompts.Get(caller, request.Params)
            );
        options.Handlers.CompleteHandler = (request, _) =>
            defects.Guard(
                caller,
                RequestMethods.CompletionComplete,
                McpErrorCode.InvalidParams,
                () => completions.Complete(caller, request.Params)
            );
    }

    /// <summary>The token that the gate let in.</summary>
    private static string Token(HttpContext http) => http.Request.Headers.Authorization.ToString().Split(' ')[^1];

    /// <summary>Since the revision of 2026-07-28 a missing resource is an argument that is not right.</summary>
    private static McpErrorCode Missing(McpServer server) =>
        string.CompareOrdinal(server.NegotiatedProtocolVersion, "2026-07-28") >= 0
            ? McpErrorCode.InvalidParams
            : McpErrorCode.ResourceNotFound;
}
