namespace Ordinaut.JsonSchemas;

/// <summary>A schema that cannot be compiled: a malformed keyword, a limit, an unresolvable reference.</summary>
internal sealed class SchemaException(string pointer, string detail) : Exception($"{Place(pointer)}: {detail}")
{
    /// <summary>JSON Pointer (RFC 6901) to the offending part of the schema; empty for the whole.</summary>
    public string Pointer { get; } = pointer;

    /// <summary>What is wrong and what would be right, without the place.</summary>
    public string Detail { get; } = detail;

    private static string Place(string pointer) => pointer.Length == 0 ? "the schema" : pointer;
}
