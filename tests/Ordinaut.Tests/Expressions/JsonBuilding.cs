using System.Text.Json;
using CsCheck;
using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

/// <summary>Makes values for tests.</summary>
internal static class JsonBuilding
{
    private static readonly string[] Scalars = ["true", "false", "null", "1.00", "-0", "1e400"];

    /// <summary>Any JSON text, three levels deep, without <c>${</c> or a backslash in its strings.</summary>
    public static readonly Gen<string> Text = Level(3);

    public static Json Parsed(string json) => Json.Of(JsonElement.Parse(json));

    /// <summary>The same value, put together by hand instead of parsed.</summary>
    public static Json Rebuilt(in Json value)
    {
        switch (value.Kind)
        {
            case JsonValueKind.Array:
                return Json.Array([.. value.Items.ToArray().Select(item => Rebuilt(item))]);
            case JsonValueKind.Object:
                var members = new List<(string, Json)>();
                foreach (var (name, member) in value.Members)
                {
                    members.Add((name, Rebuilt(member)));
                }

                return Json.Object([.. members]);
            case JsonValueKind.String:
                return Json.Of(value.Text());
            case JsonValueKind.Number:
                return Json.NumberOrNull(value.ToString());
            case JsonValueKind.Null:
                return Json.Null;
            default:
                return Json.Of(value.IsTruthy);
        }
    }

    private static Gen<string> Level(int depth)
    {
        var name = Gen.String[Gen.Char["abcdeé{}$ ☃"], 0, 5].Where(text => !text.Contains("${")).Select(Quote);
        var number = Gen.OneOf(
            Gen.Int.Select(value => $"{value}"),
            Gen.Double[-1e9, 1e9]
                .Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture))
        );
        var scalar = Gen.OneOf(name, number, Gen.OneOf([.. Scalars.Select(Gen.Const)]));
        if (depth == 0)
        {
            return scalar;
        }

        var inner = Level(depth - 1);
        return Gen.OneOf(
            scalar,
            inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"),
            Gen.Select(name, inner).Array[0, 4].Select(members => Object(members))
        );
    }

    private static string Object((string Name, string Value)[] members) =>
        $"{{{string.Join(',', members.DistinctBy(member => member.Name).Select(m => $"{m.Name}:{m.Value}"))}}}";

    private static string Quote(string text) => $"\"{text}\"";
}
