using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// The exact decimal value of a JSON number's text, read in place. JSON numbers have no size (RFC 8259 section 6):
/// 1e400 and 0.1234567890123456789 must compare right, so neither double nor decimal will do.
/// The value is the digits from the first to the last that is not zero, times ten to the <see cref="Exponent"/>.
/// </summary>
internal readonly ref struct JsonNumber
{
    // Beyond this an exponent is a number nobody distinguishes; far below overflow when lengths are added.
    private const long HugeExponent = 1_000_000_000_000_000;

    // May contain the decimal point.
    private readonly ReadOnlySpan<byte> _digits;

    public JsonNumber(ReadOnlySpan<byte> text)
    {
        IsNegative = text[0] == (byte)'-';
        var mantissa = text[(IsNegative ? 1 : 0)..];
        long exponent = 0;
        var e = mantissa.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            exponent = ReadExponent(mantissa[(e + 1)..]);
            mantissa = mantissa[..e];
        }

        var first = mantissa.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (first < 0)
        {
            IsNegative = false;
            return;
        }

        var last = mantissa.LastIndexOfAnyInRange((byte)'1', (byte)'9');
        var point = mantissa.IndexOf((byte)'.');
        var whole = point < 0 ? mantissa.Length : point;
        _digits = mantissa[first..(last + 1)];
        Count = last - first + (first < whole && last > whole ? 0 : 1);
        Exponent = exponent + whole - last - (last < whole ? 1 : 0);
    }

    public bool IsNegative { get; }

    /// <summary>The power of ten of the last significant digit; 0 for zero.</summary>
    public long Exponent { get; }

    /// <summary>How many significant digits there are; 0 for zero.</summary>
    public int Count { get; }

    public bool IsZero => Count == 0;

    /// <summary>1.0 and 1e3 are integers (JSON Schema core 2020-12, section 4.2.3).</summary>
    public bool IsInteger => Exponent >= 0;

    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (TryInt64(left, out var x) && TryInt64(right, out var y))
        {
            return x.CompareTo(y);
        }

        var a = new JsonNumber(left);
        var b = new JsonNumber(right);
        if (a.Sign != b.Sign)
        {
            return a.Sign.CompareTo(b.Sign);
        }

        return a.Sign * CompareSizes(a, b);
    }

    /// <summary>The integer value, or the nearest end of the range; null when it is not an integer.</summary>
    public static long? ClampToInt64(ReadOnlySpan<byte> text)
    {
        var number = new JsonNumber(text);
        if (!number.IsInteger)
        {
            return null;
        }

        if (number.IsZero)
        {
            return 0;
        }

        if (number.Count + number.Exponent > 18)
        {
            return number.IsNegative ? long.MinValue : long.MaxValue;
        }

        return (long)number.SignedDigits() * (long)BigInteger.Pow(10, (int)number.Exponent);
    }

    /// <summary>Whether the value divided by the divisor is an integer, exactly.</summary>
    public static bool IsMultiple(ReadOnlySpan<byte> text, ReadOnlySpan<byte> divisorText)
    {
        var value = new JsonNumber(text);
        var divisor = new JsonNumber(divisorText);
        if (value.IsZero)
        {
            return true;
        }

        if (value.Count > SchemaLimits.ExactDigits || divisor.Count > SchemaLimits.ExactDigits)
        {
            return IsNearMultiple(text, divisorText);
        }

        // The value's last digit is not zero, so a divisor with a greater power of ten cannot divide it unless
        // its own digits hold what is missing, which they cannot: they would need to divide by ten.
        var shift = value.Exponent - divisor.Exponent;
        if (shift < 0)
        {
            return false;
        }

        var modulus = divisor.SignedDigits();
        return (value.SignedDigits() * BigInteger.ModPow(10, shift, modulus) % modulus).IsZero;
    }

    public int Hash()
    {
        var hash = new HashCode();
        hash.Add(Sign);
        hash.Add(Exponent);
        foreach (var digit in _digits)
        {
            if (digit != (byte)'.')
            {
                hash.Add(digit);
            }
        }

        return hash.ToHashCode();
    }

    private int Sign =>
        IsZero ? 0
        : IsNegative ? -1
        : 1;

    private static bool TryInt64(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var read) && read == text.Length;

    private static int CompareSizes(JsonNumber a, JsonNumber b)
    {
        var byMagnitude = (a.Count + a.Exponent).CompareTo(b.Count + b.Exponent);
        if (byMagnitude != 0)
        {
            return byMagnitude;
        }

        var (i, j) = (0, 0);
        while (i < a._digits.Length && j < b._digits.Length)
        {
            i += a._digits[i] == (byte)'.' ? 1 : 0;
            j += b._digits[j] == (byte)'.' ? 1 : 0;
            if (a._digits[i] != b._digits[j])
            {
                return a._digits[i].CompareTo(b._digits[j]);
            }

            i++;
            j++;
        }

        return a.Count.CompareTo(b.Count);
    }

    private static long ReadExponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == (byte)'-';
        long exponent = 0;
        foreach (var c in text)
        {
            if (c is >= (byte)'0' and <= (byte)'9')
            {
                exponent = Math.Min(exponent * 10 + c - '0', HugeExponent);
            }
        }

        return negative ? -exponent : exponent;
    }

    private static bool IsNearMultiple(ReadOnlySpan<byte> text, ReadOnlySpan<byte> divisorText)
    {
        var quotient =
            double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
            / double.Parse(divisorText, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsInteger(quotient);
    }

    private BigInteger SignedDigits()
    {
        var text = new char[Count];
        var length = 0;
        foreach (var digit in _digits)
        {
            if (digit != (byte)'.')
            {
                text[length++] = (char)digit;
            }
        }

        var digits = BigInteger.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        return IsNegative ? -digits : digits;
    }
}
