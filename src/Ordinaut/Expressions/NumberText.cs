using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Ordinaut.Expressions;

/// <summary>
/// Numbers as JSON writes them (RFC 8259, section 6), compared by their exact value: a double cannot tell
/// 9007199254740993 from 9007199254740992, nor 1e999999 from 2e999999.
/// </summary>
internal static class NumberText
{
    // An exponent beyond this stands for "as far as one likes"; adding a digit count cannot overflow it.
    private const long ExponentCeiling = 1L << 50;

    public static bool IsNumber(ReadOnlySpan<char> text)
    {
        var rest = text.StartsWith('-') ? text[1..] : text;
        var whole = DigitCount(rest);
        if (whole == 0 || (whole > 1 && rest[0] == '0'))
        {
            return false;
        }

        rest = rest[whole..];
        if (rest.StartsWith('.'))
        {
            var fraction = DigitCount(rest[1..]);
            if (fraction == 0)
            {
                return false;
            }

            rest = rest[(fraction + 1)..];
        }

        return rest.IsEmpty || IsExponent(rest);
    }

    public static double ToDouble(ReadOnlySpan<byte> utf8) =>
        Utf8Parser.TryParse(utf8, out double value, out var used) && used == utf8.Length
            ? value
            : double.Parse(Encoding.ASCII.GetString(utf8), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Whether the text has neither fraction nor exponent.</summary>
    public static bool IsInteger(ReadOnlySpan<byte> utf8) => utf8.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;

    /// <summary>Negative, 0 or positive, as the left number is less, equal or greater.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right))
        {
            return 0;
        }

        var a = new Parts(left);
        var b = new Parts(right);
        if (a.Sign != b.Sign || a.Sign == 0)
        {
            return a.Sign.CompareTo(b.Sign);
        }

        var byMagnitude = a.Magnitude != b.Magnitude ? a.Magnitude.CompareTo(b.Magnitude) : Parts.CompareDigits(a, b);
        return a.Sign * byMagnitude;
    }

    private static bool IsExponent(ReadOnlySpan<char> text)
    {
        if (text[0] is not ('e' or 'E'))
        {
            return false;
        }

        var digits = text[1..];
        if (digits.StartsWith('+') || digits.StartsWith('-'))
        {
            digits = digits[1..];
        }

        return digits.Length > 0 && DigitCount(digits) == digits.Length;
    }

    private static int DigitCount(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    /// <summary>
    /// A number as ±0.d₁d₂d₃… × 10^magnitude with d₁ not zero. The digits are read where they stand: those before
    /// the point, then those after it.
    /// </summary>
    private readonly ref struct Parts
    {
        private readonly ReadOnlySpan<byte> _whole;
        private readonly ReadOnlySpan<byte> _fraction;

        public Parts(ReadOnlySpan<byte> utf8)
        {
            var negative = utf8[0] == '-';
            var rest = negative ? utf8[1..] : utf8;
            var mark = rest.IndexOfAny((byte)'e', (byte)'E');
            var digits = mark < 0 ? rest : rest[..mark];
            var exponent = mark < 0 ? 0 : Exponent(rest[(mark + 1)..]);
            var point = digits.IndexOf((byte)'.');
            var whole = point < 0 ? digits : digits[..point];
            var fraction = point < 0 ? default : digits[(point + 1)..];

            _whole = whole.TrimStart((byte)'0');
            _fraction = fraction;
            Magnitude = _whole.Length + exponent;
            if (_whole.IsEmpty)
            {
                _fraction = fraction.TrimStart((byte)'0');
                Magnitude = exponent - (fraction.Length - _fraction.Length);
            }

            _fraction = _fraction.TrimEnd((byte)'0');
            var isZero = _whole.IsEmpty && _fraction.IsEmpty;
            Sign =
                isZero ? 0
                : negative ? -1
                : 1;
        }

        public int Sign { get; }

        public long Magnitude { get; }

        private int Length => _whole.Length + _fraction.Length;

        public static int CompareDigits(in Parts a, in Parts b)
        {
            for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
            {
                var difference = a.Digit(i) - b.Digit(i);
                if (difference != 0)
                {
                    return Math.Sign(difference);
                }
            }

            return 0;
        }

        private int Digit(int index) =>
            index < _whole.Length ? _whole[index]
            : index < Length ? _fraction[index - _whole.Length]
            : '0';

        private static long Exponent(ReadOnlySpan<byte> utf8)
        {
            var negative = utf8[0] == '-';
            var digits = utf8.TrimStart("+-"u8);
            var value = 0L;
            foreach (var digit in digits)
            {
                value = Math.Min(ExponentCeiling, value * 10 + (digit - '0'));
            }

            return negative ? -value : value;
        }
    }
}
