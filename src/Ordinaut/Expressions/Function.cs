using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>A function that expressions can call.</summary>
/// <param name="Name">As it is called.</param>
/// <param name="Parameters">What each argument must be; the last one repeats when the function is variadic.</param>
/// <param name="Call">The function itself; its arguments are of the types that the parameters name.</param>
internal sealed record Function(string Name, Parameter[] Parameters, Func<Arguments, JsonValue> Call)
{
    /// <summary>Arguments that may be left out at the end.</summary>
    public int Optional { get; init; }

    public bool IsVariadic { get; init; }

    /// <summary>It gives something else for an argument that is missing.</summary>
    public bool SuppliesMissing { get; init; }

    public bool Takes(int count) => count >= Parameters.Length - Optional && (IsVariadic || count <= Parameters.Length);

    public Parameter ParameterAt(int index) => Parameters[Math.Min(index, Parameters.Length - 1)];

    /// <summary>How many arguments are right, in words.</summary>
    public string Arity =>
        IsVariadic ? $"at least {Parameters.Length}"
        : Optional > 0 ? $"{Parameters.Length - Optional} to {Parameters.Length}"
        : $"{Parameters.Length}";
}

/// <summary>The types that a parameter accepts.</summary>
[Flags]
internal enum Parameter
{
    Null = 1,
    Boolean = 2,
    Number = 4,
    String = 8,
    Array = 16,
    Object = 32,
    Any = Null | Boolean | Number | String | Array | Object,

    /// <summary>An unevaluated <c>&amp;expression</c>; a function has one at most.</summary>
    Expression = 64,
}

/// <summary>The arguments of one call.</summary>
internal readonly struct Arguments
{
    private readonly Function _function;
    private readonly JsonValue[] _values;
    private readonly Node? _expression;

    public Arguments(Function function, JsonValue[] values, Node? expression, Fuel fuel, int position)
    {
        _function = function;
        _values = values;
        _expression = expression;
        Fuel = fuel;
        Position = position;
        CheckTypes();
    }

    public Fuel Fuel { get; }

    public int Position { get; }

    public int Count => _values.Length;

    /// <summary>The evaluated arguments in their order; an <c>&amp;expression</c> is not among them.</summary>
    public JsonValue this[int index] => _values[index];

    /// <summary>The elements of an array argument, all of them paid for.</summary>
    public JsonItems Items(int index)
    {
        Fuel.Spend(_values[index].Count);
        return _values[index].Items;
    }

    /// <summary>The text of a string argument, paid for.</summary>
    public string Text(int index)
    {
        Fuel.SpendText(_values[index].Size);
        return _values[index].Text();
    }

    /// <summary>What the <c>&amp;expression</c> gives for an element.</summary>
    public JsonValue Apply(in JsonValue element) => _expression!.Evaluate(element, Fuel);

    public ExpressionException InvalidType(string detail) =>
        new(ExpressionErrorKind.InvalidType, $"{_function.Name}() {detail}", Position);

    public ExpressionException InvalidValue(string detail) =>
        ExpressionException.InvalidValue($"{_function.Name}() {detail}", Position);

    public static string NameOf(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => "number",
            JsonValueKind.String => "string",
            JsonValueKind.Array => "array",
            JsonValueKind.Object => "object",
            _ => "null",
        };

    private static Parameter TypeOf(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.True or JsonValueKind.False => Parameter.Boolean,
            JsonValueKind.Number => Parameter.Number,
            JsonValueKind.String => Parameter.String,
            JsonValueKind.Array => Parameter.Array,
            JsonValueKind.Object => Parameter.Object,
            _ => Parameter.Null,
        };

    private void CheckTypes()
    {
        // An &expression stands first (map) or last, so only a first one shifts the values behind it.
        var shift = _function.Parameters[0] == Parameter.Expression ? 1 : 0;
        for (var i = 0; i < _values.Length; i++)
        {
            var parameter = _function.ParameterAt(i + shift);
            if ((parameter & TypeOf(_values[i].Kind)) == 0)
            {
                var wanted = parameter.ToString().ToLowerInvariant().Replace(", ", " or ", StringComparison.Ordinal);
                throw InvalidType($"takes {wanted} as argument {i + shift + 1}, not {NameOf(_values[i].Kind)}.");
            }
        }
    }
}
