using System.Collections.Frozen;

namespace Ordinaut.Expressions;

/// <summary>
/// Functions that are Ordinaut's own, not JMESPath's: templates and conditions need them, and a text that uses one
/// is not portable. <see cref="Dialect.Standard"/> does not know them.
/// </summary>
internal static class OrdinautFunctions
{
    public static readonly FrozenDictionary<string, Function> All = new Function[]
    {
        // default(value, fallback): the fallback when the value is null or missing. Unlike ||, keeps false, 0 and "".
        new("default", [Parameter.Any, Parameter.Any], Default) { SuppliesMissing = true },
        // format_time(instant, pattern, timezone?): an ISO 8601 instant as text, by a NodaTime pattern; UTC by default.
        new("format_time", [Parameter.String, Parameter.String, Parameter.String], FormatTime) { Optional = 1 },
        // add_time(instant, duration): the instant moved by '24h', '-7d', '1d12h'.
        new("add_time", [Parameter.String, Parameter.String], AddTime),
    }.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    private static JsonValue Default(Arguments arguments) => arguments[0].IsNull ? arguments[1] : arguments[0];

    private static JsonValue FormatTime(Arguments arguments)
    {
        var pattern = arguments.Text(1);
        if (pattern.Length is 0 or > ExpressionLimits.TimePattern)
        {
            throw arguments.InvalidValue($"takes a pattern of 1 to {ExpressionLimits.TimePattern} characters.");
        }

        var zone = arguments.Count > 2 ? arguments.Text(2) : "UTC";
        var instant = InstantText.Read(arguments[0], arguments.Position);
        return JsonValue.Of(InstantText.Format(instant, pattern, zone, arguments));
    }

    private static JsonValue AddTime(Arguments arguments)
    {
        var duration = arguments.Text(1);
        var isBackward = duration.StartsWith('-');
        var amount = isBackward ? duration[1..] : duration;
        if (DurationText.Read(amount, out var used) is not { } seconds || used != amount.Length)
        {
            throw arguments.InvalidValue($"takes a duration: {DurationText.Form}; with a - in front to go back.");
        }

        var instant = InstantText.Read(arguments[0], arguments.Position);
        var moved = InstantText.Shift(instant, isBackward ? -seconds : seconds, arguments.Position);
        return JsonValue.Of(InstantText.Write(moved));
    }
}
