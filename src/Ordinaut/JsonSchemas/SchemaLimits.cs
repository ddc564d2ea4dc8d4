namespace Ordinaut.JsonSchemas;

/// <summary>
/// What a schema, and one validation, may cost at most. Schemas come from tool servers and task authors, values
/// from anywhere: neither may hold a node.
/// </summary>
internal static class SchemaLimits
{
    /// <summary>Bytes of JSON text of one schema document.</summary>
    public const int TextBytes = 256 * 1024;

    /// <summary>Subschemas inside each other.</summary>
    public const int SchemaDepth = 32;

    /// <summary>Subschemas in one document.</summary>
    public const int Subschemas = 1_000;

    /// <summary>
    /// Arrays and objects inside each other in the text of a schema. A subschema needs two levels
    /// (<c>properties</c> and the member), and <c>const</c> may hold a value as deep as an instance.
    /// </summary>
    public const int SchemaJsonDepth = 2 * SchemaDepth + InstanceDepth;

    /// <summary>Arrays and objects inside each other in a value that is validated.</summary>
    public const int InstanceDepth = 64;

    /// <summary>
    /// Subschemas entered and not yet left; bounds the stack. At the deepest instance it leaves eight
    /// applications of <c>$ref</c>, <c>allOf</c> and the like for each level.
    /// </summary>
    public const int EvaluationDepth = 512;

    /// <summary>
    /// Units of work of one validation. One subschema applied to one value is one unit, about 0.1 to 0.5 us;
    /// long texts, patterns and comparisons are charged by length. So a validation ends within about 50 ms.
    /// </summary>
    public const int Work = 100_000;

    /// <summary>Characters of one regular expression.</summary>
    public const int PatternLength = 4_096;

    /// <summary>
    /// Positions of one regular expression with its counted repetitions written out, so <c>a{1,64}</c> has about
    /// 128. They are its memory, and each may cost a step at each character.
    /// </summary>
    public const int PatternSize = 1_000;

    /// <summary>Groups inside each other in one regular expression.</summary>
    public const int PatternDepth = 32;

    /// <summary>Significant digits up to which <c>multipleOf</c> is decided exactly; beyond, as a double.</summary>
    public const int ExactDigits = 1_000;

    /// <summary>Findings reported by one validation unless the caller asks for another number.</summary>
    public const int Errors = 50;

    /// <summary>Characters of a value or name shown in a message.</summary>
    public const int ShownLength = 60;
}
