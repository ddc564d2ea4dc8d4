using System.Text;
using System.Text.Json;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Tests.JsonSchemas;

/// <summary>
/// Schemas and values made to hold a node. Compiling and validating together stay within 100 ms and 32 MiB, and
/// nothing but a <see cref="SchemaException"/> comes out.
/// </summary>
[Collection(nameof(Alone))]
public sealed class HostileSchemaCorpus(ITestOutputHelper output)
{
    private const int MostMilliseconds = 100;
    private const int Runs = 3;
    private const int RunsWhenDisturbed = 12;
    private const long MostBytes = 32 * 1024 * 1024;

    private static readonly string LongText = new('a', 1_000_000);

    [Fact]
    public void Every_hostile_input_ends_soon_and_small()
    {
        var inputs = Inputs().ToList();
        var failures = new List<string>();
        var (slowest, largest) = ((Time: 0.0, Name: ""), (Bytes: 0L, Name: ""));
        foreach (var (name, schema, value) in inputs)
        {
            var (schemaJson, valueJson) = (Json(schema), Json(value));
            foreach (var validate in new Func<JsonElement, JsonElement, bool?>[] { Answer, Explain })
            {
                var (time, bytes) = Best(schemaJson, valueJson, validate);
                slowest = time > slowest.Time ? (time, name) : slowest;
                largest = bytes > largest.Bytes ? (bytes, name) : largest;
                if (time > MostMilliseconds || bytes > MostBytes)
                {
                    failures.Add($"{name}: {time:f0} ms, {bytes / 1024} KiB");
                }
            }

            Assert.True(Answer(schemaJson, valueJson) == Explain(schemaJson, valueJson), name);
        }

        output.WriteLine($"{inputs.Count} hostile inputs; slowest {slowest.Time:f1} ms ({slowest.Name}), ");
        output.WriteLine($"largest {largest.Bytes / 1024} KiB ({largest.Name})");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(inputs.Count >= 60, $"only {inputs.Count} inputs");
    }

    /// <summary>
    /// A run far below the limit settles it, else the best of three does. Other programs share the machine, so what
    /// stays beyond the limit is
    /// tried some more: the least time is the program's own.
    /// </summary>
    private static (double Milliseconds, long Bytes) Best(
        JsonElement schema,
        JsonElement value,
        Func<JsonElement, JsonElement, bool?> validate
    )
    {
        var best = Measure(schema, value, validate);
        for (var run = 0; run < NeededRuns(best.Milliseconds); run++)
        {
            var (milliseconds, bytes) = Measure(schema, value, validate);
            best = (Math.Min(best.Milliseconds, milliseconds), Math.Min(best.Bytes, bytes));
        }

        return best;
    }

    private static int NeededRuns(double milliseconds) =>
        milliseconds > MostMilliseconds ? RunsWhenDisturbed
        : milliseconds > MostMilliseconds / 4 ? Runs
        : 0;

    private static (double Milliseconds, long Bytes) Measure(
        JsonElement schema,
        JsonElement value,
        Func<JsonElement, JsonElement, bool?> validate
    )
    {
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadTime.Milliseconds();
        validate(schema, value);
        var milliseconds = ThreadTime.Milliseconds() - start;
        return (milliseconds, GC.GetAllocatedBytesForCurrentThread() - bytes);
    }

    private static bool? Answer(JsonElement schema, JsonElement value) => Compile(schema)?.IsValid(value);

    private static bool? Explain(JsonElement schema, JsonElement value) =>
        Compile(schema)?.Validate(value) is { } errors ? errors.Count == 0 : null;

    /// <summary>Null when the schema is refused, which is an answer; no other exception is.</summary>
    private static JsonSchema? Compile(JsonElement schema)
    {
        try
        {
            return JsonSchema.Compile(schema, assertFormats: true);
        }
        catch (SchemaException)
        {
            return null;
        }
    }

    private static IEnumerable<(string Name, string Schema, string Value)> Inputs() =>
        [.. Bombs(), .. Loops(), .. Patterns(), .. Sizes(), .. Texts(), .. WrongTypes()];

    private static IEnumerable<(string, string, string)> Bombs()
    {
        foreach (var keyword in new[] { "allOf", "anyOf", "oneOf" })
        {
            yield return ($"{keyword} doubled 25 times", Doubled(keyword, 25, """{"type":"null"}"""), "1");
            yield return ($"{keyword} doubled 25 times, met", Doubled(keyword, 25, "true"), "1");
            yield return (
                $"{keyword} doubled 20 times with unevaluated members",
                Doubled(keyword, 20, """{"properties":{"a":true},"unevaluatedProperties":true}"""),
                """{"a":1,"b":2,"c":3}"""
            );
        }

        yield return ("not and if doubled", Doubled("allOf", 18, """{"not":{"if":{"not":true},"else":true}}"""), "1");
        yield return (
            "unevaluated items at each of 30 levels over 10,000 items",
            Nested(30, """{"unevaluatedItems":true,"allOf":[""", "{}", "]}"),
            Items(10_000, "1")
        );
        yield return (
            "unevaluated members in each of 400 alternatives over 5,000 members",
            $$"""{"anyOf":[{{Join(400, _ => """{"unevaluatedProperties":{"type":"null"}}""")}}],"unevaluatedProperties":true}""",
            Members(5_000, "1")
        );
        yield return (
            "contains in contains",
            """{"$defs":{"a":{"contains":{"anyOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/b"}]}},"b":{"contains":{"$ref":"#/$defs/a"}}},"$ref":"#/$defs/a"}""",
            Nested(60, "[1,1,", "1", "]")
        );
        yield return (
            "every level of the value twice",
            """{"$id":"urn:t","allOf":[{"items":{"$ref":"urn:t"}},{"items":{"$ref":"urn:t"}}]}""",
            Nested(60, "[", "1", "]")
        );
        yield return (
            "900 alternatives over 10,000 items",
            """{"items":{"anyOf":[""" + Join(900, i => $"{{\"const\":{i}}}") + "]}}",
            Items(10_000, "-1")
        );
        yield return (
            "900 times items: true",
            $$"""{"allOf":[{{Join(900, _ => """{"items":true}""")}}]}""",
            Items(100_000, "1")
        );
        yield return (
            "900 times no item left",
            $$"""{"allOf":[{{Join(900, _ => """{"unevaluatedItems":true}""")}}]}""",
            Items(100_000, "1")
        );
        yield return (
            "900 times required",
            $$"""{"allOf":[{{Join(900, i => $$"""{"required":["m{{i}}"]}""")}}]}""",
            Members(20_000, "1")
        );
        yield return (
            "900 dependencies",
            """{"dependentSchemas":""" + Object(900, i => $"\"m{i}\":true") + "}",
            Members(20_000, "1")
        );
        yield return ("20,000 required names", $$"""{"required":[{{Join(20_000, i => $"\"n{i}\"")}}]}""", "{}");
        yield return (
            "dependent names",
            """{"dependentRequired":{"m0":[""" + Join(20_000, i => $"\"n{i}\"") + "]}}",
            Members(1_000, "1")
        );
    }

    private static IEnumerable<(string, string, string)> Loops()
    {
        yield return ("itself", """{"$ref":"#"}""", "1");
        yield return ("itself through anyOf", """{"anyOf":[{"type":"null"},{"$ref":"#"}]}""", "1");
        yield return ("dynamic itself", """{"$dynamicAnchor":"a","$dynamicRef":"#a"}""", "1");
        yield return (
            "dynamic itself twice",
            """{"$dynamicAnchor":"a","allOf":[{"$dynamicRef":"#a"},{"$dynamicRef":"#a"}]}""",
            "1"
        );
        yield return ("dynamic itself in not", """{"$dynamicAnchor":"a","not":{"$dynamicRef":"#a"}}""", "1");
        yield return (
            "dynamic ping-pong of two resources",
            """{"$id":"urn:a","$dynamicAnchor":"m","$ref":"urn:b","$defs":{"b":{"$id":"urn:b","$dynamicAnchor":"m","anyOf":[{"$dynamicRef":"#m"},{"$dynamicRef":"#m"}]}}}""",
            "{}"
        );
        yield return ("a ring of 900", """{"$defs":""" + Object(900, i => $"\"d{i}\":{Ref((i + 1) % 900)}") + "}", "1");
        yield return (
            "a chain of 900",
            """{"$ref":"#/$defs/d0","$defs":""" + Object(900, i => $"\"d{i}\":{(i == 899 ? "{}" : Ref(i + 1))}") + "}",
            "1"
        );
        yield return ("a reference to a reference in a pointer", """{"$ref":"#/$ref/$ref"}""", "1");
        yield return ("a reference of 100,000 steps", $$"""{"$ref":"#{{Repeat("/a", 100_000)}}"}""", "1");
        yield return (
            "a metaschema over a deep schema",
            """{"$ref":"https://json-schema.org/draft/2020-12/schema"}""",
            Nested(60, """{"not":""", "1", "}")
        );
        yield return (
            "a metaschema over a wide schema",
            """{"$ref":"http://json-schema.org/draft-07/schema#"}""",
            """{"allOf":""" + Items(30_000, "{}") + "}"
        );
    }

    private static IEnumerable<(string, string, string)> Patterns()
    {
        foreach (
            var pattern in new[]
            {
                "^(a+)+$",
                "^(a|aa)+$",
                "(a*)*b",
                "^(([a-z])+.)+[A-Z]([a-z])+$",
                "(.*a){30}",
                "(a|b)*a(a|b){200}c",
                "((a{1,20}){1,20}){1,20}",
                "(a?){250}a{250}b",
                "(.{1,80}){2}x",
                "a{1000000000}",
                "^(?=a+$)(a+)+b",
                "(a)\\\\1+",
                "[a-z&&[^a]]*{2",
                "\\\\p{L}{1,100}\\\\P{N}{1,100}x",
            }
        )
        {
            yield return (
                $"pattern {pattern}",
                $$"""{"pattern":"{{pattern}}"}""",
                $"\"{Repeat("ab", 10)}{LongText}!\""
            );
            yield return (
                $"short text, pattern {pattern}",
                $$"""{"pattern":"{{pattern}}"}""",
                $"\"{Repeat("aab", 300)}!\""
            );
        }

        yield return ("groups 2,000 deep", $$"""{"pattern":"{{Repeat("(", 2_000)}}{{Repeat(")", 2_000)}}"}""", "\"\"");
        yield return (
            "900 patterns over 1,000 names",
            """{"patternProperties":""" + Object(900, i => $"\"^m{i}$\":true") + "}",
            Members(1_000, "1")
        );
        yield return ("a pattern per item", """{"items":{"pattern":"^(a|b|ab)*$"}}""", Items(20_000, "\"abababab\""));
        yield return ("format regex", """{"format":"regex"}""", $"\"{Repeat("(", 200_000)}\"");
        yield return ("format regex of classes", """{"format":"regex"}""", $"\"{Repeat("[^a-z]", 600)}\"");
    }

    private static IEnumerable<(string, string, string)> Sizes()
    {
        yield return (
            "a giant enum, strings",
            """{"items":{"enum":[""" + Join(20_000, i => $"\"v{i}\"") + "]}}",
            Items(20_000, "\"v7\"")
        );
        yield return (
            "a giant enum, numbers",
            """{"items":{"enum":[""" + Join(40_000, i => $"{i}") + "]}}",
            Items(20_000, "39999.0")
        );
        yield return ("a giant enum of one hash", $$"""{"enum":[{{Join(20_000, _ => "[]")}}]}""", "[[]]");
        yield return ("minLength 1e400", """{"minLength":1e400}""", "\"a\"");
        yield return ("minLength 1e-400", """{"minLength":1e-400}""", "\"a\"");
        yield return (
            "a bound with an exponent beyond any",
            """{"maximum":1e999999999999999999999}""",
            "1e999999999999999999998"
        );
        yield return ("a multiple of a tiny number", """{"multipleOf":1e-1000000000}""", "1e1000000000");
        yield return (
            "a multiple, long digits",
            """{"multipleOf":""" + new string('7', 999) + "}",
            new string('9', 999) + "e1000000"
        );
        yield return (
            "a multiple of 200,000 digits",
            """{"multipleOf":""" + new string('7', 200_000) + "}",
            new string('9', 1_000_000)
        );
        yield return (
            "multiples of 1,000 digits by the thousand",
            """{"items":{"multipleOf":""" + new string('7', 999) + "}}",
            Items(1_000, new string('9', 999))
        );
        yield return (
            "a number of a million digits",
            """{"minimum":1,"type":"integer","const":1,"enum":[1,2]}""",
            new string('9', 1_000_000)
        );
        yield return (
            "a million digits after the point",
            """{"type":"integer","uniqueItems":true}""",
            "0." + new string('0', 1_000_000) + "1"
        );
        yield return ("unique numbers, 100,000", """{"uniqueItems":true}""", $"[{Join(100_000, i => $"{i}")}]");
        yield return (
            "unique objects, 100,000",
            """{"uniqueItems":true}""",
            $"[{Join(100_000, i => $"{{\"a\":{i}}}")}]"
        );
        yield return ("unique strings, 20,000", """{"uniqueItems":true}""", $"[{Join(20_000, i => $"\"s{i}\"")}]");
        yield return (
            "unique large objects with one difference",
            """{"uniqueItems":true}""",
            $"[{Join(20, i => Members(1_000, $"{i}"))}]"
        );
        yield return (
            "unique arrays, deep",
            """{"uniqueItems":true}""",
            $"[{Nested(5_000, "[", "", "]")},{Nested(5_000, "[", "", "]")}]"
        );
        yield return ("a schema 10,000 deep", Nested(10_000, """{"not":""", "{}", "}"), "1");
        yield return ("a constant 10,000 deep", """{"const":""" + Nested(10_000, "[", "", "]") + "}", "[]");
        yield return ("a value 10,000 deep", """{"items":{"$ref":"#"}}""", Nested(10_000, "[", "", "]"));
        yield return (
            "a value 10,000 deep against a constant",
            """{"enum":[[],[[]]],"const":{}}""",
            Nested(10_000, "[", "", "]")
        );
        yield return ("a schema of 5 MB", $$"""{"description":"{{Repeat(LongText, 5)}}"}""", "1");
        yield return ("100,000 subschemas", $$"""{"anyOf":[{{Join(100_000, _ => "{}")}}]}""", "1");
        yield return ("100,000 wrong items", """{"items":{"type":"null"}}""", Items(99_000, "1"));
        yield return ("100,000 unknown members", """{"additionalProperties":false}""", Members(90_000, "1"));
        yield return ("names of 100,000 members", """{"propertyNames":{"maxLength":1}}""", Members(90_000, "1"));
    }

    private static IEnumerable<(string, string, string)> Texts()
    {
        var longName = $$"""{"{{LongText}}":[1,2,3,4,5]}""";
        yield return ("a name of 1 MB", """{"additionalProperties":{"items":{"type":"null"}}}""", longName);
        yield return ("a name of 1 MB is refused", """{"additionalProperties":false}""", longName);
        yield return (
            "a name of 1 MB as a value",
            """{"propertyNames":{"pattern":"^(a|b)*$","minLength":2}}""",
            longName
        );
        yield return (
            "a name of 200 KB over 100 subschemas",
            "{\"properties\":{\""
                + LongText[..200_000]
                + "\":{\"anyOf\":["
                + Join(100, _ => """{"type":"null"}""")
                + "]}}}",
            $$"""{"{{LongText[..200_000]}}":1}"""
        );
        yield return (
            "a string of 1 MB of escapes",
            """{"minLength":1,"pattern":"x$","enum":["a"],"const":"b"}""",
            $"\"{Repeat("\\u0041", 160_000)}\""
        );
        yield return ("NUL", """{"pattern":"^\\u0000$","properties":{"\u0000":true}}""", "\"\\u0000\"");
        yield return ("NUL in a name", """{"properties":{"\u0000":false},"required":["\u0000"]}""", """{"\u0000":1}""");
        yield return (
            "lone surrogates in the value",
            """{"pattern":"a","enum":["b"],"maxLength":1,"format":"uri"}""",
            "\"\\udc00\\ud800\""
        );
        yield return (
            "lone surrogates in names",
            """{"properties":{"\ud800":{"type":"null"}},"required":["\udfff"],"additionalProperties":false}""",
            """{"\ud800":1,"\udc00":2}"""
        );
        yield return (
            "lone surrogates in the schema",
            """{"const":"\ud800","$ref":"#\ud800","$anchor":"\ud800","title":"\udc00"}""",
            "\"\\ud800\""
        );
        yield return ("lone surrogates in a pattern", """{"pattern":"[\ud800-\udfff]\udc00"}""", "\"\\ud800\"");
        yield return (
            "a lone surrogate as a keyword",
            """{"\ud800":1,"$defs":{"\ud800":{"$ref":"#/$defs/%ED%A0%80"}}}""",
            "1"
        );
        yield return (
            "a URI of 200 KB",
            $$"""{"$id":"http://example.com/{{LongText[..200_000]}}","$ref":"{{LongText[..20_000]}}"}""",
            "1"
        );
        yield return ("URIs that are none", """{"$id":"http://[","$ref":"http://:99999/%%%"}""", "1");
        foreach (
            var format in new[]
            {
                "email",
                "hostname",
                "idn-email",
                "ipv6",
                "uri",
                "date-time",
                "duration",
                "json-pointer",
                "uuid",
            }
        )
        {
            yield return ($"1 MB of {format}", $$"""{"format":"{{format}}"}""", $"\"{LongText}\"");
        }

        yield return ("dots of a host", """{"format":"hostname"}""", $"\"{Repeat("a.", 300_000)}\"");
        yield return ("colons of an address", """{"format":"ipv6"}""", $"\"{Repeat("a:", 300_000)}\"");
        yield return ("a punycode host", """{"format":"hostname"}""", $"\"xn--{Repeat("9", 59)}\"");
    }

    private static IEnumerable<(string, string, string)> WrongTypes()
    {
        var keywords = (
            "$id $ref $schema $anchor $dynamicRef $dynamicAnchor $defs definitions type enum const multipleOf maximum "
            + "minimum exclusiveMaximum maxLength minLength pattern maxItems minItems uniqueItems maxContains contains "
            + "required properties patternProperties additionalProperties propertyNames dependentRequired "
            + "dependentSchemas dependencies allOf anyOf oneOf not if then else items prefixItems additionalItems "
            + "unevaluatedItems unevaluatedProperties format contentSchema"
        ).Split(' ');
        foreach (var wrong in new[] { "null", "-1.5", "\"\\u0000\"", "[[]]", """{"a":0}""", "[]" })
        {
            foreach (var draft in new[] { SchemaDialect.Draft202012Uri, SchemaDialect.Draft7Uri })
            {
                foreach (var keyword in keywords)
                {
                    yield return (
                        $"{keyword} is {wrong} in {draft}",
                        $$"""{"$schema":"{{draft}}","{{keyword}}":{{wrong}},"contains":true}""",
                        """[{"a":[1]}]"""
                    );
                }
            }
        }
    }

    /// <summary>Definitions of which each applies the one before twice.</summary>
    private static string Doubled(string keyword, int levels, string innermost)
    {
        var definitions = new StringBuilder($"\"d0\":{innermost}");
        for (var i = 1; i <= levels; i++)
        {
            definitions.Append($",\"d{i}\":{{\"{keyword}\":[{Ref(i - 1)},{Ref(i - 1)}]}}");
        }

        return $"{{\"$defs\":{{{definitions}}},\"$ref\":\"#/$defs/d{levels}\"}}";
    }

    private static string Nested(int levels, string open, string inner, string close) =>
        Repeat(open, levels) + inner + Repeat(close, levels);

    private static string Items(int count, string item) => $"[{Join(count, _ => item)}]";

    private static string Members(int count, string value) => "{" + Join(count, i => $"\"m{i}\":{value}") + "}";

    private static string Object(int count, Func<int, string> member) => "{" + Join(count, member) + "}";

    private static string Ref(int definition) => $"{{\"$ref\":\"#/$defs/d{definition}\"}}";

    private static string Join(int count, Func<int, string> part) =>
        string.Join(',', Enumerable.Range(0, count).Select(part));

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static JsonElement Json(string text) =>
        JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 20_000 }).RootElement;
}
