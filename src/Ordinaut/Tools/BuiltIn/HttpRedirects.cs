namespace Ordinaut.Tools.BuiltIn;

/// <summary>Where a redirect leads and what of the request goes along (RFC 9110 §15.4).</summary>
internal static class HttpRedirects
{
    /// <summary>How many redirects are followed when the step asks for it; 5.</summary>
    public const int MaxHops = 5;

    // What identifies the caller to the first host is not for the next one, whatever that host calls it: X-Api-Key,
    // X-Auth-Token, Proxy-Authorization.
    private static readonly string[] Credentials = ["authorization", "cookie", "key", "token", "secret", "password"];

    // Of the call, not of the caller: without it the next host could not tell a repetition.
    private const string CallKey = "Idempotency-Key";

    /// <summary>The request of the next hop, or null if the answer is not a redirect that can be followed.</summary>
    public static EgressRequest? Next(EgressRequest request, EgressResult.Answered answer)
    {
        if (answer.Status is not (301 or 302 or 303 or 307 or 308) || Target(request.Url, answer) is not { } target)
        {
            return null;
        }

        if (request.StaysAtOrigin && !IsSameOrigin(request.Url, target))
        {
            return null;
        }

        var becomesGet =
            answer.Status == 303 && request.Method != HttpMethod.Head
            || answer.Status is 301 or 302 && request.Method == HttpMethod.Post;
        var headers = request.Headers.Where(h => IsSameOrigin(request.Url, target) || !IsCredential(h.Key));
        return request with
        {
            Url = target,
            Method = becomesGet ? HttpMethod.Get : request.Method,
            Body = becomesGet ? null : request.Body,
            Headers = [.. headers.Where(h => !becomesGet || !IsOfTheBody(h.Key))],
        };
    }

    // From https to http everything would go on in the clear: that redirect is an answer, not a way.
    private static Uri? Target(Uri from, EgressResult.Answered answer) =>
        answer.Header("location") is { } location
        && Uri.TryCreate(from, location, out var target)
        && (from.Scheme == target.Scheme || from.Scheme == Uri.UriSchemeHttp)
            ? target
            : null;

    private static bool IsSameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.IdnHost == other.IdnHost && one.Port == other.Port;

    private static bool IsCredential(string name) =>
        !name.Equals(CallKey, StringComparison.OrdinalIgnoreCase)
        && Credentials.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsOfTheBody(string name) => name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);
}
