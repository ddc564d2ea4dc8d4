using System.Buffers;
using System.Text.Json;

namespace Ordinaut.Http;

/// <summary>Writes a wire record as the whole answer: one buffer per thread, one write, the length known.</summary>
internal static class JsonAnswer
{
    public const string ContentType = "application/json";

    /// <summary>A buffer that grew beyond this for one large answer is given back to the collector.</summary>
    private const int KeptBytes = 256 * 1_024;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = Json.Options.Encoder,
        MaxDepth = Json.MaxDepth + 8,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public static Task Write<T>(HttpResponse response, T value, int status, string contentType = ContentType)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(4_096);
        var writer = _writer ??= new Utf8JsonWriter(buffer, Options);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        JsonSerializer.Serialize(writer, value, Json.Info<T>());
        writer.Flush();

        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = buffer.WrittenCount;
        response.BodyWriter.Write(buffer.WrittenSpan);
        if (buffer.Capacity > KeptBytes)
        {
            _buffer = null;
        }

        return response.BodyWriter.FlushAsync().AsTask();
    }
}
