using System.Text.Json;
using Npgsql;

namespace Ordinaut.Store;

/// <summary>The current row of a reader.</summary>
internal sealed class PostgresRow(NpgsqlDataReader reader) : Row
{
    public override bool IsNull(int column) => reader.IsDBNull(column);

    public override Guid Id(int column) => reader.GetGuid(column);

    public override DateTimeOffset Instant(int column) => reader.GetFieldValue<DateTimeOffset>(column);

    public override string Text(int column) => reader.GetString(column);

    public override long Long(int column)
    {
        var type = reader.GetFieldType(column);
        return type == typeof(int) ? reader.GetInt32(column)
            : type == typeof(short) ? reader.GetInt16(column)
            : reader.GetInt64(column);
    }

    public override double Double(int column) =>
        reader.GetFieldType(column) == typeof(decimal) ? (double)reader.GetDecimal(column) : reader.GetDouble(column);

    public override byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public override JsonElement Json(int column) => JsonElement.Parse(reader.GetString(column));

    // A flag that is part of a row is a number in both databases; what a statement finds out is a boolean here.
    public override bool Bool(int column) =>
        reader.GetFieldType(column) == typeof(bool) ? reader.GetBoolean(column) : Long(column) != 0;
}
