using System.Globalization;
using System.Text;
using System.Text.Json;
using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

/// <summary>
/// Texts and data made to take the process down, or a worker's time or memory. Each ends in a value or
/// an <see cref="ExpressionException"/> within bounds; a stack overflow would end the test process itself.
/// </summary>
[Collection(nameof(Alone))]
public sealed class HostileCorpus
{
    private const int MaxMilliseconds = 100;
    private const long MaxBytes = 32L * 1024 * 1024;
    private const int Huge = 200_000;

    private static readonly Lazy<JsonValue> Data = new(MakeData);

    private static readonly string[] Repeated =
    [
        "!",
        "(",
        "[",
        "{",
        "[?",
        "&",
        "'",
        "\"",
        "`",
        "*",
        ".",
        "|",
        "||",
        "&&",
        "@",
        "-",
        "1",
        "a.",
        "a[",
        "a[?",
        "a|",
        "a||",
        "a&&",
        "a==",
        "a<",
        "!(",
        "[[",
        "[a,",
        "{a:",
        "{a:{",
        "(((",
        "[*]",
        "[]",
        "[0]",
        "[::-1]",
        "*.",
        "length(",
        "not_null(",
        "not_null(a,",
        "map(&",
        "to_string(",
        "`[`",
        "'\\",
        "\\",
        "\0",
        "\u00a0",
        "é",
        "\ud83d\ude00",
        "\ud83d",
        "a b",
        "now+",
        "now+1d",
        "default(",
        "$",
        "${",
        "}",
        "${a}",
        "$${",
        "\n",
        " ",
    ];

    private static readonly Dictionary<string, string> Texts = Expressions()
        .Concat(Bombs())
        .ToDictionary(expression => expression.Name, expression => expression.Text, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_expression_cannot_take_more_than_its_share(string name)
    {
        var text = Texts[name];
        foreach (var dialect in new[] { Dialect.Standard, Dialect.Condition })
        {
            Bounded(name, () => JmesPath.Parse(text, dialect).Evaluate(Data.Value, new Fuel()).ToString());
        }

        Bounded(name, () => string.Concat(JmesPath.Parse(text, Dialect.Condition).RootPaths));
        Bounded(name, () => Condition.Parse(text).Evaluate(Data.Value, new Fuel()).ToString());
        Bounded(name, () => Rendered(JsonValue.Of(text)));
        Bounded(name, () => Rendered(JsonValue.Of("${" + text + "}")));
        Bounded(name, () => Rendered(JsonValue.Array(JsonValue.Of("x ${" + text + "} y"), JsonValue.Of(text))));
    }

    private static IEnumerable<(string Name, string Text)> Expressions()
    {
        foreach (var text in Repeated)
        {
            var name = string.Concat(
                text.Select(character =>
                    char.IsAscii(character) && !char.IsControl(character)
                        ? character.ToString()
                        : $"\\u{(int)character:x4}"
                )
            );
            yield return ($"200 kB of {name}", Repeat(text, Huge));
            yield return ($"4 KiB of {name}", Repeat(text, ExpressionLimits.ExpressionBytes));
        }
    }

    private static readonly Dictionary<string, string> Trees = new(StringComparer.Ordinal)
    {
        { "many strings", $"[{Join("\"x\"", 200_000)}]" },
        { "many numbers", $"[{Join("1", 400_000)}]" },
        { "many escapes", $"[{Join("\"\\u0041\"", 80_000)}]" },
        { "many templates", $"[{Join("\"${params}\"", 60_000)}]" },
        { "many templates in one string", $"\"{Repeat("${now}", 600_000)}\"" },
        { "many escaped templates", $"[{Join("\"$${\"", 100_000)}]" },
        { "many broken templates", $"[{Join("\"${\"", 100_000)}]" },
        { "many long templates", $"[{Join("\"${" + Repeat("a|", 4_000) + "a}\"", 250)}]" },
        { "many wrong long templates", $"[{Join("\"${" + Repeat("a|", 4_000) + "}\"", 250)}]" },
        {
            "many names",
            $"{{{string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"n{i}\":1"))},\"t\":\"${{now}}\"}}"
        },
        { "deep", Repeat("[", 64) + "\"${now}\"" + Repeat("]", 64) },
        { "the same large value many times", $"[{Join("\"${big.text}\"", 900)}]" },
        { "the same large value many times in text", $"\"{Repeat("${big.text}", 900 * 11)}\"" },
        { "the whole scope in text", $"\"{Repeat("a${@}", 900 * 5)}\"" },
        { "half a surrogate", "\"${a} \\ud800\"" },
        { "half a surrogate in a name", "{\"\\ud800\": \"${now}\"}" },
    };

    public static TheoryData<string> TreeNames => [.. Trees.Keys];

    [Theory]
    [MemberData(nameof(TreeNames))]
    public void A_template_cannot_take_more_than_its_share(string name)
    {
        var tree = JsonElement.Parse(Trees[name]);

        Bounded(name, () => Template.Parse(tree).Render(Data.Value, new Fuel()).Kind.ToString());
        Bounded(
            name,
            () =>
            {
                var findings = new List<ExpressionException>();
                Template.Parse(tree, findings);
                return findings.Count.ToString(CultureInfo.InvariantCulture);
            }
        );
    }

    [Fact]
    public void A_tree_that_was_parsed_without_a_depth_limit_is_refused()
    {
        var json = Repeat("[", 5_000) + "\"${now}\"" + Repeat("]", 5_000);
        var tree = JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 10_000 });

        Bounded("5,000 levels", () => Template.Parse(tree).Render(JsonValue.Null, new Fuel()).ToString());
    }

    [Fact]
    public void The_corpus_is_as_large_as_promised() =>
        Assert.True(Texts.Count + Trees.Count >= 120, "fewer than 120 hostile inputs");

    private static IEnumerable<(string Name, string Text)> Bombs()
    {
        for (var stages = 8; stages <= 40; stages += 8)
        {
            yield return ($"doubling {stages}", "n" + string.Concat(Enumerable.Repeat(" | [@,@]", stages)));
            yield return ($"doubling objects {stages}", "n" + string.Concat(Enumerable.Repeat("|{a:@,b:@}", stages)));
            yield return (
                $"doubling text {stages}",
                "text" + string.Concat(Enumerable.Repeat("|join(@,[@,@,@])", stages))
            );
            yield return ($"quoting {stages}", "[text]" + string.Concat(Enumerable.Repeat("|[to_string(@)]", stages)));
        }

        yield return ("ten million", "ten" + string.Concat(Enumerable.Repeat("|[@,@,@,@,@,@,@,@,@,@][]", 7)));
        yield return ("flatten doubling", "ten" + string.Concat(Enumerable.Repeat("|[@,@][]", 30)));
        yield return ("map in map", "map(&map(&map(&map(&@, $), $), $), $)".Replace("$", "ten"));
        yield return ("nested maps of arrays", "map(&[map(&[@,@],[@,@,@])],big.items)");
        yield return ("huge slice", "big.items[-999999999999999999:999999999999999999:1]");
        yield return ("huge backward slice", "big.items[::-1][::-1]|[::-1]|[::-1]");
        yield return ("huge index", "big.items[999999999999999999999999]");
        yield return ("slices of all", $"[{Join("big.items[::1]", 250)}]");
        yield return ("join large", "join(text,[text,text,text,text,text,text])");
        yield return ("join many", "join(big.text,big.words)");
        yield return ("join all", "join(join('',big.words),big.words)");
        yield return ("sort large", "sort(big.numbers)|reverse(@)|sort(@)");
        yield return ("sort words", "sort(big.words)|sort(@)");
        yield return ("sort equal", "sort_by(big.items,&`1`)");
        yield return ("sort by text", "sort_by(big.items,&to_string(@))");
        yield return ("max by text", "max_by(big.items,&join('',[to_string(@),to_string(@)]))");
        yield return ("equal large", "big==big");
        var items = string.Join(
            ',',
            Enumerable.Range(0, 2_000).Select(i => $$$"""{"a":[{"b":[{"c":{{{i}}} }]}],"s":"{{{i}}}"}""")
        );
        yield return ("contains large", "contains(big.items,big)");
        yield return ("contains periodic", "contains(periodic,reverse(periodic))");
        yield return ("contains half", "contains(periodic,half)");
        yield return ("contains many", $"[{Join("contains(periodic,half)", 150)}]");
        yield return ("length many", $"[{Join("length(big.text)", 200)}]");
        yield return ("reverse many", $"[{Join("reverse(big.text)", 200)}]");
        yield return ("text of all many", $"[{Join("to_string(@)", 300)}]");
        yield return ("text of big many", $"[{Join("to_string(big)", 250)}]");
        yield return ("keys many", $"[{Join("keys(wide)", 300)}]");
        yield return ("values many", $"[{Join("values(wide)", 300)}]");
        yield return ("merge many", $"merge({Join("wide", 500)})");
        yield return ("members of wide", $"[{Join("wide.n1", 450)}]");
        yield return ("absent members of wide", $"big.items[*].[{Join("x", 1_000)}]");
        yield return ("filter of all", "big.items[?@==@][?@==@][?@==@]");
        yield return ("filter in filter", "big.items[?a[?b[?c]]]");
        yield return ("projection in projection", "cube[*][*][*]");
        yield return ("flatten cube", "cube[][][]");
        yield return ("star of star", "*.*.*.*");
        yield return ("deep data", "deep");
        yield return ("deeper than deep", "[[deep]]");
        yield return ("deep comparison", "deep==[deep]");
        yield return ("deep built", "n" + string.Concat(Enumerable.Repeat("|[@]", 100)));
        yield return ("giant number", "`1e999999`");
        yield return ("giant number sum", "sum([`1e999999`,`-1e999999`])");
        yield return ("giant exponent", "n<`1e" + Repeat("9", 4_000) + "`");
        yield return ("giant digits", "`" + Repeat("9", 4_000) + "`>`" + Repeat("9", 50) + "`");
        yield return ("giant digits sum", "sum([`" + Repeat("9", 4_000) + "`])");
        yield return ("long number", "digits>digits||digits==`1`||abs(digits)==ceil(digits)");
        yield return ("sort long numbers", $"sort([{Join("digits", 500)}])");
        yield return ("to_number long", "to_number(to_string(digits))");
        yield return ("nested literal", "`" + Repeat("[", 2_000) + Repeat("]", 2_000) + "`");
        yield return ("nested literal 64", "`" + Repeat("[", 64) + Repeat("]", 64) + "`");
        yield return ("nested literal 65", "`" + Repeat("[", 65) + Repeat("]", 65) + "`");
        yield return ("wide literal", "`[" + Join("{}", 1_300) + "]`|[@,@,@][]|[@,@,@][]|[@,@,@][]|[@,@,@][]");
        yield return ("wide multi-select", $"[{Join("a", 2_000)}]");
        yield return ("wide hash", "{" + string.Join(',', Enumerable.Range(0, 500).Select(i => $"a{i}:n")) + "}");
        yield return ("same hash", "{" + Join("a:n", 1_000) + "}");
        yield return ("long path", "a" + Repeat(".a", 4_000));
        yield return ("long read path", "a" + Repeat(".a", 2_000) + ".[" + Join("a", 1_000) + "]");
        yield return ("many read paths", $"[{string.Join(',', Enumerable.Range(0, 700).Select(i => $"a{i}"))}]");
        yield return ("nul", "\"\\u0000\"==nul||'\0'");
        yield return ("half pair quoted", "\"\\ud800\"");
        yield return ("half pair literal", "`\"\\udfff\"`");
        yield return ("half pair data", "broken.a==broken.b||keys(broken)||to_string(broken)");
        yield return ("bidi", "'\u202e'||\"\u202e\"");
        yield return ("format pattern", $"format_time(now,'{Repeat("ffffffff", 64)}')");
        yield return ("format names", $"format_time(now,'{Repeat("dddd ", 64)}','UTC')");
        yield return ("format quotes", $"format_time(now,'{Repeat("\\'", 64)}')");
        yield return ("zone of length", $"format_time(now,'HH','{Repeat("x", 3_900)}')");
        yield return (
            "far future",
            "now+36525d|add_time(@,'36525d')" + string.Concat(Enumerable.Repeat("|add_time(@,'36525d')", 100))
        );
        yield return ("huge duration", "now+99999999999999999999999999d");
        yield return ("duration of units", "now+" + Repeat("1s", 4_000));
        yield return ("default nest", string.Concat(Enumerable.Repeat("default(x,", 40)) + "n" + Repeat(")", 40));
        yield return ("not_null wide", $"not_null({Join("x", 2_000)})");
        yield return ("scope in projection", "big.items[*].{a:@,b:@,c:@,d:@}.{a:@,b:@,c:@,d:@}");
    }

    private static JsonValue MakeData()
    {
        var numbers = string.Join(',', Enumerable.Range(0, 3_000).Select(i => i * 7919 % 3_001));
        var words = string.Join(',', Enumerable.Range(0, 3_000).Select(i => $"\"{new string('a', i % 50)}{i}\""));
        var items = string.Join(
            ',',
            Enumerable.Range(0, 2_000).Select(i => $$"""{"a":[{"b":[{"c":{{i}} }]}],"s":"{{i}}"}""")
        );
        var wide = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"n{i}\":{i}"));
        var row = $"[{Join("1", 30)}]";
        var plane = $"[{Join(row, 30)}]";
        var json = $$"""
            {"n": 5, "text": "{{Repeat("lorem ", 10_000)}}", "ten": [1,2,3,4,5,6,7,8,9,10],
             "big": {"text": "{{Repeat(
                "é☃x",
                100_000
            )}}", "numbers": [{{numbers}}], "words": [{{words}}], "items": [{{items}}]},
             "wide": { {{wide}} }, "cube": [{{Join(plane, 30)}}], "deep": {{Repeat("[", 60)}}{{Repeat("]", 60)}},
             "periodic": "{{Repeat("a", 100_000)}}", "half": "{{Repeat("a", 50_000)}}b{{Repeat("a", 10_000)}}",
             "digits": {{Repeat("7", 20_000)}}, "broken": {"a": "\ud800", "\ud800": 1, "b": "x"},
             "now": "2027-01-01T08:30:00Z", "params": {"x": 1} }
            """;
        return JsonValue.Of(JsonElement.Parse(Encoding.UTF8.GetBytes(json)));
    }

    private static string Rendered(JsonValue tree) =>
        Template.Parse(tree.ToElement()).Render(Data.Value, new Fuel()).ToString();

    private static string Repeat(string text, int length) =>
        string.Concat(Enumerable.Repeat(text, length / text.Length));

    private static string Join(string text, int count) => string.Join(',', Enumerable.Repeat(text, count));

    /// <summary>
    /// Time is that of the thread on a processor where the system tells it, since the machine may have other work;
    /// the best of three runs after a first one counts.
    /// </summary>
    private static void Bounded(string name, Func<string> act)
    {
        _ = Data.Value;
        var milliseconds = double.MaxValue;
        var bytes = long.MaxValue;
        for (var run = 0; run < 4 && (run < 1 || milliseconds > MaxMilliseconds || bytes > MaxBytes); run++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = ThreadTime.Milliseconds();
            Ends(act);
            milliseconds = Math.Min(milliseconds, ThreadTime.Milliseconds() - started);
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        Assert.True(milliseconds <= MaxMilliseconds, $"{name} took {milliseconds:F0} ms");
        Assert.True(bytes <= MaxBytes, $"{name} took {bytes >> 20} MiB");
    }

    private static void Ends(Func<string> act)
    {
        try
        {
            Assert.NotNull(act());
        }
        catch (ExpressionException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
