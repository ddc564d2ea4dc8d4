using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>
/// Runs as handles that a client polls instead of waiting for an answer: the extension
/// <c>io.modelcontextprotocol/tasks</c> (SEP-2663), whose "task" is a run here. A handle is the run's id, so it
/// outlives connections and processes, and any node can answer for it.
/// </summary>
internal sealed class RunHandles(RunOperations runs, RetentionSettings retention, Defects defects)
{
    public const string Extension = "io.modelcontextprotocol/tasks";

    private const string GetMethod = "tasks/get";
    private const string CancelMethod = "tasks/cancel";
    private const string UpdateMethod = "tasks/update";
    private const string TaskId = "taskId";
    private const string Completed = "completed";
    private const int PollMilliseconds = 1_000;

    /// <summary>
    /// What the transport must know of the methods: it holds a request's header <c>Mcp-Name</c> against its body
    /// before there is a caller to serve.
    /// </summary>
    public static IList<McpServerRequestHandler> Routes { get; } =
    [
        .. new[] { GetMethod, CancelMethod, UpdateMethod }.Select(method => new McpServerRequestHandler
        {
            Method = method,
            RoutingNameParameter = TaskId,
            Handler = (_, _) => throw new UnreachableException("Each request has handlers of its own."),
        }),
    ];

    /// <summary>Whether the client can hold a handle: it says so with every request.</summary>
    public static bool Takes(JsonRpcRequest request) =>
        request.Context?.ClientCapabilities?.Extensions?.ContainsKey(Extension) == true;

    /// <summary>In place of the tool's result: the run goes on.</summary>
    public ResultOrAlternate<CallToolResult> Give(RunView run) =>
        ResultOrAlternate<CallToolResult>.FromAlternate(Of(run, "task"), RunHandleJson.Default.RunHandle);

    public IList<McpServerRequestHandler> Handlers(Caller caller) =>
        [
            Handler(GetMethod, caller, async id => Show(await runs.Get(caller, id))),
            Handler(CancelMethod, caller, async id => Done(await Cancel(caller, id))),
            // A run never asks its client for anything: what it waits for, others answer elsewhere.
            Handler(UpdateMethod, caller, async id => Done(await runs.Get(caller, id))),
        ];

    private McpServerRequestHandler Handler(string method, Caller caller, Func<Guid, Task<JsonObject>> work) =>
        new()
        {
            Method = method,
            RoutingNameParameter = TaskId,
            Handler = async (request, _) =>
            {
                RequireExtension(request);
                var name =
                    request.Params?[TaskId]?.GetValueKind() == JsonValueKind.String
                        ? request.Params[TaskId]!.GetValue<string>()
                        : "";
                return await defects.Guard<JsonNode?>(
                    caller,
                    method,
                    McpErrorCode.InvalidParams,
                    async () =>
                        Guid.TryParseExact(name, "D", out var id) ? await work(id) : throw Problem.NotFound("run", name)
                );
            },
        };

    /// <summary>A run that has ended needs no canceling, and its client may not know yet.</summary>
    private async Task<RunView> Cancel(Caller caller, Guid id)
    {
        try
        {
            return await runs.Cancel(caller, id);
        }
        catch (Problem problem) when (problem.Kind == ProblemKind.Conflict)
        {
            return await runs.Get(caller, id);
        }
    }

    private JsonObject Show(RunView run)
    {
        var handle = Of(run, "complete");
        var shown = JsonSerializer.SerializeToNode(handle, RunHandleJson.Default.RunHandle)!.AsObject();
        if (handle.Status == Completed)
        {
            var result = ToolAnswers.Of(Json.ToElement(run));
            var info = McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolResult));
            shown["result"] = JsonSerializer.SerializeToNode(result, info);
        }

        return shown;
    }

    private RunHandle Of(RunView run, string resultType) =>
        new()
        {
            ResultType = resultType,
            TaskId = run.Id.ToString(),
            Status = run switch
            {
                { FinishedAt: null } => "working",
                { State: "canceled" } => "cancelled",
                // However it ended: the result is the run, and says so.
                _ => Completed,
            },
            StatusMessage = RunWatch.Progress(run),
            CreatedAt = run.CreatedAt,
            LastUpdatedAt = run.FinishedAt ?? run.StartedAt ?? run.CreatedAt,
            TtlMs = (long)retention.Runs.TotalMilliseconds,
            PollIntervalMs = PollMilliseconds,
        };

    private static JsonObject Done(RunView _) => new() { ["resultType"] = "complete" };

    private static void RequireExtension(JsonRpcRequest request)
    {
        if (!Takes(request))
        {
            var needed = new ClientCapabilities
            {
                Extensions = new Dictionary<string, object> { [Extension] = new JsonObject() },
            };
            throw new MissingRequiredClientCapabilityException(
                needed,
                $"This needs the client extension '{Extension}'."
            );
        }
    }
}

/// <summary>A run as the extension shows it: a <c>CreateTaskResult</c>, or the common part of what is polled.</summary>
internal sealed class RunHandle : Result
{
    public required string TaskId { get; init; }
    public required string Status { get; init; }
    public required string StatusMessage { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>How long the run is kept, in milliseconds.</summary>
    public required long TtlMs { get; init; }

    public required int PollIntervalMs { get; init; }
}

/// <summary>The one shape of this protocol that its library does not bring.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RunHandle))]
internal sealed partial class RunHandleJson : JsonSerializerContext;
