using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>
/// One server as this process reaches it: connects when there is something to ask, and after each failure waits longer
/// before it tries again.
/// </summary>
internal sealed class ServerLink(ToolServer server, ServerDialer dialer, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>The most tools of one server; 200.</summary>
    public const int MaxTools = 200;

    /// <summary>The most pages in which it may list them; 50.</summary>
    public const int MaxPages = 50;

    /// <summary>How long connecting, or listing all tools, may take; 30 s.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause after failures; it begins with a second and doubles.</summary>
    public static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _slots = new(server.Concurrency);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _end = new();
    private ServerConnection? _connection;
    private int _failures;
    private long _failedAt;

    /// <summary>How long until the next try; zero when there is nothing to wait for.</summary>
    public TimeSpan Pause
    {
        get
        {
            var pause = TimeSpan.FromSeconds(Math.Min(MaxPause.TotalSeconds, Math.Pow(2, _failures - 1)));
            var left = pause - clock.GetElapsedTime(_failedAt);
            return _failures == 0 || left < TimeSpan.Zero ? TimeSpan.Zero : left;
        }
    }

    /// <summary>Everything it offers.</summary>
    /// <param name="atOnce">Whether to try although the pause has not passed.</param>
    /// <exception cref="Problem">It cannot be reached, or offers too much; the message is safe to show.</exception>
    public async Task<IReadOnlyList<Tool>> List(bool atOnce)
    {
        using var timer = new CancellationTokenSource(MaxWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _end.Token);
        try
        {
            return await With(client => Pages(client, either.Token), atOnce, either.Token);
        }
        catch (McpProtocolException)
        {
            await Drop(_connection);
            throw Unavailable("It refuses to list its tools.");
        }
        catch (OperationCanceledException)
        {
            await Drop(_connection);
            throw Unavailable($"It does not answer within {MaxWait.TotalSeconds} s.");
        }
    }

    /// <summary>Calls a tool, with at most so many others as the operator allows.</summary>
    /// <param name="tell">Hears how far the server says it is; null when nobody listens.</param>
    /// <exception cref="Problem">It cannot be reached.</exception>
    /// <exception cref="McpProtocolException">It answered with an error of the protocol.</exception>
    public async Task<CallToolResult> Call(
        CallToolRequestParams request,
        Action<ToolProgress>? tell,
        CancellationToken ct
    )
    {
        await _slots.WaitAsync(ct);
        try
        {
            return await With(client => Call(client, request, tell, ct), atOnce: false, ct);
        }
        finally
        {
            _slots.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<CallToolResult> Call(
        McpClient client,
        CallToolRequestParams request,
        Action<ToolProgress>? tell,
        CancellationToken ct
    )
    {
        if (tell is null)
        {
            return await client.CallToolAsync(request, ct);
        }

        var progress = new ServerProgress(request.Meta![LiveServer.ProgressToken]!.GetValue<string>(), tell, clock);
        await using var hearing = client.RegisterNotificationHandler(
            NotificationMethods.ProgressNotification,
            (news, _) =>
            {
                progress.Hear(news.Params);
                return ValueTask.CompletedTask;
            }
        );
        return await client.CallToolAsync(request, ct);
    }

    private static async Task<IReadOnlyList<Tool>> Pages(McpClient client, CancellationToken ct)
    {
        var tools = new List<Tool>();
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var result = await client.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, ct);
            tools.AddRange(result.Tools);
            if (tools.Count > MaxTools)
            {
                throw Unavailable($"It offers more than {MaxTools} tools.");
            }

            if (result.NextCursor is not { Length: > 0 } next)
            {
                return tools;
            }

            cursor = next;
        }

        throw Unavailable($"Its list of tools has more than {MaxPages} pages.");
    }

    private async Task<T> With<T>(Func<McpClient, Task<T>> ask, bool atOnce, CancellationToken ct)
    {
        ServerConnection? connection = null;
        try
        {
            connection = await Connected(atOnce, ct);
            var answer = await ask(connection.Client);
            _failures = 0;
            return answer;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested && IsBroken(failure))
        {
            await Drop(connection);
            throw failure as Problem ?? Unavailable(Explain(failure));
        }
    }

    /// <summary>An error of the protocol is an answer, and a pause that has not passed is no try.</summary>
    private static bool IsBroken(Exception failure) =>
        failure is not (McpProtocolException or Problem { RetryAfter: not null });

    private async Task<ServerConnection> Connected(bool atOnce, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_connection is { } connection && !connection.Client.Completion.IsCompleted)
            {
                return connection;
            }

            if (!atOnce && Pause is { Ticks: > 0 } pause)
            {
                throw new Problem(ProblemKind.Unavailable, "It was down a moment ago.") { RetryAfter = pause };
            }

            if (_connection is { } ended)
            {
                _connection = null;
                await ended.DisposeAsync();
            }

            return _connection = await dialer.Dial(server, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Of many calls that fail together one drops the connection, and it counts as one failure.</summary>
    private async Task Drop(ServerConnection? connection)
    {
        if (connection is null || Interlocked.CompareExchange(ref _connection, null, connection) == connection)
        {
            _failures++;
            _failedAt = clock.GetTimestamp();
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private static Problem Unavailable(string why) => new(ProblemKind.Unavailable, why);

    /// <summary>What the operator can act on, and nothing that the library or the other side made up.</summary>
    private static string Explain(Exception failure)
    {
        if (Egress.ReasonOf(failure) is { } reason)
        {
            return reason.Message;
        }

        return failure switch
        {
            HttpRequestException { StatusCode: { } status } => $"It answers with status {(int)status}.",
            HttpRequestException => "It cannot be reached over HTTP.",
            TimeoutException => "It does not answer in time.",
            JsonException => "What it sends is not MCP.",
            _ => "The connection broke, or what it sends is not MCP.",
        };
    }
}
