using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// A compiled JSON Schema of draft 2020-12 (https://json-schema.org/draft/2020-12, the default) or draft-07 (by
/// <c>$schema</c>). Compiled once, immutable, shared by any number of threads. Nothing is fetched, patterns cannot
/// backtrack, and both compiling and validating cost at most what <see cref="SchemaLimits"/> says.
/// </summary>
internal sealed class JsonSchema
{
    private readonly SchemaNode _root;
    private readonly bool _tracksScope;

    private JsonSchema(SchemaNode root, bool tracksScope)
    {
        _root = root;
        _tracksScope = tracksScope;
    }

    /// <param name="schema">The schema; it is copied, its document may be disposed.</param>
    /// <param name="registry">Schemas it may refer to; none but the drafts' metaschemas when null.</param>
    /// <param name="assertFormats">
    /// Whether <c>format</c> refuses values. By default it only annotates, as draft 2020-12 has it.
    /// </param>
    /// <exception cref="SchemaException">
    /// It is not a schema, exceeds a limit, or refers to something that is not there.
    /// </exception>
    public static JsonSchema Compile(JsonElement schema, SchemaRegistry? registry = null, bool assertFormats = false)
    {
        var compiler = new SchemaCompiler(registry ?? new SchemaRegistry(), assertFormats);
        var root = compiler.Compile(schema.Clone());
        return new JsonSchema(root, compiler.UsesDynamicScope);
    }

    /// <summary>Whether the value meets the schema; false also when that is too complex to find out.</summary>
    public bool IsValid(JsonElement instance)
    {
        var run = new Evaluation(_tracksScope, null, 0);
        return _root.Evaluate(instance, run, Marks.None) && !run.Meter.IsSpent;
    }

    /// <summary>
    /// What is wrong with the value; empty when it meets the schema. When the validation became too complex, the
    /// last error says so and the value must not be used.
    /// </summary>
    /// <param name="instance">The value.</param>
    /// <param name="maxErrors">How many errors are enough; at least 1.</param>
    public IReadOnlyList<SchemaError> Validate(JsonElement instance, int maxErrors = SchemaLimits.Errors)
    {
        maxErrors = Math.Max(maxErrors, 1);
        var errors = new List<SchemaError>();
        var run = new Evaluation(_tracksScope, errors, maxErrors);
        var valid = _root.Evaluate(instance, run, Marks.None);
        if (errors.Count > maxErrors)
        {
            errors.RemoveRange(maxErrors, errors.Count - maxErrors);
        }

        if (run.Meter.IsSpent)
        {
            errors.Add(TooComplex());
        }
        else if (valid)
        {
            errors.Clear();
        }

        return errors;
    }

    private static SchemaError TooComplex() =>
        new(
            "",
            "",
            "too_complex",
            $"is too complex to validate: more than {SchemaLimits.Work} units of work, or nested deeper than "
                + $"{SchemaLimits.InstanceDepth} levels; a smaller value or a simpler schema would be right"
        );
}
