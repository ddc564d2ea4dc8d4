using System.Net.Http.Headers;
using System.Text.Json;

namespace Ordinaut.Tests.Http;

/// <summary>Reads a stream as the standard says: lines, an empty one after each message.</summary>
internal sealed class StreamListener(StreamReader stream) : IDisposable
{
    public static async Task<StreamListener> Open(OrdinautApp app, OrdinautApp.Client client, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", client.Token);
        var answer = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var listener = new StreamListener(new StreamReader(await answer.Content.ReadAsStreamAsync()));
        Assert.StartsWith(":", await listener.Line(), StringComparison.Ordinal);
        return listener;
    }

    /// <summary>The messages up to and with the first that reads so in short.</summary>
    public async Task<List<StreamMessage>> Until(string wanted)
    {
        var heard = new List<StreamMessage>();
        while (heard.Count == 0 || heard[^1].Short != wanted)
        {
            heard.Add(await Next() ?? throw new InvalidOperationException("The stream ended."));
        }

        return heard;
    }

    /// <summary>The messages up to the stream's end.</summary>
    public async Task<List<StreamMessage>> Rest()
    {
        var heard = new List<StreamMessage>();
        while (await Next() is { } message)
        {
            heard.Add(message);
        }

        return heard;
    }

    /// <summary>The next message; null at the stream's end. Heartbeats are no reason to wait for longer.</summary>
    public Task<StreamMessage?> Next() => Read().WaitAsync(OrdinautApp.Patience);

    private async Task<StreamMessage?> Read()
    {
        var fields = new Dictionary<string, string>();
        while (await Line() is { } line)
        {
            if (line.Length == 0 && fields.Count > 0)
            {
                return new StreamMessage(fields["event"], fields["id"], Json.Parse(fields["data"]));
            }

            if (line.Length > 0 && line[0] != ':')
            {
                var parts = line.Split(": ", 2);
                fields.Add(parts[0], parts[1]);
            }
        }

        return null;
    }

    public void Dispose() => stream.Dispose();

    private async Task<string?> Line()
    {
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        return await stream.ReadLineAsync(patience.Token);
    }
}

/// <summary>A server-sent event.</summary>
internal sealed record StreamMessage(string Event, string Id, JsonElement Data)
{
    /// <summary>Its kind, with the topic of an event and the state of anything else.</summary>
    public string Short => $"{Event} {Data.GetProperty(Event == "event" ? "topic" : "state").GetString()}";
}
