using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.OAuth;

/// <summary>
/// Clients that go by the https URL of a document about themselves (OAuth Client ID Metadata Document): nobody
/// registers them, their host vouches for them. The documents are fetched through the one way out, small and seldom.
/// </summary>
/// <param name="send">The one way out.</param>
internal sealed class ClientDocuments(
    Func<EgressRequest, CancellationToken, Task<EgressResult>> send,
    TimeProvider clock
) : IDisposable
{
    /// <summary>The largest document; 64 KiB, though a usual one has less than one.</summary>
    public const int MaxBytes = 64 * 1_024;

    /// <summary>Characters of a client's URL.</summary>
    public const int MaxUrl = 500;

    /// <summary>How many are fetched at once: anyone may name one.</summary>
    public const int MaxAtOnce = 8;

    /// <summary>How long what was fetched counts.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly BoundedCache<string, (OAuthClient Client, long FetchedAt)> _known = new(1_000);
    private readonly SemaphoreSlim _places = new(MaxAtOnce);

    /// <summary>Whether a client's id is such a URL: https with a path, in the one spelling that it has.</summary>
    public static bool IsAddress(string id) =>
        id.Length <= MaxUrl
        && id.StartsWith("https://", StringComparison.Ordinal)
        && Uri.TryCreate(id, UriKind.Absolute, out var url)
        && url.AbsoluteUri == id
        && url.AbsolutePath.Length > 1
        && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0;

    public async Task<OAuthClient> Fetch(string id, CancellationToken ct)
    {
        if (_known.TryGet(id, out var known) && clock.GetElapsedTime(known.FetchedAt) < Age)
        {
            return known.Client;
        }

        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            await _places.WaitAsync(either.Token);
            try
            {
                var client = await Get(id, either.Token);
                _known.Add(id, (client, clock.GetTimestamp()));
                return client;
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw Unreadable($"its address did not answer within {Patience.TotalSeconds} s");
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<OAuthClient> Get(string id, CancellationToken ct)
    {
        var request = new EgressRequest(HttpMethod.Get, new Uri(id))
        {
            Headers = [KeyValuePair.Create("Accept", "application/json")],
            MaxResponseBytes = MaxBytes,
        };
        return await send(request, ct) switch
        {
            EgressResult.Answered { Status: 200, Body: var body } => Read(id, body),
            EgressResult.Answered { Status: var status } => throw Unreadable($"its address answers {status}"),
            EgressResult.Failed { Reason: var reason } => throw Unreadable(reason.Message.TrimEnd('.')),
            _ => throw Unreadable("it cannot be fetched"),
        };
    }

    /// <summary>What a document says, if it may be believed.</summary>
    public static OAuthClient Read(string id, byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false, MaxDepth = 8 });
            return Read(id, document.RootElement);
        }
        catch (JsonException)
        {
            throw Unreadable("it is not JSON");
        }
    }

    private static OAuthClient Read(string id, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || Text(root, "client_id") != id)
        {
            throw Unreadable("its client_id is not its own address");
        }

        if (
            root.TryGetProperty("client_secret", out _)
            || Text(root, "token_endpoint_auth_method") is not (null or "none")
        )
        {
            throw Unreadable("it must be a public client (token_endpoint_auth_method: none, no client_secret)");
        }

        var name = Text(root, "client_name");
        var uris =
            root.TryGetProperty("redirect_uris", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(uri => uri.ValueKind == JsonValueKind.String ? uri.GetString() : null)
                : [];
        string[] acceptable = [.. uris.Where(RedirectUris.IsAcceptable)!];
        return acceptable.Length is > 0 and <= RedirectUris.Most
            ? new OAuthClient(id, ClientOperations.IsName(name) ? name! : new Uri(id).IdnHost, acceptable)
            : throw Unreadable($"it must have 1 to {RedirectUris.Most} redirect_uris");
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value)
            ? value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : ""
            : null;

    private static Problem Unreadable(string why) =>
        GrantProblems.Of("invalid_client", $"The document of this client cannot be used: {why}.");
}
