using System.Text.Json;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Tests.JsonSchemas;

/// <summary>The project's own cases; they run where the official suite is absent.</summary>
public sealed class JsonSchemaTable
{
    private const string D7 = """
        {"$schema":"http://json-schema.org/draft-07/schema#",
        """;

    /// <summary>Schema, a value that meets it, a value that does not, and what is said of the second.</summary>
    public static TheoryData<string, string, string, string> Cases =>
        new()
        {
            { "true", "1", "", "" },
            { """{"type":"string"}""", "\"a\"", "1", " must be a string, but is a number" },
            { """{"type":"integer"}""", "1.0", "1.5", " must be an integer, but is 1.5" },
            { """{"type":"integer"}""", "1e400", "1e-400", " must be an integer, but is 1e-400" },
            { """{"type":["null","object"]}""", "null", "[]", " must be null or an object, but is an array" },
            { """{"type":"boolean"}""", "false", "0", " must be a boolean, but is a number" },
            { """{"type":"number"}""", "0.1", "true", " must be a number, but is a boolean" },
            {
                """{"const":{"a":1,"b":2}}""",
                """{"b":2.0,"a":1}""",
                """{"a":1}""",
                """ must be {"a":1,"b":2}, but is {"a":1}"""
            },
            { """{"const":false}""", "false", "0", " must be false, but is 0" },
            { """{"enum":["a","b"]}""", "\"a\"", "\"c\"", " must be one of \"a\", \"b\", but is \"c\"" },
            { """{"enum":[1,2,3,4,5,6,7,8,9,10,11]}""", "10.0", "12", " must be one of 1, 2, 3, 4" },
            { """{"enum":["a"]}""", "\"\\u0061\"", "\"\\u0062\"", " must be \"a\"" },
            { """{"minimum":1}""", "1", "0.999", " must be at least 1, but is 0.999" },
            { """{"maximum":9007199254740993}""", "9007199254740993", "9007199254740994", " must be at most" },
            { """{"maximum":1e400}""", "1e399", "1.1e400", " must be at most 1e400, but is 1.1e400" },
            { """{"exclusiveMinimum":0}""", "1e-500", "-0.0", " must be greater than 0, but is -0.0" },
            { """{"exclusiveMaximum":-1}""", "-1.0000000000000000000000000001", "-1", " must be less than -1" },
            { """{"multipleOf":0.01}""", "19.99", "19.999", " must be a multiple of 0.01, but is 19.999" },
            { """{"multipleOf":0.1}""", "1e300", "0.05", " must be a multiple of 0.1" },
            { """{"multipleOf":7}""", "7e1000", "8e1000", " must be a multiple of 7" },
            { """{"multipleOf":1e400}""", "-3e400", "3e399", " must be a multiple of 1e400" },
            { """{"minLength":2}""", "\"ab\"", "\"\\ud83d\\ude00\"", " must have at least 2 characters, but has 1" },
            { """{"maxLength":1}""", "\"\\u00e9\"", "\"ab\"", " must have at most 1 character, but has 2" },
            { """{"maxLength":1}""", "\"\\ud800\"", "\"\\ud800\\ud800\"", " must have at most 1 character, but has 2" },
            { """{"maxLength":1e3}""", "\"a\"", "", "" },
            { """{"pattern":"^[a-z]+$"}""", "\"abc\"", "\"abc\\n\"", " must match the pattern ^[a-z]+$" },
            { """{"pattern":"^\\d$"}""", "\"7\"", "\"\\u0667\"", " must match the pattern" },
            { """{"pattern":"^.$"}""", "\"\\ud83d\\ude00\"", "\"\\u2028\"", " must match the pattern" },
            { """{"pattern":"^[\\ud83d\\ude00-\\ud83d\\ude4f]{2}$"}""", "\"😀😁\"", "\"😀\"", " must match" },
            { """{"pattern":"^\\p{Letter}+$"}""", "\"école\"", "\"a1\"", " must match the pattern" },
            { """{"pattern":"^\\cI\\x41\\u{42}$"}""", "\"\\tAB\"", "\"AB\"", " must match the pattern" },
            { """{"pattern":"^[^a]$"}""", "\"😀\"", "\"a\"", " must match the pattern" },
            { """{"pattern":"^\\S+\\s\\W$"}""", "\"a\\ufeff-\"", "\"a b\"", " must match the pattern" },
            { """{"pattern":"^(a|b){2,3}?$"}""", "\"aba\"", "\"a\"", " must match the pattern" },
            { """{"pattern":"^a{,2}\\-}$"}""", "\"a{,2}-}\"", "\"aa\"", " must match the pattern" },
            { """{"pattern":"[]"}""", "1", "\"\"", " must match the pattern" },
            { """{"minItems":1}""", "[0]", "[]", " must have at least 1 item, but has 0" },
            { """{"maxItems":1}""", "[0]", "[0,0]", " must have at most 1 item, but has 2" },
            {
                """{"uniqueItems":true}""",
                "[1,true,\"1\"]",
                "[1,2,1.0]",
                " must have no two equal items, but items 0 and 2"
            },
            {
                """{"uniqueItems":true}""",
                "[{\"a\":1},{\"a\":2}]",
                "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]",
                " must have no two"
            },
            { """{"uniqueItems":true}""", "[[],{},\"\",0,null,false]", "[[[]],[[]]]", " must have no two" },
            {
                """{"uniqueItems":true}""",
                "[\"\\ud800\",\"\\ud801\"]",
                "[\"\\ud800\",\"\\ud800\"]",
                " must have no two"
            },
            { """{"uniqueItems":false}""", "[1,1]", "", "" },
            {
                """{"prefixItems":[{"type":"string"}],"items":false}""",
                "[\"a\"]",
                "[\"a\",1]",
                "/1 is not permitted here"
            },
            { """{"items":{"type":"string"}}""", "[]", "[\"a\",1]", "/1 must be a string" },
            {
                """{"contains":{"type":"string"}}""",
                "[1,\"a\"]",
                "[1]",
                " must contain at least 1 matching item, but contains 0"
            },
            {
                """{"contains":{"type":"string"},"minContains":2}""",
                "[\"\",\"\"]",
                "[\"\"]",
                " must contain at least 2"
            },
            {
                """{"contains":{"type":"string"},"maxContains":1}""",
                "[\"\"]",
                "[\"\",\"\"]",
                " must contain at most 1"
            },
            { """{"contains":false,"minContains":0}""", "[1]", "", "" },
            { """{"required":["city"]}""", """{"city":null}""", "{}", " is missing the required member 'city'" },
            { """{"required":["a/b"]}""", """{"a\/b":1}""", "{}", " is missing the required member 'a/b'" },
            {
                """{"properties":{"a":{"type":"null"}}}""",
                """{"b":1}""",
                """{"a":1}""",
                "/a must be null, but is a number"
            },
            { """{"properties":{"a/b~":{"type":"null"}}}""", "{}", """{"a/b~":1}""", "/a~1b~0 must be null" },
            { """{"properties":{"a":false}}""", "{}", """{"a":1}""", "/a is not permitted here" },
            {
                """{"properties":{"a":true},"additionalProperties":false}""",
                """{"a":1}""",
                """{"b":1}""",
                "/b is not a known member; known are 'a'"
            },
            { """{"additionalProperties":{"type":"null"}}""", """{"a":null}""", """{"a":1}""", "/a must be null" },
            {
                """{"patternProperties":{"^x-":{"type":"null"}},"additionalProperties":false}""",
                """{"x-a":null}""",
                """{"x-a":1}""",
                "/x-a must be null"
            },
            {
                """{"patternProperties":{"^x-":true},"additionalProperties":false}""",
                """{"x-a":0}""",
                """{"y":1}""",
                "/y is not a known member"
            },
            {
                """{"propertyNames":{"maxLength":1}}""",
                """{"a":1}""",
                """{"ab":1}""",
                "/ab has a name that is not permitted"
            },
            { """{"propertyNames":{"const":"\"\\"}}""", """{"\"\\":1}""", """{"a":1}""", "/a has a name" },
            { """{"minProperties":1}""", """{"a":1}""", "{}", " must have at least 1 member, but has 0" },
            { """{"maxProperties":0}""", "{}", """{"a":1}""", " must have at most 0 members, but has 1" },
            { """{"dependentRequired":{"a":["b"]}}""", """{"b":1}""", """{"a":1}""", " has 'a' and so must have 'b'" },
            {
                """{"dependentSchemas":{"a":{"minProperties":2}}}""",
                "{}",
                """{"a":1}""",
                " must have at least 2 members"
            },
            { """{"allOf":[{"minimum":1},{"maximum":2}]}""", "1", "3", " must be at most 2" },
            {
                """{"anyOf":[{"type":"string"},{"type":"null"}]}""",
                "null",
                "1",
                " must match at least one of 2 alternatives"
            },
            { """{"oneOf":[{"minimum":1},{"minimum":2}]}""", "1", "2", " matches more than one of the 2 alternatives" },
            { """{"oneOf":[{"minimum":1},{"minimum":2}]}""", "1", "0", " must match exactly one of 2 alternatives" },
            { """{"not":{"type":"string"}}""", "1", "\"\"", " must not match the schema under 'not'" },
            {
                """{"if":{"type":"string"},"then":{"minLength":1},"else":{"type":"null"}}""",
                "\"a\"",
                "\"\"",
                " must have at least 1"
            },
            {
                """{"if":{"type":"string"},"then":{"minLength":1},"else":{"type":"null"}}""",
                "null",
                "1",
                " must be null"
            },
            { """{"$ref":"#/$defs/a","$defs":{"a":{"type":"null"}}}""", "null", "1", " must be null" },
            { """{"$ref":"#a","$defs":{"x":{"$anchor":"a","type":"null"}}}""", "null", "1", " must be null" },
            { """{"$ref":"#/$defs/a%20b","$defs":{"a b":{"type":"null"}}}""", "null", "1", " must be null" },
            {
                """{"properties":{"next":{"$ref":"#"}},"required":["v"]}""",
                """{"v":1,"next":{"v":2}}""",
                """{"v":1,"next":{}}""",
                "/next is missing"
            },
            {
                """{"$id":"urn:x:root","$ref":"urn:x:a","$defs":{"a":{"$id":"urn:x:a","type":"null"}}}""",
                "null",
                "1",
                " must be null"
            },
            {
                """{"$ref":"https://json-schema.org/draft/2020-12/schema"}""",
                """{"minLength":1}""",
                """{"minLength":-1}""",
                "/minLength must be at least 0"
            },
            {
                """{"$ref":"http://json-schema.org/draft-07/schema#"}""",
                """{"items":[true]}""",
                """{"items":1}""",
                "/items must match at least one"
            },
            {
                """{"properties":{"a":true},"unevaluatedProperties":false}""",
                """{"a":1}""",
                """{"b":1}""",
                "/b is not a known member: no part"
            },
            {
                """{"anyOf":[{"required":["a"],"properties":{"a":true}},{"properties":{"b":true}}],"unevaluatedProperties":false}""",
                """{"a":1,"b":1}""",
                """{"a":1,"c":1}""",
                "/c is not a known"
            },
            {
                """{"if":{"required":["a"],"properties":{"a":true}},"unevaluatedProperties":false}""",
                """{"a":1}""",
                """{"b":1}""",
                "/b is not a known"
            },
            { """{"prefixItems":[true],"unevaluatedItems":{"type":"null"}}""", "[1,null]", "[1,1]", "/1 must be null" },
            {
                """{"contains":{"type":"string"},"unevaluatedItems":false}""",
                "[\"a\"]",
                "[\"a\",1]",
                "/1 is not permitted here"
            },
            {
                D7 + """ "$ref":"#/definitions/a","maximum":0,"definitions":{"a":{"type":"number"}}}""",
                "5",
                "\"\"",
                " must be a number"
            },
            { D7 + """ "items":[true],"additionalItems":false}""", "[1]", "[1,2]", "/1 is not permitted here" },
            {
                D7 + """ "dependencies":{"a":["b"],"c":{"required":["d"]}}}""",
                """{"a":1,"b":1}""",
                """{"a":1}""",
                " has 'a' and so must have 'b'"
            },
            {
                D7 + """ "dependencies":{"a":["b"],"c":{"required":["d"]}}}""",
                """{"c":1,"d":1}""",
                """{"c":1}""",
                " is missing the required member 'd'"
            },
            { D7 + """ "prefixItems":[false],"dependentRequired":{"a":["b"]}}""", "[1]", "", "" },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_value_meets_a_schema_or_is_told_why_not(string schema, string good, string bad, string said)
    {
        var compiled = JsonSchema.Compile(Json(schema));

        Assert.Empty(compiled.Validate(Json(good)));
        Assert.True(compiled.IsValid(Json(good)));
        if (bad.Length > 0)
        {
            var errors = compiled.Validate(Json(bad));
            Assert.False(compiled.IsValid(Json(bad)));
            Assert.StartsWith(said, errors.Count == 0 ? "" : $"{errors[0].InstancePointer} {errors[0].Message}");
        }
    }

    [Theory]
    [InlineData("1", "", "must be a schema (an object or a boolean), but is a number")]
    [InlineData("""{"properties":{"a":1}}""", "/properties/a", "must be a schema")]
    [InlineData("""{"properties":[]}""", "/properties", "must be an object of schemas")]
    [InlineData("""{"allOf":{}}""", "/allOf", "must be a non-empty array of schemas")]
    [InlineData("""{"type":"text"}""", "/type", "must be null, boolean, object, array, number, integer or string")]
    [InlineData("""{"type":["string",1]}""", "/type", "must be null, boolean")]
    [InlineData("""{"enum":"a"}""", "/enum", "must be an array of the permitted values")]
    [InlineData("""{"required":"a"}""", "/required", "must be an array of strings")]
    [InlineData("""{"required":[1]}""", "/required", "must be an array of strings")]
    [InlineData("""{"minLength":-1}""", "/minLength", "must be a non-negative integer")]
    [InlineData("""{"maxItems":1.5}""", "/maxItems", "must be a non-negative integer")]
    [InlineData("""{"maxItems":"1"}""", "/maxItems", "must be a non-negative integer")]
    [InlineData("""{"minimum":"1"}""", "/minimum", "must be a number")]
    [InlineData("""{"multipleOf":0}""", "/multipleOf", "must be greater than 0")]
    [InlineData("""{"uniqueItems":1}""", "/uniqueItems", "must be true or false")]
    [InlineData("""{"pattern":"("}""", "/pattern", "the pattern '(' has a '(' without its ')'")]
    [InlineData("""{"pattern":")"}""", "/pattern", "the pattern ')' has a ')' without its '('")]
    [InlineData("""{"pattern":"*a"}""", "/pattern", "the pattern '*a' repeats nothing")]
    [InlineData("""{"pattern":"a{3,2}"}""", "/pattern", "the pattern 'a{3,2}' has a repetition whose bounds")]
    [InlineData("""{"pattern":"[z-a]"}""", "/pattern", "the pattern '[z-a]' has a range whose ends are reversed")]
    [InlineData("""{"pattern":"\\Z"}""", "/pattern", @"the pattern '\Z' has the escape '\Z', which has no meaning")]
    [InlineData("""{"pattern":"a(?!b)"}""", "/pattern", "the pattern 'a(?!b)' uses a negative lookahead")]
    [InlineData("""{"pattern":"(a)\\1"}""", "/pattern", @"the pattern '(a)\1' uses a back reference")]
    [InlineData("""{"pattern":"\\p{Klingon}"}""", "/pattern", @"the pattern '\p{Klingon}' names the property")]
    [InlineData("""{"patternProperties":{"[":true}}""", "/patternProperties", "the pattern '[' has a '['")]
    [InlineData("""{"$ref":"#/$defs/a"}""", "", "refers to '#/$defs/a', but there is no schema at that place")]
    [InlineData("""{"$ref":"#a"}""", "", "refers to '#a', but there is no schema at that place")]
    [InlineData("""{"$ref":"http://example.com/a"}""", "", "refers to 'http://example.com/a', which is not known here")]
    [InlineData("""{"$ref":1}""", "/$ref", "must be a string")]
    [InlineData("""{"$ref":"#"}""", "", "applies itself to the same value without end")]
    [InlineData("""{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}]}}}""", "", "applies itself to the same value")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-04/schema#"}""", "/$schema", "the dialect")]
    [InlineData("""{"$id":"#a"}""", "", "'$id' must not have a fragment")]
    [InlineData(
        """{"$defs":{"a":{"$id":"urn:a"},"b":{"$id":"urn:a"}}}""",
        "/$defs/b",
        "'$id' urn:a is used more than once"
    )]
    [InlineData("""{"dependentRequired":[]}""", "/dependentRequired", "must be an object of arrays of names")]
    public void A_schema_that_cannot_be_compiled_says_where_and_why(string schema, string pointer, string said)
    {
        var e = Assert.Throws<SchemaException>(() => JsonSchema.Compile(Json(schema)));

        Assert.StartsWith(said, e.Detail);
        Assert.StartsWith(pointer, e.Pointer);
    }

    [Fact]
    public void A_registered_schema_is_found_and_nothing_else_is()
    {
        var registry = new SchemaRegistry();
        registry.Add(
            "https://example.com/city",
            Json("""{"type":"string","$defs":{"x":{"$id":"zip","minLength":5}}}""")
        );
        var schema = Json("""{"allOf":[{"$ref":"https://example.com/city"},{"$ref":"https://example.com/zip"}]}""");

        var errors = JsonSchema.Compile(schema, registry).Validate(Json("\"1234\""));

        var error = Assert.Single(errors);
        Assert.Equal("https://example.com/city#/$defs/x/minLength", error.SchemaPointer);
        Assert.Throws<SchemaException>(() => JsonSchema.Compile(schema));
    }

    [Fact]
    public void Formats_annotate_unless_they_are_asked_to_assert()
    {
        var schema = Json("""{"format":"ipv4"}""");

        Assert.True(JsonSchema.Compile(schema).IsValid(Json("\"1.2.3\"")));
        Assert.False(JsonSchema.Compile(schema, assertFormats: true).IsValid(Json("\"1.2.3\"")));
    }

    [Fact]
    public void All_errors_come_at_once_up_to_the_number_asked_for()
    {
        var schema = JsonSchema.Compile(Json("""{"items":{"type":"null"},"minItems":5}"""));

        Assert.Equal(4, schema.Validate(Json("[1,2,3]")).Count);
        Assert.Equal(2, schema.Validate(Json("[1,2,3]"), maxErrors: 2).Count);
    }

    [Fact]
    public void Of_alternatives_the_closest_one_is_explained()
    {
        var schema = JsonSchema.Compile(
            Json(
                """
                {"oneOf":[
                  {"type":"string"},
                  {"properties":{"at":{"properties":{"hour":{"maximum":23}}}},"required":["at"]},
                  {"required":["every","unit"]}]}
                """
            )
        );

        var errors = schema.Validate(Json("""{"at":{"hour":24}}"""));

        Assert.Equal(["oneOf", "maximum"], errors.Select(e => e.Keyword));
        Assert.Equal("/at/hour", errors[1].InstancePointer);
        Assert.Equal("/oneOf/1/properties/at/properties/hour/maximum", errors[1].SchemaPointer);
    }

    [Fact]
    public void A_schema_outlives_the_document_it_was_read_from()
    {
        JsonSchema schema;
        using (var document = JsonDocument.Parse("""{"enum":["a",{"b":1}]}"""))
        {
            schema = JsonSchema.Compile(document.RootElement);
        }

        Assert.True(schema.IsValid(Json("""{"b":1}""")));
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
