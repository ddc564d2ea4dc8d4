using System.Text.Json;

namespace Ordinaut.Store;

/// <summary>The current row of a result, read by column position in the order the statement lists them.</summary>
internal abstract class Row
{
    public abstract bool IsNull(int column);

    public abstract Guid Id(int column);

    public abstract DateTimeOffset Instant(int column);

    public abstract string Text(int column);

    public abstract long Long(int column);

    public abstract double Double(int column);

    public abstract byte[] Bytes(int column);

    public abstract JsonElement Json(int column);

    public abstract bool Bool(int column);

    public int Int(int column) => checked((int)Long(column));

    public Guid? IdOrNull(int column) => IsNull(column) ? null : Id(column);

    public DateTimeOffset? InstantOrNull(int column) => IsNull(column) ? null : Instant(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public double? DoubleOrNull(int column) => IsNull(column) ? null : Double(column);

    public byte[]? BytesOrNull(int column) => IsNull(column) ? null : Bytes(column);

    public JsonElement? JsonOrNull(int column) => IsNull(column) ? null : Json(column);
}
