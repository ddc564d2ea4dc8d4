using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Ordinaut.Tools.BuiltIn;

/// <summary>
/// Turns the bytes of an answer into the value a pipeline works with: JSON as JSON, text as text, the rest as
/// base64. An answer that lies about its type falls to the next of the three, it does not fail the step.
/// </summary>
internal static class HttpBody
{
    /// <summary>The deepest JSON that is parsed; deeper arrives as text. 48: room for what surrounds it.</summary>
    public const int MaxJsonDepth = 48;

    private static readonly EncoderFallback StrictEncoder = EncoderFallback.ExceptionFallback;
    private static readonly DecoderFallback StrictDecoder = DecoderFallback.ExceptionFallback;

    /// <summary>Writes <c>body</c>, null when the answer has none, and <c>body_encoding</c> for bytes.</summary>
    public static void Write(Utf8JsonWriter output, EgressResult.Answered answer)
    {
        if (answer.Body.Length == 0)
        {
            output.WriteNull("body");
        }
        else if (TextOf(answer) is not { } text)
        {
            output.WriteBase64String("body", answer.Body);
            output.WriteString("body_encoding", "base64");
        }
        else if (IsJson(TypeOf(answer)?.MediaType) && TryParse(text) is { } json)
        {
            output.WritePropertyName("body");
            json.WriteTo(output);
        }
        else
        {
            output.WriteString("body", text);
        }
    }

    /// <summary>The body as text, or null if it is not text in the declared character set.</summary>
    public static string? TextOf(EgressResult.Answered answer)
    {
        var type = TypeOf(answer);
        if (EncodingOf(type) is not { } encoding)
        {
            return null;
        }

        try
        {
            var text = encoding.GetString(answer.Body).TrimStart('\uFEFF');
            // A NUL in something that does not call itself text: bytes that happen to be valid UTF-8.
            return IsText(type?.MediaType) || !text.Contains('\0') ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static MediaTypeHeaderValue? TypeOf(EgressResult.Answered answer) =>
        MediaTypeHeaderValue.TryParse(answer.Header("content-type"), out var type) ? type : null;

    private static Encoding? EncodingOf(MediaTypeHeaderValue? type)
    {
        var name = type?.CharSet?.Trim('"') ?? "utf-8";
        if (type is not null && type.CharSet is null && !IsText(type.MediaType))
        {
            return null;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, StrictEncoder, StrictDecoder)
                ?? Encoding.GetEncoding(name, StrictEncoder, StrictDecoder);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static JsonElement? TryParse(string text)
    {
        try
        {
            var json = JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
            return JsonUnicode.FirstFault(JsonMarshal.GetRawUtf8Value(json)) is null ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsJson(string? mediaType) =>
        mediaType is not null
        && (
            mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || mediaType.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
        );

    private static bool IsText(string? mediaType) =>
        IsJson(mediaType)
        || mediaType is not null
            && (
                mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
                || mediaType.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)
                || TextTypes.Contains(mediaType)
            );

    private static readonly HashSet<string> TextTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        "application/xml",
        "application/javascript",
        "application/x-www-form-urlencoded",
        "application/yaml",
        "application/x-yaml",
        "application/x-ndjson",
        "application/jsonl",
        "application/toml",
        "application/graphql",
    };
}
