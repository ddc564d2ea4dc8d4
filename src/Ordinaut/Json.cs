using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ordinaut.Sdk.Wire;

namespace Ordinaut;

/// <summary>
/// The only JSON options: snake_case, strict numbers, unknown members refused, instants as UTC with a <c>Z</c>.
/// Everything is source-generated, so a type that is not listed in a context fails at build or start, not in use.
/// </summary>
internal static class Json
{
    /// <summary>The deepest nesting any document may have.</summary>
    public const int MaxDepth = 64;

    public static readonly JsonSerializerOptions Options = Create();

    public static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Info<T>());

    /// <summary>What was built member by member, as it is passed around.</summary>
    public static JsonElement OfNode(JsonNode node) => Parse(node.ToJsonString());

    public static JsonElement ToElement<T>(T value) => JsonSerializer.SerializeToElement(value, Info<T>());

    public static T Read<T>(string text) => JsonSerializer.Deserialize(text, Info<T>())!;

    /// <summary>A client's JSON as a wire record.</summary>
    /// <exception cref="Problem">It is no such record: names the member and none of the program's types.</exception>
    public static T Read<T>(JsonElement given)
    {
        try
        {
            return given.Deserialize(Info<T>())!;
        }
        catch (JsonException failure)
        {
            var pointer = failure.Path?.TrimStart('$').Replace('.', '/') ?? "";
            throw Problem.Invalid(pointer, "There is no such member, or its value is of another type.");
        }
    }

    /// <summary>Parses text this program wrote or has already checked.</summary>
    public static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            NumberHandling = JsonNumberHandling.Strict,
            AllowDuplicateProperties = false,
            MaxDepth = MaxDepth,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = JsonTypeInfoResolver.Combine(WireJson.Default, StoredJson.Default),
        };
        options.Converters.Add(new InstantConverter());
        options.MakeReadOnly();
        return options;
    }

    /// <summary>RFC 3339 in UTC to the microsecond; reading accepts any offset but demands one.</summary>
    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        )
        {
            var text = reader.GetString() ?? "";
            return Instants.TryParse(text, out var instant)
                ? instant
                : throw new JsonException("must be an RFC 3339 time with an offset, such as 2027-03-28T08:30:00Z.");
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Instants.Format(value));
    }
}
