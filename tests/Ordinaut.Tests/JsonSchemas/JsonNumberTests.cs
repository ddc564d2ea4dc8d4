using System.Numerics;
using System.Text;
using CsCheck;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Tests.JsonSchemas;

public sealed class JsonNumberTests
{
    [Theory]
    [InlineData("0", "-0.000e7", 0)]
    [InlineData("1", "1.0", 0)]
    [InlineData("100", "1e2", 0)]
    [InlineData("1.50", "15E-1", 0)]
    [InlineData("10.05", "10.5", -1)]
    [InlineData("105", "1050e-1", 0)]
    [InlineData("-2", "1e-400", -1)]
    [InlineData("-1e400", "-1e399", -1)]
    [InlineData("1e99999999999999999999", "1e400", 1)]
    [InlineData("9223372036854775808", "9223372036854775807", 1)]
    [InlineData("0.1", "0.10000000000000000000000000000001", -1)]
    public void Numbers_compare_by_value(string left, string right, int order)
    {
        Assert.Equal(order, Math.Sign(JsonNumber.Compare(Utf8(left), Utf8(right))));
        Assert.Equal(-order, Math.Sign(JsonNumber.Compare(Utf8(right), Utf8(left))));
        Assert.Equal(order == 0, new JsonNumber(Utf8(left)).Hash() == new JsonNumber(Utf8(right)).Hash());
    }

    [Fact]
    public void Comparing_agrees_with_whole_numbers_of_the_same_scale() =>
        Gen.Select(Gen.Long, Gen.Int[0, 20], Gen.Long, Gen.Int[0, 20])
            .Sample(
                (a, scaleA, b, scaleB) =>
                    Math.Sign(JsonNumber.Compare(Utf8($"{a}e{scaleA}"), Utf8($"{b}e{scaleB}")))
                    == (a * BigInteger.Pow(10, scaleA)).CompareTo(b * BigInteger.Pow(10, scaleB)),
                iter: 2_000
            );

    [Fact]
    public void Multiples_agree_with_decimal_arithmetic() =>
        Gen.Select(Gen.Int[-100_000, 100_000], Gen.Int[0, 4], Gen.Int[1, 500], Gen.Int[0, 4])
            .Sample(
                (a, scaleA, b, scaleB) =>
                {
                    var (value, divisor) = (new decimal(a) / Power(scaleA), new decimal(b) / Power(scaleB));
                    return JsonNumber.IsMultiple(Utf8($"{a}e-{scaleA}"), Utf8($"{b}e-{scaleB}"))
                        == (value % divisor == 0);
                },
                iter: 5_000
            );

    [Theory]
    [InlineData("5", 5L)]
    [InlineData("0.0", 0L)]
    [InlineData("1e400", long.MaxValue)]
    [InlineData("-1e400", long.MinValue)]
    [InlineData("5e3", 5000L)]
    [InlineData("0.5", null)]
    public void Counts_are_clamped(string text, long? expected) =>
        Assert.Equal(expected, JsonNumber.ClampToInt64(Utf8(text)));

    private static decimal Power(int scale) => (decimal)Math.Pow(10, scale);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
