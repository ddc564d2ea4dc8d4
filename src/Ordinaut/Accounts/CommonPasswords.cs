using System.Collections.Frozen;

namespace Ordinaut.Accounts;

/// <summary>
/// How many choices a password took. Lists of leaked ones have few of the length that is asked for here; what most
/// people take then is a well-known word made longer. So no list is looked into: a password is cut into as few pieces
/// as can be, each of them a well-known word, a year, keys or letters in a row, or what stood before. Pure.
/// </summary>
internal static class CommonPasswords
{
    /// <summary>What is made of fewer pieces than this, each one of a few hundred, can be tried through.</summary>
    public const int LeastPieces = 6;

    /// <summary>Characters of the shortest row of keys, and of the shortest repetition, that is one piece.</summary>
    private const int LeastRun = 3;

    /// <summary>Words that are in such passwords again and again, and what people wish for, love and support.</summary>
    private static readonly string[] Words = """
        a access account admin administrator agent always amanda and andrea andrew angel anthony apple april arsenal
        ashley asshole august autumn azerty baby banana barcelona baseball basketball batman bayern beautiful best bitch
        black blue boy brother bubbles buster butterfly celtic champion change changeme charlie cheese chelsea chicken
        chocolate christ christian company computer cookie cool daniel database december default diamond dog
        dragon eagle elephant enter eternity ever everton falcon family february ferrari flower football for forever
        freedom friend friends fuck fuckyou garfield george ginger girl god golden google green guest guitar hallo happy
        harley heart hello hi hockey home honey hottie house hunter i internet is jackson jennifer jessica jesus jordan
        joshua july june justin juventus kennwort killer king lakers letmein lion liverpool london lord love loveme
        lover lucky madrid magic manchester march marina martin master matrix matthew me mercedes merlin metallica
        michael michelle microsoft monday money monkey moon mother mustang my naruto network never nicole nothing
        november number october oliver one open orange orlando pass password passwd passwort patrick peace peanut pepper
        phoenix pokemon porsche power princess private purple qwerty rabbit ranger rangers real red robert rock root
        samantha samsung saturday scooter secret security september server sesame sexy shadow silver simple sister smile
        so soccer spiderman spring star starwars strong summer sunday sunshine superman sweet sweety system taylor test
        thankyou the this thomas tiger tigger time to trustno two united user victoria village welcome whatever white
        windows winter wizard wolf wonderful word work world yankees year yellow you zombie
        """.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What people write in place of a letter.</summary>
    private static readonly FrozenDictionary<char, string> Stands = new Dictionary<char, string>
    {
        ['a'] = "@4",
        ['b'] = "8",
        ['e'] = "3",
        ['g'] = "9",
        ['i'] = "1!",
        ['l'] = "1!",
        ['o'] = "0",
        ['s'] = "$5",
        ['t'] = "7+",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<char, (int Row, int Place)> Keys = Keyboard("y", "z");
    private static readonly FrozenDictionary<char, (int Row, int Place)> OtherKeys = Keyboard("z", "y");

    public static bool IsOne(string password) => Pieces(password) < LeastPieces;

    /// <summary>The fewest pieces that make the password, where all else is a piece by each character.</summary>
    public static int Pieces(string password)
    {
        var text = password.ToLowerInvariant();
        var fewest = new int[text.Length + 1];
        Array.Fill(fewest, int.MaxValue, 1, text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var next = fewest[at] + 1;
            var longest = Math.Max(1, Math.Max(Row(text, at), Repetition(text, at)));
            for (var length = 1; length <= longest; length++)
            {
                fewest[at + length] = Math.Min(fewest[at + length], length is 1 or >= LeastRun ? next : int.MaxValue);
            }

            foreach (var word in Words.Where(word => Begins(text.AsSpan(at), word)))
            {
                fewest[at + word.Length] = Math.Min(fewest[at + word.Length], next);
            }

            if (IsYear(text.AsSpan(at)))
            {
                fewest[at + 4] = Math.Min(fewest[at + 4], next);
            }
        }

        return fewest[^1];
    }

    private static bool IsYear(ReadOnlySpan<char> text) =>
        text.Length >= 4
        && (text.StartsWith("19") || text.StartsWith("20"))
        && char.IsAsciiDigit(text[2])
        && char.IsAsciiDigit(text[3]);

    private static bool Begins(ReadOnlySpan<char> text, string word)
    {
        if (text.Length < word.Length)
        {
            return false;
        }

        for (var i = 0; i < word.Length; i++)
        {
            if (text[i] != word[i] && !(Stands.TryGetValue(word[i], out var others) && others.Contains(text[i])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How many characters from here on each lie beside the one before, or are the same.</summary>
    private static int Row(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && AreBeside(text[end - 1], text[end]))
        {
            end++;
        }

        return end - at;
    }

    /// <summary>How many characters from here on have stood before, or go on as those before them did.</summary>
    private static int Repetition(string text, int at)
    {
        var longest = 0;
        for (var before = 0; before < at; before++)
        {
            longest = Math.Max(longest, text.AsSpan(before).CommonPrefixLength(text.AsSpan(at)));
        }

        return longest;
    }

    private static bool AreBeside(char one, char next) =>
        one == next
        || Math.Abs(one - next) == 1 && char.IsAsciiLetterOrDigit(one) && char.IsAsciiLetterOrDigit(next)
        || AreBeside(Keys, one, next)
        || AreBeside(OtherKeys, one, next);

    private static bool AreBeside(FrozenDictionary<char, (int Row, int Place)> keys, char one, char next) =>
        keys.TryGetValue(one, out var from)
        && keys.TryGetValue(next, out var to)
        && (from.Row - to.Row, from.Place - to.Place) is (0, 0 or 2 or -2) or (1 or -1, 1 or -1);

    /// <summary>Where each key lies: rows stand aside by half a key, so places are counted in halves.</summary>
    /// <param name="upper">Y in English, where German has Z.</param>
    private static FrozenDictionary<char, (int Row, int Place)> Keyboard(string upper, string lower)
    {
        string[] rows =
        [
            "1234567890-=",
            $"qwert{upper}uiop[]",
            "asdfghjkl;'",
            $"{lower}xcvbnm,./",
            // With the shift key.
            "!@#$%^&*()_+",
        ];
        return rows.Index()
            .SelectMany(row =>
                row.Item.Select((key, i) => (Key: key, Row: row.Index % 4, Place: 2 * i + row.Index % 4))
            )
            .ToFrozenDictionary(key => key.Key, key => (key.Row, key.Place));
    }
}
