using System.Text.Json;
using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

/// <summary>Own cases for what the official suite checks and for what it leaves open.</summary>
public sealed class JmesPathTable
{
    private const string Data = """
        {
          "a": {"b": {"c": 1, "d": null}, "with space": "s", "é": "accent"},
          "n": 5, "zero": 0, "neg": -3, "pi": 3.14159, "big": 9007199254740993, "exp": 1.50e3, "huge": 1e999999,
          "t": true, "f": false, "nul": null, "s": "text", "empty": "", "none": [], "bare": {},
          "list": [1, 2, 3, 4, 5],
          "mixed": [1, "two", null, true, {"x": 1}, [6]],
          "nested": [[1, [2]], 3, [4, null]],
          "words": ["b", "a", "C", "\ud83d\ude00", "\uff5e"],
          "people": [
            {"name": "Ana", "age": 31, "tags": ["x", "y"], "city": {"zip": "10"}},
            {"name": "Ion", "age": 25, "tags": [], "city": {"zip": "20"}},
            {"name": "Eva", "age": 31, "tags": ["z"]}
          ],
          "smile": "a\ud83d\ude00b",
          "map": {"one": {"v": 1}, "two": {"v": 2}, "three": 3}
        }
        """;

    private static readonly JsonValue Document = JsonValue.Of(JsonElement.Parse(Data));

    public static TheoryData<string, string> Values =>
        new()
        {
            // Paths.
            { "a.b.c", "1" },
            { "a.b.d", "null" },
            { "a.b.x.y", "null" },
            { "a . b\n.\tc", "1" },
            { "a.\"with space\"", "\"s\"" },
            { "a.\"\\u00e9\"", "\"accent\"" },
            { "a.\"é\"", "\"accent\"" },
            { "s.x", "null" },
            { "n[0]", "null" },
            { "@.n", "5" },
            { "(a).b.c", "1" },
            { "(((a.b))).c", "1" },
            // Numbers that are passed on keep their text.
            { "big", "9007199254740993" },
            { "exp", "1.50e3" },
            { "huge", "1e999999" },
            { "[big, exp]", "[9007199254740993,1.50e3]" },
            { "`1.0`", "1.0" },
            // Indices and slices.
            { "list[0]", "1" },
            { "list[-1]", "5" },
            { "list[5]", "null" },
            { "list[-6]", "null" },
            { "list[99999999999999999999]", "null" },
            { "list[-99999999999999999999]", "null" },
            { "list[1:3]", "[2,3]" },
            { "list[:2]", "[1,2]" },
            { "list[-2:]", "[4,5]" },
            { "list[::2]", "[1,3,5]" },
            { "list[::-1]", "[5,4,3,2,1]" },
            { "list[3:0:-2]", "[4,2]" },
            { "list[9:1:-1]", "[5,4,3]" },
            { "list[-9:2]", "[1,2]" },
            { "list[:-9:-1]", "[5,4,3,2,1]" },
            { "list[2:2]", "[]" },
            { "list[0:99999999999:99999999999]", "[1]" },
            { "list[::-99999999999]", "[5]" },
            { "none[::-1]", "[]" },
            { "s[0:1]", "null" },
            { "people[:2].name", "[\"Ana\",\"Ion\"]" },
            // Projections.
            { "people[*].name", "[\"Ana\",\"Ion\",\"Eva\"]" },
            { "people[*].city.zip", "[\"10\",\"20\"]" },
            { "people[*].tags[0]", "[\"x\",\"z\"]" },
            { "people[*].tags | [0]", "[\"x\",\"y\"]" },
            { "people[].tags[]", "[\"x\",\"y\",\"z\"]" },
            { "(people[*].tags)[1]", "[]" },
            { "people[*].tags[*]", "[[\"x\",\"y\"],[],[\"z\"]]" },
            { "mixed[*]", "[1,\"two\",true,{\"x\":1},[6]]" },
            { "nested[]", "[1,[2],3,4]" },
            { "nested[][]", "[1,2,3,4]" },
            { "nested[][][]", "[1,2,3,4]" },
            { "map.*.v", "[1,2]" },
            { "map.* | [2]", "3" },
            { "*.b.c", "[1]" },
            { "list.*", "null" },
            { "map[*]", "null" },
            { "map[]", "null" },
            { "bare.*", "[]" },
            { "n[*]", "null" },
            // Filters.
            { "people[?age > `30`].name", "[\"Ana\",\"Eva\"]" },
            { "people[?name == 'Ion'] | [0].age", "25" },
            { "people[?tags].name", "[\"Ana\",\"Eva\"]" },
            { "people[?!tags].name", "[\"Ion\"]" },
            { "people[?city.zip == '20' || age == `31` && name == 'Eva'].name", "[\"Ion\",\"Eva\"]" },
            { "people[?contains(tags, 'z')].name", "[\"Eva\"]" },
            { "people[?age > `30`][?tags]", "[]" },
            { "list[?@ > `2`]", "[3,4,5]" },
            { "map[?v]", "null" },
            // Truth.
            { "t && s", "\"text\"" },
            { "f && s", "false" },
            { "nul || empty || none || bare || f", "false" },
            { "zero || s", "0" },
            { "!empty", "true" },
            { "!zero", "false" },
            { "!!s", "true" },
            { "!a.b.x", "true" },
            { "!a.b", "false" },
            { "t && f || s", "\"text\"" },
            { "f || t && s", "\"text\"" },
            { "nul | t", "null" },
            { "a || b | [@]", "[{\"b\":{\"c\":1,\"d\":null},\"with space\":\"s\",\"é\":\"accent\"}]" },
            // Comparisons.
            { "n == `5.0`", "true" },
            { "exp == `1500`", "true" },
            { "big == `9007199254740992`", "false" },
            { "big > `9007199254740992`", "true" },
            { "huge > `1e999998`", "true" },
            { "huge == `10e999998`", "true" },
            { "neg < `-2.5`", "true" },
            { "n >= `5` && n <= `5`", "true" },
            { "n != `5`", "false" },
            { "n > `5`", "false" },
            { "n < `5`", "false" },
            { "s < 'z'", "null" },
            { "s == `\"text\"`", "true" },
            { "nul == a.x", "true" },
            { "t == `true`", "true" },
            { "t == n", "false" },
            { "a.b == `{\"d\": null, \"c\": 1.0}`", "true" },
            { "a.b == `{\"d\": null}`", "false" },
            { "a.b == `{\"d\": null, \"x\": 1}`", "false" },
            { "list == `[1,2,3,4,5]`", "true" },
            { "list == `[1,2,3,5,4]`", "false" },
            { "list == `[1,2,3,4]`", "false" },
            { "[n, s] == `[5, \"text\"]`", "true" },
            { "{x: n} == `{\"x\": 5}`", "true" },
            // Literals.
            { "'it\\'s'", "\"it's\"" },
            { "'\\n'", "\"\\\\n\"" },
            { "''", "\"\"" },
            { "`\"a\\`b\"`", "\"a`b\"" },
            { "`{\"k\": [1, {\"x\": null}]}`.k[1]", "{\"x\":null}" },
            { "` true `", "true" },
            { "`-0.5e-3`", "-0.5e-3" },
            // Multi-selects.
            { "[n, s]", "[5,\"text\"]" },
            { "a.b.[c, d]", "[1,null]" },
            { "a.x.[c]", "null" },
            { "{x: n, y: a.b.c}", "{\"x\":5,\"y\":1}" },
            { "{\"x y\": n}", "{\"x y\":5}" },
            { "{x: n, x: s}", "{\"x\":\"text\"}" },
            { "people[].{n: name, c: length(tags)}[0:1]", "[]" },
            { "people[0].{n: name, t: tags[0]}", "{\"n\":\"Ana\",\"t\":\"x\"}" },
            { "nul.{x: n}", "null" },
            { "[[n]]", "[[5]]" },
            { "map.[*]", "[[{\"v\":1},{\"v\":2},3]]" },
        };

    public static TheoryData<string, string> Calls =>
        new()
        {
            { "abs(neg)", "3" },
            { "abs(n)", "5" },
            { "abs(`-1e400`)", "1e400" },
            { "abs(`-0.0`)", "0.0" },
            { "avg(list)", "3" },
            { "avg(none)", "null" },
            { "ceil(pi)", "4" },
            { "ceil(`-0.5`)", "0" },
            { "ceil(big)", "9007199254740993" },
            { "floor(pi)", "3" },
            { "floor(`-1.5`)", "-2" },
            { "floor(`1e3`)", "1000" },
            { "contains(s, 'ex')", "true" },
            { "contains(s, 'EX')", "false" },
            { "contains(s, '')", "true" },
            { "contains(s, n)", "false" },
            { "contains(list, `3.0`)", "true" },
            { "contains(list, '3')", "false" },
            { "contains(mixed, `{\"x\": 1}`)", "true" },
            { "contains(mixed, nul)", "true" },
            { "starts_with(s, 'te')", "true" },
            { "starts_with(s, 'ex')", "false" },
            { "ends_with(s, 'xt')", "true" },
            { "ends_with(s, 'te')", "false" },
            { "join(', ', people[].name)", "\"Ana, Ion, Eva\"" },
            { "join('-', none)", "\"\"" },
            { "join('-', ['a'])", "\"a\"" },
            { "keys(a.b)", "[\"c\",\"d\"]" },
            { "keys(bare)", "[]" },
            { "values(a.b)", "[1,null]" },
            { "length(smile)", "3" },
            { "length(s)", "4" },
            { "length(list)", "5" },
            { "length(map)", "3" },
            { "length('')", "0" },
            { "map(&name, people)", "[\"Ana\",\"Ion\",\"Eva\"]" },
            { "map(&city.zip, people)", "[\"10\",\"20\",null]" },
            { "map(&[@, @], [n])", "[[5,5]]" },
            { "max(list)", "5" },
            { "min(list)", "1" },
            { "max(words)", "\"\ud83d\ude00\"" },
            { "min(words)", "\"C\"" },
            { "max(none)", "null" },
            { "max_by(people, &age).name", "\"Ana\"" },
            { "min_by(people, &age).name", "\"Ion\"" },
            { "min_by(people, &name).name", "\"Ana\"" },
            { "max_by(none, &age)", "null" },
            { "max([big, `9007199254740992`])", "9007199254740993" },
            { "min([`1e999999`, `2e999999`])", "1e999999" },
            { "merge(a.b, `{\"d\": 2, \"e\": 3}`)", "{\"c\":1,\"d\":2,\"e\":3}" },
            { "merge(bare)", "{}" },
            { "not_null(nul, a.x, f, s)", "false" },
            { "not_null(nul, a.x)", "null" },
            { "reverse(list)", "[5,4,3,2,1]" },
            { "reverse(smile)", "\"b\ud83d\ude00a\"" },
            { "reverse('')", "\"\"" },
            { "sort([`3`, `-1`, `2.5`])", "[-1,2.5,3]" },
            { "sort(words)", "[\"C\",\"a\",\"b\",\"\uff5e\",\"\ud83d\ude00\"]" },
            { "sort(['ab', 'a', '', 'b'])", "[\"\",\"a\",\"ab\",\"b\"]" },
            { "sort(none)", "[]" },
            { "sort([big, `9007199254740992`])", "[9007199254740992,9007199254740993]" },
            { "sort_by(people, &age)[*].name", "[\"Ion\",\"Ana\",\"Eva\"]" },
            { "sort_by(people, &name)[*].age", "[31,31,25]" },
            { "sum(list)", "15" },
            { "sum(none)", "0" },
            { "sum([pi, neg])", "0.14158999999999988" },
            { "to_array(n)", "[5]" },
            { "to_array(list)", "[1,2,3,4,5]" },
            { "to_number('12')", "12" },
            { "to_number('-1.50')", "-1.50" },
            { "to_number('1e5')", "1e5" },
            { "to_number(' 1')", "null" },
            { "to_number('01')", "null" },
            { "to_number('1.')", "null" },
            { "to_number('.5')", "null" },
            { "to_number('+1')", "null" },
            { "to_number('0x10')", "null" },
            { "to_number('NaN')", "null" },
            { "to_number('')", "null" },
            { "to_number('-')", "null" },
            { "to_number('1e')", "null" },
            { "to_number('1e+')", "null" },
            { "to_number(n)", "5" },
            { "to_number(t)", "null" },
            { "to_string(n)", "\"5\"" },
            { "to_string(s)", "\"text\"" },
            { "to_string(a.b)", "\"{\\\"c\\\":1,\\\"d\\\":null}\"" },
            { "to_string([t, nul, 'é<'])", "\"[true,null,\\\"é<\\\"]\"" },
            {
                "[type(t), type(f), type(n), type(s), type(nul), type(none), type(bare)]",
                """
                    ["boolean","boolean","number","string","null","array","object"]
                    """
            },
            { "a.b.to_string(c)", "\"1\"" },
            { "list[*].to_string(@)", "[\"1\",\"2\",\"3\",\"4\",\"5\"]" },
            { "keys(@) | length(@)", "22" },
        };

    [Theory]
    [MemberData(nameof(Values))]
    [MemberData(nameof(Calls))]
    public void An_expression_gives_its_value(string expression, string expected)
    {
        var result = JmesPath.Parse(expression).Evaluate(Document, new Fuel());

        Assert.Equal(JsonValue.Of(JsonElement.Parse(expected)).ToString(), result.ToString());
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Built_data_gives_the_same_as_parsed_data(string expression, string expected)
    {
        var result = JmesPath.Parse(expression).Evaluate(JsonBuilding.Rebuilt(Document), new Fuel());

        Assert.Equal(JsonValue.Of(JsonElement.Parse(expected)).ToString(), result.ToString());
    }

    public static TheoryData<string, string, int> Refused =>
        new()
        {
            { "", "Syntax", 0 },
            { "   ", "Syntax", 3 },
            { "a.", "Syntax", 2 },
            { "a..b", "Syntax", 2 },
            { ".a", "Syntax", 0 },
            { "a b", "Syntax", 2 },
            { "a = b", "Syntax", 2 },
            { "a # b", "Syntax", 2 },
            { "a - b", "Syntax", 2 },
            { "a + `1`", "Syntax", 2 },
            { "a[", "Syntax", 2 },
            { "a[b]", "Syntax", 2 },
            { "a[0", "Syntax", 3 },
            { "a[1.5]", "Syntax", 3 },
            { "a[0, 1]", "Syntax", 3 },
            { "a.[0]", "Syntax", 2 },
            { "[ ]", "Syntax", 2 },
            { "a[ ?b]", "Syntax", 3 },
            { "a[?b", "Syntax", 4 },
            { "[a,]", "Syntax", 3 },
            { "{a: b,}", "Syntax", 6 },
            { "{a}", "Syntax", 2 },
            { "{}", "Syntax", 1 },
            { "(a", "Syntax", 2 },
            { "a)", "Syntax", 1 },
            { "'a", "Syntax", 0 },
            { "'a\\'", "Syntax", 0 },
            { "\"a", "Syntax", 0 },
            { "a.\"\\x\"", "Syntax", 2 },
            { "\"a\nb\"", "Syntax", 0 },
            { "\"\\ud800\"", "Syntax", 0 },
            { "`{`", "Syntax", 0 },
            { "`foo`", "Syntax", 0 },
            { "`\"\\ud800\"`", "Syntax", 0 },
            { "a == 1", "Syntax", 5 },
            { "a > 2.5", "Syntax", 4 },
            { "*a", "Syntax", 1 },
            { "&a", "Syntax", 0 },
            { "@(a)", "Syntax", 1 },
            { "\"length\"(a)", "Syntax", 8 },
            { "length(a", "Syntax", 8 },
            { "length(a,)", "Syntax", 9 },
            { "a || ", "Syntax", 5 },
            { "!", "Syntax", 1 },
            { "a == == b", "Syntax", 5 },
            { "now+24h", "Syntax", 3 },
            { "a[::0]", "InvalidValue", 3 },
            { "nope(a)", "UnknownFunction", 0 },
            { "a.Length(@)", "UnknownFunction", 2 },
            { "default(a, b)", "UnknownFunction", 0 },
            { "length()", "InvalidArity", 0 },
            { "length(a, b)", "InvalidArity", 0 },
            { "not_null()", "InvalidArity", 0 },
            { "merge()", "InvalidArity", 0 },
            { "length(&a)", "InvalidType", 7 },
            { "sort_by(a, b)", "InvalidType", 11 },
            { "map(a, b)", "InvalidType", 4 },
            { "not_null(a, &b)", "InvalidType", 12 },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_wrong_expression_is_refused_where_it_is_wrong(string expression, string kind, int position)
    {
        var problem = Assert.Throws<ExpressionException>(() => JmesPath.Parse(expression));

        Assert.Equal((kind, position), (problem.Kind.ToString(), problem.Position));
        Assert.Null(problem.Pointer);
        Assert.NotEmpty(problem.Message);
    }

    [Theory]
    [InlineData("abs(s)", "abs() takes number as argument 1, not string.")]
    [InlineData("length(nul)", "length() takes string or array or object as argument 1, not null.")]
    [InlineData("length(n)", "length() takes string or array or object as argument 1, not number.")]
    [InlineData("join(n, list)", "join() takes string as argument 1, not number.")]
    [InlineData("join('', list)", "join() takes an array of strings, but element 0 is not a string.")]
    [InlineData("join('', ['a', nul])", "join() takes an array of strings, but element 1 is not a string.")]
    [InlineData("sum(mixed)", "sum() takes an array of numbers, but element 1 is not a number.")]
    [InlineData("sort(mixed)", "sort() takes an array of strings or an array of numbers.")]
    [InlineData("sort([t])", "sort() takes an array of strings or an array of numbers.")]
    [InlineData("max(['a', n])", "max() takes an array of strings or an array of numbers.")]
    [InlineData("sort_by(people, &tags)", "sort_by() needs an &expression that gives only strings or only numbers.")]
    [InlineData("map(&a, map)", "map() takes array as argument 2, not object.")]
    [InlineData("sort_by(map, &a)", "sort_by() takes array as argument 1, not object.")]
    [InlineData("merge(bare, n)", "merge() takes object as argument 2, not number.")]
    [InlineData("contains(t, 'a')", "contains() takes string or array as argument 1, not boolean.")]
    [InlineData("n || abs(s)", null)]
    [InlineData("keys(list)", "keys() takes object as argument 1, not array.")]
    public void A_function_names_the_argument_it_refuses(string expression, string? message)
    {
        var path = JmesPath.Parse(expression);

        if (message is null)
        {
            Assert.Equal("5", path.Evaluate(Document, new Fuel()).ToString());
            return;
        }

        var problem = Assert.Throws<ExpressionException>(() => path.Evaluate(Document, new Fuel()));
        Assert.Equal((ExpressionErrorKind.InvalidType, message), (problem.Kind, problem.Message));
    }

    [Theory]
    [InlineData("sum([`1e308`, `1e308`])")]
    [InlineData("floor(`1.5e400`)")]
    [InlineData("avg([`1e999999`])")]
    public void A_result_that_JSON_cannot_hold_is_refused(string expression)
    {
        var path = JmesPath.Parse(expression);

        var problem = Assert.Throws<ExpressionException>(() => path.Evaluate(Document, new Fuel()));

        Assert.Equal(ExpressionErrorKind.InvalidValue, problem.Kind);
    }

    [Theory]
    [InlineData("a.b.c", "a.b.c")]
    [InlineData("a.\"\".\"1a\"", "a.\"\".\"1a\"")]
    [InlineData("a.\"x y\"[0].z", "a.\"x y\"")]
    [InlineData("@", "@")]
    [InlineData("`1`", "")]
    [InlineData("people[?age > n].name", "people")]
    [InlineData("a.b || c", "a.b,c")]
    [InlineData("a && !b", "a,b")]
    [InlineData("a == b.c", "a,b.c")]
    [InlineData("a.b | c.d", "a.b,a.b.c.d")]
    [InlineData("a[0] | c", "a")]
    [InlineData("a.[b, c.d]", "a,a.b,a.c.d")]
    [InlineData("{x: a.b, y: @}", "a.b,@")]
    [InlineData("length(a.b)", "a.b")]
    [InlineData("a.length(@)", "a")]
    [InlineData("map(&x.y, a.b)", "a.b")]
    [InlineData("a.*.b", "a")]
    [InlineData("a.b[].c", "a.b")]
    [InlineData("a[1:2].c", "a")]
    [InlineData("(a.b).c", "a.b,a.b.c")]
    [InlineData("[a, a, a.b]", "a,a.b")]
    [InlineData(
        "a1.a2.a3.a4.a5.a6.a7.a8.a9.a10.a11.a12.a13.a14.a15.a16.a17",
        "a1.a2.a3.a4.a5.a6.a7.a8.a9.a10.a11.a12.a13.a14.a15.a16"
    )]
    public void The_paths_that_it_reads_are_known_beforehand(string expression, string paths)
    {
        var found = JmesPath.Parse(expression).RootPaths;

        Assert.Equal(paths, string.Join(',', found.Select(path => path.ToString())));
    }

    [Fact]
    public void A_read_path_knows_where_it_stands()
    {
        var found = JmesPath.Parse("a == 'x' && b.c").RootPaths;

        Assert.Equal([0, 12], found.Select(path => path.Position));
        Assert.Equal(["b", "c"], found[1].Names);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        // Not attributes: those are stored as UTF-8, which has no halves.
        Assert.Null(Position("'\ud83d\ude00'"));
        Assert.Null(Position("'\ud83d\ude00x\ud83d\ude00'"));
        Assert.Equal(1, Position("'\ud83d'"));
        Assert.Equal(1, Position("'\ude00\ud83d'"));
        Assert.Equal(4, Position("'\ud83d\ude00x\ud83d'"));
        Assert.Equal(2, Position("a.\ud83d"));

        static int? Position(string expression) =>
            (Record.Exception(() => JmesPath.Parse(expression)) as ExpressionException)?.Position;
    }

    [Theory]
    [InlineData("a.x.y", true)]
    [InlineData("a.b.d", false)]
    [InlineData("(a.x).y", false)]
    [InlineData("a.b.c.d[0]", true)]
    [InlineData("people[9].name", true)]
    [InlineData("length(a.b) == a.x", false)]
    public void Strictly_a_plain_path_must_exist(string expression, bool isMissing)
    {
        var path = JmesPath.Parse(expression);

        var problem = Record.Exception(() => path.EvaluateStrictly(Document, new Fuel())) as ExpressionException;

        Assert.Equal(isMissing ? ExpressionErrorKind.MissingPath : null, problem?.Kind);
    }
}
