using System.Text;
using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>
/// The standard functions on numbers. Arithmetic is that of doubles, as in every JMESPath; a number that need not
/// change keeps its text.
/// </summary>
internal static class NumberFunctions
{
    public static Json Abs(Arguments arguments)
    {
        var utf8 = arguments[0].NumberUtf8();
        arguments.Fuel.SpendText(utf8.Length);
        return utf8[0] == '-' ? Json.NumberOrNull(Encoding.ASCII.GetString(utf8[1..])) : arguments[0];
    }

    public static Json Ceil(Arguments arguments) => Round(arguments, Math.Ceiling);

    public static Json Floor(Arguments arguments) => Round(arguments, Math.Floor);

    public static Json Sum(Arguments arguments) => Finite(Total(arguments), arguments);

    public static Json Avg(Arguments arguments)
    {
        var count = arguments[0].Count;
        return count == 0 ? Json.Null : Finite(Total(arguments) / count, arguments);
    }

    public static Json ToNumber(Arguments arguments) =>
        arguments[0].Kind switch
        {
            JsonValueKind.Number => arguments[0],
            JsonValueKind.String => Json.NumberOrNull(arguments.Text(0)),
            _ => Json.Null,
        };

    private static Json Round(Arguments arguments, Func<double, double> round)
    {
        var utf8 = arguments[0].NumberUtf8();
        arguments.Fuel.SpendText(utf8.Length);
        return NumberText.IsInteger(utf8) ? arguments[0] : Finite(round(arguments[0].Number()), arguments);
    }

    private static double Total(Arguments arguments)
    {
        var total = 0.0;
        var index = 0;
        foreach (var item in arguments.Items(0))
        {
            if (item.Kind != JsonValueKind.Number)
            {
                throw arguments.InvalidType($"takes an array of numbers, but element {index} is not a number.");
            }

            arguments.Fuel.SpendText(item.Size);
            total += item.Number();
            index++;
        }

        return total;
    }

    /// <summary>JSON has no infinity, so a result beyond a double's range is refused.</summary>
    private static Json Finite(double value, Arguments arguments) =>
        double.IsFinite(value)
            ? Json.Of(value == 0 ? 0 : value)
            : throw arguments.InvalidValue("gives a number beyond the range of about ±1.8e308.");
}
