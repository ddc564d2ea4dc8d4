using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Ordinaut.Tools.BuiltIn;

/// <summary>Builds the outbound request from the input of <c>http.request</c>.</summary>
internal static class HttpRequestInput
{
    /// <summary>The largest request body in bytes; 1 MiB.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>The most header fields, a list counting each of its values; 64.</summary>
    public const int MaxHeaders = 64;

    /// <summary>All header names and values together, in characters; 16,384.</summary>
    public const int MaxHeaderCharacters = 16 * 1024;

    // They frame the message or belong to one connection (RFC 9110 §7.6.1): HTTP itself sets them.
    private static readonly HashSet<string> Forbidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "Upgrade",
        "TE",
        "Trailer",
        "Expect",
        "Proxy-Authorization",
        "Proxy-Connection",
    };

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    // Visible ASCII, blank and tab: no CR, LF or NUL that could start a second field or a second request.
    private static readonly SearchValues<char> FieldText = SearchValues.Create(
        "\t" + string.Concat(Enumerable.Range(0x20, 0x5F).Select(c => (char)c))
    );

    /// <summary>The request, or the failure that says which part of the input is wrong.</summary>
    public static (EgressRequest? Request, ToolResult.Failed? Failure) Build(JsonElement input, string idempotencyKey)
    {
        var method = HttpMethod.Parse(input.TryGetProperty("method", out var m) ? m.GetString()! : "GET");
        if (method.Method.Equals("CONNECT", StringComparison.OrdinalIgnoreCase))
        {
            return (null, Invalid("/method", "CONNECT opens a tunnel and is not allowed."));
        }

        var (url, failure) = EgressUrl.Parse(WithQuery(input));
        if (failure is not null)
        {
            return (null, failure);
        }

        var (body, contentType, bodyFailure) = ReadBody(input);
        var headers = input.TryGetProperty("headers", out var h) ? Fields(h).ToList() : [];
        if ((bodyFailure ?? CheckHeaders(headers)) is { } wrong)
        {
            return (null, wrong);
        }

        AddUnlessSet(headers, "Content-Type", contentType);
        AddUnlessSet(headers, "Idempotency-Key", IsRead(method) ? null : idempotencyKey);
        var request = new EgressRequest(method, url!) { Headers = headers, Body = body };
        return (
            input.TryGetProperty("max_response_bytes", out var max)
                ? request with
                {
                    MaxResponseBytes = (int)max.GetDouble(),
                }
                : request,
            null
        );
    }

    private static bool IsRead(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head;

    private static void AddUnlessSet(List<KeyValuePair<string, string>> headers, string name, string? value)
    {
        if (value is not null && !headers.Exists(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            headers.Add(new(name, value));
        }
    }

    private static string WithQuery(JsonElement input)
    {
        var url = input.GetProperty("url").GetString()!;
        if (!input.TryGetProperty("query", out var query) || Encode(query) is not { Length: > 0 } encoded)
        {
            return url;
        }

        var hash = url.IndexOf('#');
        var bare = hash < 0 ? url : url[..hash];
        return bare + (bare.Contains('?') ? '&' : '?') + encoded;
    }

    private static string Encode(JsonElement fields) =>
        string.Join('&', Fields(fields).Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}"));

    /// <summary>Members as fields: a list repeats its name, null is left out.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Fields(JsonElement members) =>
        from member in members.EnumerateObject()
        from value in member.Value.ValueKind == JsonValueKind.Array
            ? member.Value.EnumerateArray().AsEnumerable()
            : [member.Value]
        where value.ValueKind != JsonValueKind.Null
        select KeyValuePair.Create(member.Name, value.ToString(value.ValueKind));

    private static string ToString(this JsonElement value, JsonValueKind kind) =>
        kind is JsonValueKind.True or JsonValueKind.False ? value.GetRawText() : value.ToString();

    private static (byte[]? Body, string? ContentType, ToolResult.Failed? Failure) ReadBody(JsonElement input)
    {
        byte[]? body = null;
        string? contentType = null;
        if (input.TryGetProperty("json", out var json))
        {
            (body, contentType) = (JsonMarshal.GetRawUtf8Value(json).ToArray(), "application/json");
        }
        else if (input.TryGetProperty("form", out var form))
        {
            var encoded = Encode(form).Replace("%20", "+", StringComparison.Ordinal);
            (body, contentType) = (Encoding.ASCII.GetBytes(encoded), "application/x-www-form-urlencoded");
        }
        else if (input.TryGetProperty("body", out var text))
        {
            (body, contentType) = (Encoding.UTF8.GetBytes(text.GetString()!), "text/plain; charset=utf-8");
        }
        else if (input.TryGetProperty("body_base64", out var base64))
        {
            if (!base64.TryGetBytesFromBase64(out body))
            {
                return (null, null, Invalid("/body_base64", "The text is not base64 (RFC 4648 §4, with padding)."));
            }

            contentType = "application/octet-stream";
        }

        return body?.Length > MaxBodyBytes
            ? (
                null,
                null,
                Invalid("", $"The request body has {body.Length} bytes; at most {MaxBodyBytes} are allowed.")
            )
            : (body, contentType, null);
    }

    private static ToolResult.Failed? CheckHeaders(List<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, value) in headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token))
            {
                return Invalid("/headers", $"'{name}' is not a header name (RFC 9110 §5.1).");
            }

            if (Forbidden.Contains(name))
            {
                return Invalid($"/headers/{name}", $"The header {name} is set by HTTP itself; leave it out.");
            }

            if (value.AsSpan().ContainsAnyExcept(FieldText))
            {
                return Invalid($"/headers/{name}", "A header value is visible ASCII, blanks and tabs; no line breaks.");
            }
        }

        return headers.Count > MaxHeaders || headers.Sum(h => h.Key.Length + h.Value.Length) > MaxHeaderCharacters
            ? Invalid(
                "/headers",
                $"At most {MaxHeaders} header fields of {MaxHeaderCharacters} characters are allowed."
            )
            : null;
    }

    private static ToolResult.Failed Invalid(string pointer, string detail) =>
        new("input_invalid", pointer.Length == 0 ? detail : $"{pointer}: {detail}", Retryable: false);
}
