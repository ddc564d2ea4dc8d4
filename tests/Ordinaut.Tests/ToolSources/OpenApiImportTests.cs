using Ordinaut.Sdk.Wire;
using Ordinaut.ToolSources;

namespace Ordinaut.Tests.ToolSources;

public sealed class OpenApiImportTests
{
    public const string Shop = """
        {
          "openapi": "3.0.3",
          "info": {"title": "Shop", "version": "1"},
          "servers": [{"url": "https://shop.example/v1/"}],
          "paths": {
            "/pets": {
              "get": {
                "operationId": "listPets", "summary": "List pets",
                "parameters": [
                  {"name": "kind", "in": "query", "description": "Of this kind.", "schema": {"type": "string"}},
                  {"$ref": "#/components/parameters/Limit"},
                  {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
                  {"name": "X-Shop", "in": "header", "required": true, "schema": {"type": "string"}}
                ],
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": {
                  "type": "array", "items": {"$ref": "#/components/schemas/Pet"}}}}}}
              },
              "post": {
                "operationId": "addPet",
                "requestBody": {"required": true, "content": {"application/json": {"schema":
                  {"$ref": "#/components/schemas/Pet"}}}},
                "responses": {"201": {"description": ""}, "default": {"description": ""}}
              }
            },
            "/pets/{id}": {
              "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
              "get": {
                "operationId": "getPet", "description": "Shows one pet.",
                "responses": {"200": {"$ref": "#/components/responses/Pet"}, "404": {"description": ""}}
              }
            },
            "/pets/{id}/photo": {
              "post": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
                "requestBody": {"content": {"image/png": {}}}, "responses": {}
              }
            }
          },
          "components": {
            "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {
              "type": "integer", "minimum": 0, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false}}},
            "responses": {"Pet": {"description": "", "content": {"application/json": {"schema":
              {"$ref": "#/components/schemas/Pet"}}}}},
            "schemas": {"Pet": {"type": "object", "required": ["name"], "properties": {
              "id": {"type": "integer", "example": 1}, "name": {"type": "string"},
              "nick": {"type": "string", "nullable": true},
              "parent": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/Pet"}]}}}}
          }
        }
        """;

    [Fact]
    public void Operations_become_tools_with_all_they_take_and_give()
    {
        var (tools, findings) = OpenApiImport.Read(Request(Shop) with { TokenFrom = "file:shop" });

        Assert.Equal(["shop.listPets", "shop.addPet", "shop.getPet"], tools.Select(tool => tool.Name));
        var (list, add, get) = (tools[0], tools[1], tools[2]);
        Assert.Equal(("GET", "https://shop.example/v1/pets"), (list.Method, list.Url));
        Assert.Equal(("List pets", "List pets", "idempotent"), (list.Title, list.Description, list.Effect));
        Assert.Equal(["kind", "limit"], list.Query!.Keys);
        Assert.Equal("{X-Shop}", Assert.Single(list.Headers!).Value);
        Assert.All(tools, tool => Assert.Equal("file:shop", tool.TokenFrom));
        Assert.Equal(("POST", "{body}", null), (add.Method, add.Body!.Value.GetString(), add.Effect));
        Assert.Equal("https://shop.example/v1/pets/{id}", get.Url);
        Assert.Equal("Shows one pet.", get.Description);
        var finding = Assert.Single(findings);
        Assert.Equal("/paths/~1pets~1{id}~1photo/post/requestBody", finding.Pointer);
    }

    [Theory]
    [InlineData(0, """{"X-Shop": "a", "limit": 9}""", true)]
    [InlineData(0, """{"X-Shop": "a", "limit": 0}""", false)]
    [InlineData(0, """{"limit": 1}""", false)]
    [InlineData(0, """{"X-Shop": "a", "other": 1}""", false)]
    [InlineData(1, """{"body": {"name": "a", "nick": null, "parent": {"name": "b"}}}""", true)]
    [InlineData(1, """{"body": {"name": "a", "parent": {"name": 1}}}""", false)]
    [InlineData(1, """{"body": {"name": "a", "parent": null}}""", true)]
    [InlineData(1, "{}", false)]
    [InlineData(2, """{"id": "one"}""", false)]
    public void Its_schemas_stand_alone_and_mean_what_they_meant(int tool, string input, bool fits)
    {
        var schema = OpenApiImport.Read(Request(Shop)).Tools[tool].InputSchema!.Value;

        Assert.Equal(fits, Ordinaut.JsonSchemas.JsonSchema.Compile(schema).IsValid(Json.Parse(input)));
    }

    [Theory]
    [InlineData("""[{"name": "a", "in": "cookie", "required": true}]""", "cookie")]
    [InlineData("""[{"name": "a", "in": "query"}, {"name": "a", "in": "header"}]""", "have the name 'a'")]
    [InlineData("""[{"name": "a", "in": "query", "schema": {"$ref": "https://b.example/s"}}]""", "can be followed")]
    [InlineData(
        """[{"name": "a", "in": "query", "schema": {"$ref": "#/components/schemas/No"}}]""",
        "not in the document"
    )]
    [InlineData("""[{"$ref": "#/components/parameters/No"}]""", "not in the document")]
    [InlineData("""[{"$ref": "other.json#/a"}]""", "not in the document")]
    [InlineData("""[{"name": "a", "in": "query", "schema": {"$ref": 5}}]""", "OpenAPI 3 says")]
    [InlineData("[5]", "OpenAPI 3 says")]
    [InlineData("""[{"name": "a", "in": "query", "schema": {"type": "nonsense"}}]""", "does not compile")]
    [InlineData("""[{"name": "a b", "in": "query"}]""", "placeholder")]
    [InlineData("""[{"name": "Host", "in": "header"}]""", "Host")]
    public void An_operation_that_cannot_be_a_tool_is_named_and_the_others_can(string parameters, string expected)
    {
        var (tools, findings) = OpenApiImport.Read(
            Request(
                $$"""
                {"openapi": "3.1.0", "servers": [{"url": "https://a.example"}], "paths": {
                  "/a": {"get": {"operationId": "odd", "parameters": {{parameters}} },
                         "put": {"operationId": "fine"} } } }
                """
            )
        );

        Assert.Equal("shop.fine", Assert.Single(tools).Name);
        Assert.Contains(expected, Assert.Single(findings).Detail);
        Assert.StartsWith("/paths/~1a/get", findings[0].Pointer);
    }

    [Theory]
    [InlineData("""{"swagger": "2.0", "paths": {}}""", "/document")]
    [InlineData("""{"openapi": "3.0.0"}""", "/document")]
    [InlineData("[]", "/document")]
    [InlineData("""{"openapi": "3.0.0", "paths": {}}""", "/url")]
    [InlineData("""{"openapi": "3.0.0", "paths": {}, "servers": [{"url": "/v1"}]}""", "/url")]
    public void A_document_that_is_none_is_refused(string document, string pointer)
    {
        var problem = Assert.Throws<Problem>(() => OpenApiImport.Read(Request(document)));

        Assert.Equal(pointer, Assert.Single(problem.Errors).Pointer);
        Assert.Throws<Problem>(() => OpenApiImport.Read(Request(Shop) with { Provider = "No" }));
    }

    [Fact]
    public void Only_the_operations_asked_for_are_imported_and_names_are_made_where_there_are_none()
    {
        var some = OpenApiImport.Read(Request(Shop) with { Operations = ["getPet"] });
        Assert.Equal("shop.getPet", Assert.Single(some.Tools).Name);

        var nameless = """
            {"openapi": "3.0.0", "servers": [{"url": "https://a.example"}], "paths": {"/a/{b}": {"get": {"parameters":
              [{"name": "b", "in": "path"}]}}, "/a/b": {"get": {"operationId": "get_a__b"}}}}
            """;
        var (tools, findings) = OpenApiImport.Read(Request(nameless));
        Assert.Equal("shop.get_a__b", Assert.Single(tools).Name);
        Assert.Contains("already", Assert.Single(findings).Detail);
    }

    [Theory]
    [InlineData(OpenApiImport.MaxOperations, true)]
    [InlineData(OpenApiImport.MaxOperations + 1, false)]
    public void A_document_may_have_500_operations_and_not_one_more(int count, bool fits)
    {
        var paths = string.Join(",", Enumerable.Range(0, count).Select(i => $$"""  "/a{{i}}": {"get": {} } """));
        var document = $$"""{"openapi": "3.0.0", "servers": [{"url": "https://a.example"}], "paths": { {{paths}} } }""";

        var failure = Record.Exception(() => OpenApiImport.Read(Request(document)));

        Assert.Equal(fits, failure is null);
    }

    [Theory]
    [InlineData(OpenApiSchemas.MaxReferred, null)]
    [InlineData(OpenApiSchemas.MaxReferred + 1, "more than 100")]
    public void A_tool_may_refer_to_100_schemas_and_not_one_more(int count, string? expected)
    {
        var chain = Enumerable
            .Range(0, count)
            .Select(i =>
                $$"""  "S{{i}}": {"properties": {"next": {"$ref": "#/components/schemas/S{{(i + 1) % count}}"} } } """
            );
        Assert.Equal(expected is null, Findings(string.Join(",", chain), expected) == 0);
        Assert.Equal(1, Findings($"\"S0\": {{\"const\": \"{new string('x', HttpToolCheck.MaxBytes)}\"}}", "larger"));
    }

    private static int Findings(string schemas, string? expected)
    {
        var document = $$"""
            {"openapi": "3.0.0", "servers": [{"url": "https://a.example"}], "components": {"schemas": { {{schemas}} } },
             "paths": {"/a": {"get": {"parameters": [
               {"name": "a", "in": "query", "schema": {"$ref": "#/components/schemas/S0"} } ] } } } }
            """;
        var findings = OpenApiImport.Read(Request(document)).Findings;
        Assert.All(findings, finding => Assert.Contains(expected!, finding.Detail));
        return findings.Count;
    }

    private static ImportTools Request(string document) => new("shop", Json.Parse(document));
}
