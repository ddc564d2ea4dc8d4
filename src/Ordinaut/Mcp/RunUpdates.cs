using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ordinaut.Agents;
using Ordinaut.Runs;

namespace Ordinaut.Mcp;

/// <summary>
/// Tells a client which of the runs it named have changed, until it hangs up: one long request, whose answer is a
/// stream (revision 2026-07-28). What has become of a run, it reads.
/// </summary>
internal sealed class RunUpdates(LiveFeed feed, Authenticator authenticator, IHostApplicationLifetime lifetime)
{
    /// <summary>Resources one request may name; no more of them are acknowledged.</summary>
    public const int MaxResources = 100;

    /// <param name="token">What the caller came with; when it ends, so does the stream.</param>
    public async Task<EmptyResult> Listen(
        Caller caller,
        string token,
        RequestContext<SubscriptionsListenRequestParams> request,
        CancellationToken ct
    )
    {
        var wanted = caller.Scopes.Cover(Scope.RunsRead) ? Runs(request.Params) : [];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        await using var news = feed.Subscribe(caller, null, end.Token).GetAsyncEnumerator(end.Token);
        var next = news.MoveNextAsync().AsTask();
        try
        {
            // The listener stands before this is said, so that nothing after it is missed.
            await Acknowledge(request, wanted, ct);
            while (wanted.Count > 0 && await next && await MayGoOn(caller, token))
            {
                // What is told of an event names no run.
                var isRun = news.Current.Data.TryGetProperty("run_id", out var id);
                if (isRun && wanted.TryGetValue(id.GetGuid(), out var uri))
                {
                    await Tell(request, NotificationMethods.ResourceUpdatedNotification, new() { ["uri"] = uri }, ct);
                }

                next = news.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The server stops; the client begins again elsewhere.
        }
        finally
        {
            // An iterator must have come to rest before it is disposed of.
            await end.CancelAsync();
            await Task.WhenAny(next);
        }

        return new EmptyResult();
    }

    private static Dictionary<Guid, string> Runs(SubscriptionsListenRequestParams request)
    {
        var runs = new Dictionary<Guid, string>();
        foreach (var uri in (request.Notifications.ResourceSubscriptions ?? []).Take(MaxResources))
        {
            if (ResourceDesk.RunOf(uri) is { } id)
            {
                runs[id] = uri;
            }
        }

        return runs;
    }

    private async ValueTask<bool> MayGoOn(Caller caller, string token)
    {
        try
        {
            return (await authenticator.Admit(token, caller.RequestId!)).Scopes == caller.Scopes;
        }
        catch (Problem)
        {
            return false;
        }
    }

    /// <summary>Says which of the wishes will be heard.</summary>
    private static Task Acknowledge(
        RequestContext<SubscriptionsListenRequestParams> request,
        Dictionary<Guid, string> wanted,
        CancellationToken ct
    )
    {
        var heard = new JsonObject();
        if (wanted.Count > 0)
        {
            heard["resourceSubscriptions"] = new JsonArray([.. wanted.Values.Select(uri => (JsonNode)uri)]);
        }

        var method = NotificationMethods.SubscriptionsAcknowledgedNotification;
        return Tell(request, method, new JsonObject { ["notifications"] = heard }, ct);
    }

    /// <summary>Each message names the request it belongs to.</summary>
    private static Task Tell(
        RequestContext<SubscriptionsListenRequestParams> request,
        string method,
        JsonObject content,
        CancellationToken ct
    )
    {
        content["_meta"] = new JsonObject { [MetaKeys.SubscriptionId] = IdOf(request.JsonRpcRequest.Id) };
        return request.Server.SendMessageAsync(new JsonRpcNotification { Method = method, Params = content }, ct);
    }

    private static JsonNode? IdOf(RequestId id) =>
        id.Id switch
        {
            string text => text,
            long number => number,
            _ => null,
        };
}
