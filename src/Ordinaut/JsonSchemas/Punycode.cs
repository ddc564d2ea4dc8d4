using System.Text;

namespace Ordinaut.JsonSchemas;

/// <summary>Decodes the part of a host label after <c>xn--</c> (RFC 3492 section 6.2).</summary>
internal static class Punycode
{
    private const int Base = 36;
    private const int LeastThreshold = 1;
    private const int MostThreshold = 26;
    private const int Skew = 38;
    private const int Damp = 700;
    private const int FirstCodePoint = 128;
    private const int FirstBias = 72;
    private const int LastCodePoint = 0x10FFFF;

    /// <summary>The decoded label; null when it is not Punycode.</summary>
    public static string? Decode(string text)
    {
        var hyphen = text.LastIndexOf('-');
        var output = new List<int>(text.Length);
        if (hyphen > 0)
        {
            output.AddRange(text[..hyphen].Select(c => (int)c));
        }

        if (output.Exists(c => c >= FirstCodePoint) || text.Length == hyphen + 1)
        {
            return null;
        }

        var digits = new Queue<char>(text[(hyphen + 1)..]);
        var (codePoint, index, bias) = (FirstCodePoint, 0, FirstBias);
        while (digits.Count > 0)
        {
            var before = index;
            if (!TryReadDelta(digits, bias, ref index))
            {
                return null;
            }

            bias = Adapt(index - before, output.Count + 1, before == 0);
            codePoint += index / (output.Count + 1);
            index %= output.Count + 1;
            if (codePoint > LastCodePoint || !Rune.IsValid(codePoint))
            {
                return null;
            }

            output.Insert(index++, codePoint);
        }

        return string.Concat(output.Select(char.ConvertFromUtf32));
    }

    private static bool TryReadDelta(Queue<char> digits, int bias, ref int index)
    {
        long weight = 1;
        for (var k = Base; ; k += Base)
        {
            if (!digits.TryDequeue(out var c) || Digit(c) is not { } digit)
            {
                return false;
            }

            var next = index + digit * weight;
            if (next > int.MaxValue)
            {
                return false;
            }

            index = (int)next;
            var threshold = Math.Clamp(k - bias, LeastThreshold, MostThreshold);
            if (digit < threshold)
            {
                return true;
            }

            weight *= Base - threshold;
            if (weight > int.MaxValue)
            {
                return false;
            }
        }
    }

    private static int? Digit(char c) =>
        char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a'
        : char.IsAsciiDigit(c) ? c - '0' + 26
        : null;

    private static int Adapt(int delta, int count, bool isFirst)
    {
        delta = isFirst ? delta / Damp : delta / 2;
        delta += delta / count;
        var k = 0;
        while (delta > (Base - LeastThreshold) * MostThreshold / 2)
        {
            delta /= Base - LeastThreshold;
            k += Base;
        }

        return k + (Base - LeastThreshold + 1) * delta / (delta + Skew);
    }
}
