using System.Collections.Frozen;
using System.Globalization;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// The general categories of <c>\p{..}</c> by their short and long names (Unicode Standard Annex 44, table 12), each
/// as a set of <see cref="UnicodeCategory"/> with one bit for each.
/// </summary>
internal static class EcmaCategories
{
    // In the order of UnicodeCategory.
    private static readonly string[] Single =
    [
        "Lu Uppercase_Letter",
        "Ll Lowercase_Letter",
        "Lt Titlecase_Letter",
        "Lm Modifier_Letter",
        "Lo Other_Letter",
        "Mn Nonspacing_Mark",
        "Mc Spacing_Mark",
        "Me Enclosing_Mark",
        "Nd Decimal_Number digit",
        "Nl Letter_Number",
        "No Other_Number",
        "Zs Space_Separator",
        "Zl Line_Separator",
        "Zp Paragraph_Separator",
        "Cc Control cntrl",
        "Cf Format",
        "Cs Surrogate",
        "Co Private_Use",
        "Pc Connector_Punctuation",
        "Pd Dash_Punctuation",
        "Ps Open_Punctuation",
        "Pe Close_Punctuation",
        "Pi Initial_Punctuation",
        "Pf Final_Punctuation",
        "Po Other_Punctuation",
        "Sm Math_Symbol",
        "Sc Currency_Symbol",
        "Sk Modifier_Symbol",
        "So Other_Symbol",
        "Cn Unassigned",
    ];

    private static readonly string[] Groups =
    [
        "L Letter",
        "M Mark Combining_Mark",
        "N Number",
        "P Punctuation punct",
        "S Symbol",
        "Z Separator",
        "C Other",
    ];

    private static readonly FrozenDictionary<string, uint> ByName = Load();

    /// <summary>The categories of a name like <c>Lu</c>, <c>Letter</c> or <c>gc=L</c>; null if it is none.</summary>
    public static uint? Find(string name)
    {
        var value =
            name.StartsWith("gc=", StringComparison.Ordinal) ? name[3..]
            : name.StartsWith("General_Category=", StringComparison.Ordinal) ? name[17..]
            : name;
        return ByName.TryGetValue(value, out var categories) ? categories : null;
    }

    private static FrozenDictionary<string, uint> Load()
    {
        var byName = new Dictionary<string, uint>(StringComparer.Ordinal);
        for (var i = 0; i < Single.Length; i++)
        {
            Add(Single[i], 1u << i);
        }

        foreach (var names in Groups)
        {
            var members = Single.Index().Where(single => single.Item[0] == names[0]);
            Add(names, members.Aggregate(0u, (sum, single) => sum | (1u << single.Index)));
        }

        Add("LC Cased_Letter", byName["Lu"] | byName["Ll"] | byName["Lt"]);
        return byName.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(string names, uint categories)
        {
            foreach (var name in names.Split(' '))
            {
                byName[name] = categories;
            }
        }
    }
}
