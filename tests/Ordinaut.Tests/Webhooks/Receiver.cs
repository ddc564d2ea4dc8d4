using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Webhooks;

/// <summary>Somebody's endpoint: keeps what it gets, and answers as the story says; at first with 204.</summary>
internal sealed class Receiver
{
    public List<Message> Got { get; } = [];

    public Func<Message, EgressResult> Answer { get; set; } = _ => Status(204);

    /// <summary>Where a sender stands still until it is let go.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public static EgressResult Status(int status, params (string Name, string Value)[] headers) =>
        new EgressResult.Answered(status, [.. headers.Select(h => KeyValuePair.Create(h.Name, h.Value))], []);

    public async Task<EgressResult> Take(EgressRequest request, CancellationToken ct)
    {
        if (!Patterns.AllowsHost(request.Hosts, request.Url.IdnHost))
        {
            return new EgressResult.Failed(new ToolResult.Failed("host_not_allowed", "Not this host.", false));
        }

        var message = new Message(request.Url.ToString(), request.Headers.ToDictionary(), request.Body!);
        lock (Got)
        {
            Got.Add(message);
        }

        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(ct);
        }

        return Answer(message);
    }

    /// <summary>A message as it came.</summary>
    internal sealed record Message(string Url, IReadOnlyDictionary<string, string> Headers, byte[] Body)
    {
        public string Id => Headers["webhook-id"];

        public JsonElement Json => JsonElement.Parse(Body);

        public string Type => Json.GetProperty("type").GetString()!;

        /// <summary>The receiver's side of the standard, written from its text and not from our code.</summary>
        public bool IsSignedWith(string secret)
        {
            var key = Convert.FromBase64String(secret["whsec_".Length..]);
            var head = Encoding.UTF8.GetBytes($"{Id}.{Headers["webhook-timestamp"]}.");
            byte[] signed = [.. head, .. Body];
            var expected = Convert.ToBase64String(HMACSHA256.HashData(key, signed));
            return Headers["webhook-signature"].Split(' ').Contains("v1," + expected);
        }
    }

    /// <summary>The sender's side, as independent.</summary>
    public static string Sign(string secret, string id, long seconds, string body)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var text = string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}.{body}");
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
