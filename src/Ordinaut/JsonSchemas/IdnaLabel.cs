using System.Globalization;
using System.Text;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// Whether a label may be part of an international host name: IDNA 2008 (RFC 5892), its derived property taken
/// from the general category, with the exceptions of section 2.6 and the context rules of appendix A.
/// </summary>
internal static class IdnaLabel
{
    private const int MiddleDot = 0x00B7;
    private const int GreekKeraia = 0x0375;
    private const int HebrewGeresh = 0x05F3;
    private const int HebrewGershayim = 0x05F4;
    private const int KatakanaMiddleDot = 0x30FB;
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;

    // Section 2.6, exceptions: valid although the category says otherwise.
    private static readonly HashSet<int> Valid = [0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007];

    // Section 2.6, exceptions: disallowed although the category would permit them.
    private static readonly HashSet<int> Disallowed =
    [
        0x0640,
        0x07FA,
        0x302E,
        0x302F,
        0x3031,
        0x3032,
        0x3033,
        0x3034,
        0x3035,
        0x303B,
    ];

    // Viramas (combining class 9) of the scripts that use joiners.
    private static readonly HashSet<int> Viramas =
    [
        0x094D,
        0x09CD,
        0x0A4D,
        0x0ACD,
        0x0B4D,
        0x0BCD,
        0x0C4D,
        0x0CCD,
        0x0D4D,
        0x0DCA,
        0x0E3A,
        0x0F84,
        0x1039,
    ];

    public static bool IsValid(string label)
    {
        var characters = label.EnumerateRunes().Select(r => r.Value).ToArray();
        if (characters.Length == 0 || IsMark(characters[0]) || characters[0] == '-' || characters[^1] == '-')
        {
            return false;
        }

        // RFC 5891 section 4.2.3.1.
        if (characters.Length > 3 && characters[2] == '-' && characters[3] == '-')
        {
            return false;
        }

        for (var i = 0; i < characters.Length; i++)
        {
            if (!IsPermitted(characters, i))
            {
                return false;
            }
        }

        return !(characters.Any(IsArabicIndicDigit) && characters.Any(IsExtendedArabicIndicDigit));
    }

    private static bool IsPermitted(int[] label, int i)
    {
        var before = i > 0 ? label[i - 1] : 0;
        var after = i + 1 < label.Length ? label[i + 1] : 0;
        return label[i] switch
        {
            '-' => true,
            MiddleDot => before == 'l' && after == 'l',
            GreekKeraia => IsGreek(after),
            HebrewGeresh or HebrewGershayim => IsHebrew(before),
            KatakanaMiddleDot => label.Any(IsKanaOrHan),
            ZeroWidthJoiner => Viramas.Contains(before),
            ZeroWidthNonJoiner => Viramas.Contains(before) || (IsArabicLetter(before) && IsArabicLetter(after)),
            var c => Valid.Contains(c) || (!Disallowed.Contains(c) && IsLetterDigit(c)),
        };
    }

    /// <summary>Section 2.1, without capitals: they are not stable under case folding (section 2.2).</summary>
    private static bool IsLetterDigit(int c) =>
        Rune.GetUnicodeCategory(new Rune(c))
            is UnicodeCategory.LowercaseLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.DecimalDigitNumber;

    private static bool IsMark(int c) =>
        Rune.GetUnicodeCategory(new Rune(c))
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    private static bool IsGreek(int c) => c is (>= 0x0370 and <= 0x03FF) or (>= 0x1F00 and <= 0x1FFF);

    private static bool IsHebrew(int c) => c is >= 0x0591 and <= 0x05F4;

    private static bool IsArabicLetter(int c) => c is >= 0x0620 and <= 0x07FF;

    private static bool IsArabicIndicDigit(int c) => c is >= 0x0660 and <= 0x0669;

    private static bool IsExtendedArabicIndicDigit(int c) => c is >= 0x06F0 and <= 0x06F9;

    private static bool IsKanaOrHan(int c) =>
        c
            is (>= 0x3041 and <= 0x309F)
                or (>= 0x30A1 and <= 0x30FA)
                or (>= 0x30FC and <= 0x30FF)
                or (>= 0x3400 and <= 0x4DBF)
                or (>= 0x4E00 and <= 0x9FFF)
                or 0x3005
                or 0x3007;
}
