using System.Runtime.InteropServices;
using System.Text;
using Ordinaut.Agents;
using Ordinaut.Runs;

namespace Ordinaut.Http;

/// <summary>Server-sent events: one run, or everything the caller may see, as it happens.</summary>
internal sealed class StreamEndpoints(LiveFeed feed, RunOperations runs, TimeProvider clock)
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
            .Named("streamAll", RunEndpoints.Tag, "Follow all your runs")
            .Gives<string>(StatusCodes.Status200OK, ContentType)
            .Needs(Scope.RunsRead | Scope.EventsRead, RateClass.Stream);
    }

    private async Task OneRun(Call call)
    {
        var id = call.Id(RunEndpoints.Noun);
        await runs.Get(call.Caller, id);
        await Send(call, id);
    }

    private Task Everything(Call call) => Send(call, null);

    private async Task Send(Call call, Guid? runId)
    {
        var ended = call.Http.RequestAborted;
        await using var messages = feed.Subscribe(call.Caller, runId, ended).GetAsyncEnumerator(ended);
        var next = messages.MoveNextAsync().AsTask();
        call.Http.Response.ContentType = ContentType;
        await Write(call, ": connected\n\n");
        try
        {
            while (true)
            {
                await Task.WhenAny(next, Task.Delay(Heartbeat, clock, ended));
                ended.ThrowIfCancellationRequested();
                if (!next.IsCompleted)
                {
                    await Write(call, ": still here\n\n");
                }
                else if (await next)
                {
                    await Write(call, Format(messages.Current));
                    next = messages.MoveNextAsync().AsTask();
                }
                else
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The listener has left; that is how a stream ends.
        }
    }

    /// <summary>A message's JSON is one line as it was written by the serializer, so it needs no splitting.</summary>
    private static string Format(LiveMessage message)
    {
        var data = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(message.Data));
        return $"event: {message.Event}\nid: {message.Id}\ndata: {data}\n\n";
    }

    private static async Task Write(Call call, string text)
    {
        await call.Http.Response.WriteAsync(text, call.Http.RequestAborted);
        await call.Http.Response.Body.FlushAsync(call.Http.RequestAborted);
    }
}
