namespace Ordinaut.JsonSchemas;

/// <summary>One way in which a value does not meet a schema.</summary>
/// <param name="InstancePointer">JSON Pointer (RFC 6901) to the offending value; empty for the whole value.</param>
/// <param name="SchemaPointer">
/// JSON Pointer to the keyword that refused it, within the schema document; preceded by the document's URI when
/// that is not the schema compiled.
/// </param>
/// <param name="Keyword">The keyword, for example <c>required</c>; <c>false</c> for a schema that is false.</param>
/// <param name="Message">
/// What is wrong and what would be right, as the rest of a sentence that begins with the value's name.
/// </param>
internal sealed record SchemaError(string InstancePointer, string SchemaPointer, string Keyword, string Message);
