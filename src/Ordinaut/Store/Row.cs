using System.Data.Common;
using System.Text.Json;

namespace Ordinaut.Store;

/// <summary>The current row of a result, read by column position in the order the statement lists them.</summary>
internal readonly struct Row(DbDataReader reader, Dialect dialect)
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public Guid Id(int column) => dialect.ReadId(reader, column);

    public Guid? IdOrNull(int column) => reader.IsDBNull(column) ? null : dialect.ReadId(reader, column);

    public DateTimeOffset Instant(int column) => dialect.ReadInstant(reader, column);

    public DateTimeOffset? InstantOrNull(int column) =>
        reader.IsDBNull(column) ? null : dialect.ReadInstant(reader, column);

    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public long Long(int column) => reader.GetInt64(column);

    public long? LongOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public double? DoubleOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    public int Int(int column) => reader.GetInt32(column);

    public bool Bool(int column) => reader.GetInt64(column) != 0;

    public byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    public JsonElement Json(int column) => Parse(reader.GetString(column));

    public JsonElement? JsonOrNull(int column) => reader.IsDBNull(column) ? null : Parse(reader.GetString(column));

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
