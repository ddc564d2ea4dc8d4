using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>The types JSON Schema knows, as a set.</summary>
[Flags]
internal enum JsonTypeSet
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Object = 4,
    Array = 8,
    Number = 16,
    String = 32,

    /// <summary>A number without a fraction, written in any way: 1.0 and 1e2 are integers.</summary>
    Integer = 64,
}

internal static class JsonTypes
{
    public static JsonTypeSet Of(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => JsonTypeSet.Null,
            JsonValueKind.True or JsonValueKind.False => JsonTypeSet.Boolean,
            JsonValueKind.Object => JsonTypeSet.Object,
            JsonValueKind.Array => JsonTypeSet.Array,
            JsonValueKind.String => JsonTypeSet.String,
            _ => JsonTypeSet.Number,
        };

    public static bool IsInteger(JsonElement number) => new JsonNumber(JsonMarshal.GetRawUtf8Value(number)).IsInteger;

    /// <summary>The type of this name in a schema; <see cref="JsonTypeSet.None"/> if there is no such.</summary>
    public static JsonTypeSet Parse(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("null"u8) ? JsonTypeSet.Null
        : name.SequenceEqual("boolean"u8) ? JsonTypeSet.Boolean
        : name.SequenceEqual("object"u8) ? JsonTypeSet.Object
        : name.SequenceEqual("array"u8) ? JsonTypeSet.Array
        : name.SequenceEqual("number"u8) ? JsonTypeSet.Number
        : name.SequenceEqual("string"u8) ? JsonTypeSet.String
        : name.SequenceEqual("integer"u8) ? JsonTypeSet.Integer
        : JsonTypeSet.None;

    /// <summary>The value's type with its article, for a message.</summary>
    public static string Name(JsonElement value) => Name(Of(value));

    public static string Name(JsonTypeSet type) =>
        type switch
        {
            JsonTypeSet.Null => "null",
            JsonTypeSet.Boolean => "a boolean",
            JsonTypeSet.Object => "an object",
            JsonTypeSet.Array => "an array",
            JsonTypeSet.Number => "a number",
            JsonTypeSet.String => "a string",
            _ => "an integer",
        };
}
