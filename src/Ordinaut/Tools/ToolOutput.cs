using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ordinaut.Tools;

/// <summary>Writes what a tool returns.</summary>
internal static class ToolOutput
{
    // The text goes into JSON columns and JSON responses, never into HTML: escaping all but ASCII for a browser
    // would only make it longer.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A value at its own depth limit still fits into the object that a tool puts around it.
    private static readonly JsonDocumentOptions Nesting = new() { MaxDepth = 128 };

    /// <summary>The object whose members <paramref name="members"/> writes.</summary>
    public static JsonElement Object(Action<Utf8JsonWriter> members) =>
        Of(writer =>
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        });

    /// <summary>The one value that <paramref name="write"/> writes.</summary>
    public static JsonElement Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return JsonElement.Parse(buffer.WrittenSpan, Nesting);
    }
}
