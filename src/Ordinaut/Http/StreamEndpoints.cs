using System.Runtime.InteropServices;
using System.Text;
using Ordinaut.Agents;
using Ordinaut.Runs;

namespace Ordinaut.Http;

/// <summary>Server-sent events: one run, or everything the caller may see, as it happens.</summary>
internal sealed class StreamEndpoints(
    LiveFeed feed,
    RunOperations runs,
    Authenticator authenticator,
    IHostApplicationLifetime lifetime,
    TimeProvider clock
)
{
    /// <summary>
    /// Silence after which a comment is sent, so that proxies keep the connection and we notice its end.
    /// </summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private const string ContentType = "text/event-stream";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/runs/{id}/events", OneRun)
            .Named("streamRun", RunEndpoints.Tag, "Follow one run")
            .Gives<string>(StatusCodes.Status200OK, ContentType)
            .Needs(Scope.RunsRead, RateClass.Stream);
        app.Get("/stream", Everything)
            .Named("streamAll", RunEndpoints.Tag, "Follow all your runs and events")
            .Gives<string>(StatusCodes.Status200OK, ContentType)
            .Needs(Scope.RunsRead | Scope.EventsRead, RateClass.Stream);
    }

    private async Task OneRun(Call call)
    {
        var id = call.Id(RunEndpoints.Noun);
        await runs.Glance(call.Caller, id);
        await Send(call, id);
    }

    private Task Everything(Call call) => Send(call, null);

    private async Task Send(Call call, Guid? runId)
    {
        call.Http.Response.ContentType = ContentType;
        if (call.Http.Features.Get<HeadersOnly>() is not null)
        {
            return;
        }

        // A server that stops ends its streams at once: they would hold it back for as long as it may take.
        var (left, stopping) = (call.Http.RequestAborted, lifetime.ApplicationStopping);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(left, stopping);
        await using var messages = feed.Subscribe(call.Caller, runId, end.Token).GetAsyncEnumerator(end.Token);
        var next = messages.MoveNextAsync().AsTask();
        if (next.IsFaulted)
        {
            // One listener too many: said before the answer begins.
            await next;
        }

        try
        {
            await Write(call, ": connected\n\n", end.Token);
            // The listener stands already: what happens while the snapshot is taken is told after it, perhaps twice.
            var isOver = runId is { } begun && await TellStanding(call, begun, end.Token);
            while (!isOver && await MayGoOn(call))
            {
                if (!await Comes(next, end.Token))
                {
                    isOver = runId is { } quiet && await EndedQuietly(call, quiet, end.Token);
                    await Write(call, ": still here\n\n", end.Token);
                }
                else if (await next && await MayGoOn(call))
                {
                    await Write(call, Format(messages.Current), end.Token);
                    isOver = runId is not null && messages.Current.IsEnd;
                    next = messages.MoveNextAsync().AsTask();
                }
                else
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The listener has left, or the server stops; that is how a stream ends.
        }
        catch (Problem) when (call.Http.Response.HasStarted)
        {
            // The run is gone, or the store is away: the client begins a new stream and is told.
        }
        finally
        {
            // An iterator must have come to rest before it is disposed of.
            await end.CancelAsync();
            await Task.WhenAny(next);
        }
    }

    /// <summary>Tells how the run stands; true when there is nothing more to come.</summary>
    private async Task<bool> TellStanding(Call call, Guid runId, CancellationToken end)
    {
        var standing = LiveFeed.Snapshot(await runs.Get(call.Caller, runId));
        await Write(call, Format(standing), end);
        return standing.IsEnd;
    }

    /// <summary>The feed may miss a message; no listener waits for one that has passed.</summary>
    private async Task<bool> EndedQuietly(Call call, Guid runId, CancellationToken end) =>
        (await runs.Glance(call.Caller, runId)).FinishedAt is not null && await TellStanding(call, runId, end);

    /// <summary>
    /// Whether the token still gives the rights the stream began with. When it expired or they changed, the stream
    /// ends, and the client begins a new one.
    /// </summary>
    private async ValueTask<bool> MayGoOn(Call call)
    {
        try
        {
            var caller = await authenticator.Admit(Gate.Token(call.Http), call.RequestId);
            return caller.Scopes == call.Caller.Scopes;
        }
        catch (Problem)
        {
            return false;
        }
    }

    /// <summary>True when a message has come, false after a heartbeat of silence.</summary>
    private async Task<bool> Comes(Task<bool> next, CancellationToken end)
    {
        try
        {
            await next.WaitAsync(Heartbeat, clock, end);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>A message's JSON is one line as it was written by the serializer, so it needs no splitting.</summary>
    private static string Format(LiveMessage message)
    {
        var data = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(message.Data));
        return $"event: {message.Event}\nid: {message.Id}\ndata: {data}\n\n";
    }

    private static async Task Write(Call call, string text, CancellationToken end)
    {
        await call.Http.Response.WriteAsync(text, end);
        await call.Http.Response.Body.FlushAsync(end);
    }
}
