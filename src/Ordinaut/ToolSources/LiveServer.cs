using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>
/// A registered server in this process: what it offered when last looked at, and calls of its tools. A tool is called
/// only while the server says of it what was pinned.
/// </summary>
/// <param name="looked">Rung after each look.</param>
internal sealed class LiveServer(
    ToolSource source,
    ToolServer settings,
    ServerLink link,
    Signal looked,
    TimeProvider clock
) : IAsyncDisposable
{
    /// <summary>Where a request names what notifications of its progress go by.</summary>
    public const string ProgressToken = "progressToken";

    /// <summary>How old a look may be when a tool is called; 5 s.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    /// <summary>How often the server is looked at although nobody calls; a minute.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>The most findings kept of one look.</summary>
    public const int MaxFindings = 20;

    private readonly Lock _turn = new();
    private Task<Look>? _looking;

    /// <summary>The registration it was made of.</summary>
    public ToolSource Source => source;

    public ToolServer Settings => settings;

    /// <summary>What came of the last look; null before the first.</summary>
    public Look? Last { get; private set; }

    /// <summary>The look that was written down last.</summary>
    public Look? Noted { get; set; }

    public bool IsDue => Last is not { } look || (look.Error is null ? AgeOf(look) >= Interval : link.Pause.Ticks == 0);

    /// <summary>Looks at what the server offers, together with whoever asks meanwhile.</summary>
    /// <param name="atOnce">Whether to try although it failed a moment ago.</param>
    public Task<Look> LookNow(bool atOnce = false)
    {
        lock (_turn)
        {
            return _looking is { IsCompleted: false } ? _looking : _looking = Take(atOnce);
        }
    }

    /// <summary>Calls a tool if it still is what was pinned.</summary>
    public async ValueTask<ToolResult> Call(Offer pinned, Effect effect, ToolCall call, CancellationToken ct)
    {
        var look = Last is { Error: null } last && AgeOf(last) < MaxAge ? last : await LookNow().WaitAsync(ct);
        if (look.Error is { } error)
        {
            return Unavailable(error, link.Pause);
        }

        if (look.Offers.GetValueOrDefault(pinned.Tool)?.Hash != pinned.Hash)
        {
            return Suspended($"{settings.Name}.{pinned.Tool}");
        }

        try
        {
            return ServerAnswers.Read(await link.Call(Request(pinned.Tool, call), call.Tell, ct), effect);
        }
        catch (McpProtocolException refusal)
        {
            var passing = refusal.ErrorCode == McpErrorCode.InternalError && effect != Effect.Unsafe;
            return new ToolResult.Failed("tool_refused", $"{settings.Name} refuses: {Shown(refusal.Message)}", passing);
        }
        catch (Problem problem)
        {
            return Unavailable(problem.Message, problem.RetryAfter ?? link.Pause);
        }
    }

    /// <summary>The failure of a call of a tool that is no longer what was pinned.</summary>
    public static ToolResult.Failed Suspended(string name) => new("tool_suspended", SuspensionOf(name), false);

    public static string SuspensionOf(string name) =>
        $"{name} is suspended: its server no longer says of it what was accepted. An operator can compare and accept "
        + $"it (GET /tools/servers/{ToolCatalog.ProviderOf(name)}).";

    public ValueTask DisposeAsync() => link.DisposeAsync();

    private async Task<Look> Take(bool atOnce)
    {
        var began = clock.GetTimestamp();
        try
        {
            Last = Read(await link.List(atOnce), began);
        }
        catch (Problem problem)
        {
            // A try that was not made tells nothing new.
            Last =
                problem.RetryAfter is null || Last is null
                    ? Look.Failed(began, clock.GetUtcNow(), problem.Message)
                    : Last;
        }

        looked.Ring();
        return Last;
    }

    private Look Read(IReadOnlyList<Tool> tools, long began)
    {
        var offers = new Dictionary<string, Offer>();
        var findings = new List<string>();
        foreach (var tool in tools)
        {
            var (offer, fault) = Offer.Read(tool, settings.Name);
            if (offer is null)
            {
                findings.Add(fault!);
            }
            else if (!offers.TryAdd(offer.Tool, offer))
            {
                findings.Add($"'{offer.Tool}' is offered twice; the first counts.");
            }
        }

        return new Look(began, clock.GetUtcNow(), null, offers, [.. findings.Take(MaxFindings)]);
    }

    private TimeSpan AgeOf(Look look) => clock.GetElapsedTime(look.Began);

    private static CallToolRequestParams Request(string tool, ToolCall call)
    {
        // So that a server can do once what is asked twice, and a person can find the run.
        var meta = new JsonObject
        {
            ["ordinaut/idempotency_key"] = call.IdempotencyKey,
            ["ordinaut/run_id"] = call.RunId == Guid.Empty ? null : call.RunId.ToString(),
            ["ordinaut/step_id"] = call.StepId,
            ["ordinaut/attempt"] = call.Attempt,
        };
        // Under these names for HTTP and programs alike (MCP, _meta; W3C Trace Context).
        if (Tracing.Outgoing is { Parent: { } parent } trace)
        {
            meta["traceparent"] = parent;
            if (trace.State is { Length: > 0 } state)
            {
                meta["tracestate"] = state;
            }
        }

        if (call.Tell is not null)
        {
            meta[ProgressToken] = $"{call.RunId:N}/{call.StepId}/{call.Attempt}";
        }

        return new CallToolRequestParams
        {
            Name = tool,
            Arguments = call.Input.EnumerateObject().ToDictionary(member => member.Name, member => member.Value),
            Meta = meta,
        };
    }

    private ToolResult.Failed Unavailable(string why, TimeSpan pause) =>
        new(
            "server_unavailable",
            $"The tool server '{settings.Name}' is not available: {why}",
            Retryable: true,
            pause > TimeSpan.Zero ? pause : null
        );

    private static string Shown(string text) => Quoted.Line(text, ServerAnswers.MaxQuotedCharacters);
}

/// <summary>What came of looking at a server.</summary>
/// <param name="Began">When, on the clock that measures.</param>
/// <param name="At">When, as it may be shown.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
/// <param name="Offers">The tools that can be used, by name.</param>
/// <param name="Findings">What is offered and cannot be used.</param>
internal sealed record Look(
    long Began,
    DateTimeOffset At,
    string? Error,
    IReadOnlyDictionary<string, Offer> Offers,
    IReadOnlyList<string> Findings
)
{
    public static Look Failed(long began, DateTimeOffset at, string error) =>
        new(began, at, error, new Dictionary<string, Offer>(), []);
}
