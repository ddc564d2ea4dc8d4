using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>Writes values as compact JSON and measures how deep they nest.</summary>
internal static class JsonWriting
{
    // The text goes into tool inputs and messages, never into HTML, so only what JSON itself requires is escaped.
    private static readonly JsonWriterOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonDocumentOptions Nesting = new() { MaxDepth = ExpressionLimits.ValueDepth };

    public static void Write(in Json value, object? built, JsonElement parsed, Utf8JsonWriter writer)
    {
        switch (built)
        {
            case null:
                WriteParsed(parsed, writer);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case BuiltNumber number:
                writer.WriteRawValue(number.Utf8, skipInputValidation: true);
                break;
            case BuiltArray array:
                WriteArray(array, writer);
                break;
            case BuiltObject members:
                WriteObject(members, writer);
                break;
            default:
                writer.WriteBooleanValue(value.IsTruthy);
                break;
        }
    }

    public static JsonElement ToElement(in Json value)
    {
        var buffer = ToUtf8(value);
        var reader = new Utf8JsonReader(buffer.WrittenSpan, new JsonReaderOptions { MaxDepth = Nesting.MaxDepth });
        return JsonElement.ParseValue(ref reader);
    }

    public static string ToText(in Json value) => Encoding.UTF8.GetString(ToUtf8(value).WrittenSpan);

    /// <summary>Refuses a built value that nests deeper than <see cref="ExpressionLimits.ValueDepth"/>.</summary>
    /// <remarks>
    /// Building counts a parsed part as one level, since its depth is not known without reading it.
    /// This is the exact look at what leaves an evaluation.
    /// </remarks>
    public static void CheckDepth(in Json value)
    {
        if (!value.IsParsed && value.BuiltDepth > 0)
        {
            CheckDepth(value, 0);
        }
    }

    private static void CheckDepth(in Json value, int above)
    {
        // Each level takes two bytes, so a short text needs no look.
        if (value.BuiltDepth == 0 || value.Size <= 2 * (ExpressionLimits.ValueDepth - above))
        {
            return;
        }

        var levels = value.IsParsed ? Levels(JsonMarshal.GetRawUtf8Value(value.ToElement())) : 1;
        if (above + levels > ExpressionLimits.ValueDepth)
        {
            throw ExpressionException.Limit(
                $"The result nests deeper than {ExpressionLimits.ValueDepth} levels; select less of it."
            );
        }

        if (!value.IsParsed)
        {
            CheckParts(value, above + 1);
        }
    }

    private static void CheckParts(in Json value, int above)
    {
        foreach (var item in value.Items)
        {
            CheckDepth(item, above);
        }

        foreach (var (_, member) in value.Members)
        {
            CheckDepth(member, above);
        }
    }

    /// <summary>The deepest nesting of brackets in well-formed JSON.</summary>
    private static int Levels(ReadOnlySpan<byte> json)
    {
        var deepest = 0;
        var depth = 0;
        var inText = false;
        for (var i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case (byte)'\\':
                    i++;
                    break;
                case (byte)'"':
                    inText = !inText;
                    break;
                case (byte)'[' or (byte)'{' when !inText:
                    deepest = Math.Max(deepest, ++depth);
                    break;
                case (byte)']' or (byte)'}' when !inText:
                    depth--;
                    break;
            }
        }

        return deepest;
    }

    private static ArrayBufferWriter<byte> ToUtf8(in Json value)
    {
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(value.Size, 16, ExpressionLimits.OutputBytes));
        using var writer = new Utf8JsonWriter(buffer, Compact);
        value.WriteTo(writer);
        writer.Flush();
        return buffer;
    }

    private static void WriteParsed(JsonElement parsed, Utf8JsonWriter writer)
    {
        if (parsed.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
            return;
        }

        try
        {
            parsed.WriteTo(writer);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw ParsedText.NotUnicode();
        }
    }

    private static void WriteArray(BuiltArray array, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        for (var i = 0; i < array.Count; i++)
        {
            array.Items[i].WriteTo(writer);
        }

        writer.WriteEndArray();
    }

    private static void WriteObject(BuiltObject members, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        for (var i = 0; i < members.Count; i++)
        {
            writer.WritePropertyName(members.Names[i]);
            members.Values[i].WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
