using System.Buffers;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Ordinaut.JsonSchemas;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>
/// What a server says of one of its tools, in one canonical text: every member that a model, a person or a check goes
/// by, so that none of them can change unnoticed.
/// </summary>
internal sealed class Offer
{
    /// <summary>The longest canonical text in bytes; 64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    private const string Annotations = "annotations";
    private const string InputSchema = "inputSchema";
    private const string OutputSchema = "outputSchema";

    // In the order of their names, as the members of every object in a canonical text.
    private static readonly string[] Members = [Annotations, "description", InputSchema, "name", OutputSchema, "title"];

    private static readonly JsonElement Anything = JsonElement.Parse("{}"u8);

    private readonly JsonElement _members;

    private Offer(string text)
    {
        Text = text;
        Hash = Sha256.Hex(text);
        _members = JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = SchemaLimits.SchemaJsonDepth });
    }

    public string Text { get; }

    /// <summary>SHA-256 of the text, in hexadecimal.</summary>
    public string Hash { get; }

    public string Tool => WordOf("name")!;

    public string Title => WordOf("title") ?? WordOf("title", Annotations) ?? Tool;

    public string Summary => WordOf("description") ?? Title;

    public JsonElement Input => MemberOf(InputSchema) ?? Anything;

    public JsonElement Output => MemberOf(OutputSchema) ?? Anything;

    /// <summary>What a server says of a tool; or why it cannot be used.</summary>
    public static (Offer? Offer, string? Fault) Read(Tool tool, string server)
    {
        try
        {
            var info = McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool));
            var offer = Of(JsonSerializer.SerializeToElement(tool, info));
            return offer.FaultIn(server) is { } fault ? (null, fault) : (offer, null);
        }
        catch (Exception failure) when (failure is InvalidOperationException or JsonException or ArgumentException)
        {
            return (
                null,
                $"{Quoted.Of(tool.Name)} cannot be used: what is said of it is not Unicode, or nested too deeply."
            );
        }
    }

    /// <param name="tool">A tool as MCP writes it; members that are not pinned do not count.</param>
    public static Offer Of(JsonElement tool)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (
            var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = SchemaLimits.SchemaJsonDepth })
        )
        {
            writer.WriteStartObject();
            foreach (var name in Members.Where(name => tool.TryGetProperty(name, out var m) && !IsNull(m)))
            {
                writer.WritePropertyName(name);
                WriteSorted(writer, tool.GetProperty(name));
            }

            writer.WriteEndObject();
        }

        return new Offer(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>Reads what <see cref="Text"/> was.</summary>
    public static Offer Parse(string text) => new(text);

    /// <summary>Why a tool of this server cannot be used, or null.</summary>
    private string? FaultIn(string server)
    {
        var name = $"{server}.{Tool}";
        if (!ToolCatalog.IsName(name))
        {
            return $"{Quoted.Of(Tool)} cannot be used: a tool's name is a letter, then letters, digits, '-', '_', '.'.";
        }

        if (Encoding.UTF8.GetByteCount(Text) > MaxBytes)
        {
            return $"'{Tool}' cannot be used: its description and schemas are larger than {MaxBytes} bytes.";
        }

        try
        {
            ToolSchemas.Compile(new ToolDescription(name, Title, Summary, Input, Output, Effect.Keyed));
            return null;
        }
        catch (SchemaException failure)
        {
            return $"'{Tool}' cannot be used: a schema of it does not compile: {failure.Message}";
        }
    }

    /// <summary>The members in which another text differs.</summary>
    public IReadOnlyList<ToolChange> ChangesTo(Offer other) =>
        [
            .. from name in Members
            let pinned = MemberOf(name)
            let offered = other.MemberOf(name)
            where pinned?.GetRawText() != offered?.GetRawText()
            select new ToolChange(name, pinned, offered),
        ];

    private static void WriteSorted(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    WriteSorted(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteSorted(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private JsonElement? MemberOf(string name) => _members.TryGetProperty(name, out var member) ? member : null;

    private string? WordOf(string name, string? within = null)
    {
        var holder = within is null ? _members : MemberOf(within) ?? Anything;
        return holder.TryGetProperty(name, out var word) && word.ValueKind == JsonValueKind.String
            ? word.GetString()
            : null;
    }

    private static bool IsNull(JsonElement value) => value.ValueKind == JsonValueKind.Null;
}
