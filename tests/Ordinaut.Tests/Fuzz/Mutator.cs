namespace Ordinaut.Tests.Fuzz;

/// <summary>
/// Makes texts that are nearly right out of right ones: the same for the same seed. A step cuts, repeats, swaps or
/// joins pieces, or puts a word of the language where it does not belong.
/// </summary>
/// <param name="most">Steps from a right text.</param>
internal sealed class Mutator(int seed, IReadOnlyList<string> texts, IReadOnlyList<string> words, int most = 5)
{
    /// <summary>Longer ones would cost time and find what shorter ones do.</summary>
    private const int MaxLength = 4_000;

    private static readonly string[] Anywhere =
    [
        "\0",
        "\n",
        "\u00a0",
        "\ud800",
        "\ud83d\ude00",
        "\u202e",
        "-1",
        "0",
        "00",
        "2147483648",
        "99999999999999999999",
        "1e309",
        "NaN",
        "é",
        "'",
        "\"",
        "\\",
        "${",
        "}",
        " ",
    ];

    private readonly Random _random = new(seed);

    public string Next()
    {
        var text = Pick(texts);
        for (var steps = _random.Next(1, most + 1); steps > 0; steps--)
        {
            text = Step(text);
        }

        return text.Length <= MaxLength ? text : text[..MaxLength];
    }

    private string Step(string text)
    {
        var (from, until) = Piece(text);
        return _random.Next(8) switch
        {
            0 => text.Remove(from, until - from),
            1 => text.Insert(until, text[from..until]),
            2 => text.Insert(from, Pick(Anywhere)),
            3 => text.Insert(from, Pick(words)),
            4 => text[..from] + Pick(words) + text[until..],
            5 => text[..from] + Pick(texts),
            6 => text[until..] + text[..until],
            _ => text.Insert(from, string.Concat(Enumerable.Repeat(text[from..until], _random.Next(1, 60)))),
        };
    }

    private (int From, int Until) Piece(string text)
    {
        var from = _random.Next(text.Length + 1);
        return (from, Math.Min(text.Length, from + _random.Next(9)));
    }

    private string Pick(IReadOnlyList<string> list) => list[_random.Next(list.Count)];
}
