using System.Collections.Frozen;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// The two drafts' metaschemas, so that a schema may say "a schema" with <c>$ref</c>. Written from the keywords'
/// definitions in the specifications: they accept the same schemas as the published ones, in one document each.
/// </summary>
internal static class Metaschemas
{
    private static readonly FrozenDictionary<string, JsonElement> Documents = Load();

    public static bool TryFind(string uri, out JsonElement document) => Documents.TryGetValue(uri, out document);

    private static FrozenDictionary<string, JsonElement> Load() =>
        new Dictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            [SchemaDialect.Draft202012Uri] = JsonElement.Parse(Draft202012),
            [SchemaDialect.Draft7Uri] = JsonElement.Parse(Draft7),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    // Other metaschemas extend it through the dynamic anchor, as with the published one.
    private static ReadOnlySpan<byte> Draft202012 =>
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "https://json-schema.org/draft/2020-12/schema",
          "$dynamicAnchor": "meta",
          "type": ["object", "boolean"],
          "properties": {
            "$id": { "type": "string", "pattern": "^[^#]*#?$" },
            "$schema": { "type": "string" }, "$ref": { "type": "string" }, "$dynamicRef": { "type": "string" },
            "$anchor": { "$ref": "#/$defs/name" }, "$dynamicAnchor": { "$ref": "#/$defs/name" },
            "$vocabulary": { "type": "object", "additionalProperties": { "type": "boolean" } },
            "$comment": { "type": "string" },
            "$defs": { "$ref": "#/$defs/map" }, "definitions": { "$ref": "#/$defs/map" },
            "prefixItems": { "$ref": "#/$defs/list" }, "items": { "$dynamicRef": "#meta" },
            "contains": { "$dynamicRef": "#meta" }, "unevaluatedItems": { "$dynamicRef": "#meta" },
            "properties": { "$ref": "#/$defs/map" }, "patternProperties": { "$ref": "#/$defs/map" },
            "additionalProperties": { "$dynamicRef": "#meta" }, "unevaluatedProperties": { "$dynamicRef": "#meta" },
            "dependentSchemas": { "$ref": "#/$defs/map" }, "propertyNames": { "$dynamicRef": "#meta" },
            "if": { "$dynamicRef": "#meta" }, "then": { "$dynamicRef": "#meta" }, "else": { "$dynamicRef": "#meta" },
            "allOf": { "$ref": "#/$defs/list" }, "anyOf": { "$ref": "#/$defs/list" },
            "oneOf": { "$ref": "#/$defs/list" }, "not": { "$dynamicRef": "#meta" },
            "type": {
              "anyOf": [
                { "$ref": "#/$defs/type" },
                { "type": "array", "items": { "$ref": "#/$defs/type" }, "minItems": 1, "uniqueItems": true }
              ]
            },
            "enum": { "type": "array" }, "const": true,
            "multipleOf": { "type": "number", "exclusiveMinimum": 0 },
            "maximum": { "type": "number" }, "exclusiveMaximum": { "type": "number" },
            "minimum": { "type": "number" }, "exclusiveMinimum": { "type": "number" },
            "maxLength": { "$ref": "#/$defs/count" }, "minLength": { "$ref": "#/$defs/count" },
            "pattern": { "type": "string" }, "format": { "type": "string" },
            "maxItems": { "$ref": "#/$defs/count" }, "minItems": { "$ref": "#/$defs/count" },
            "uniqueItems": { "type": "boolean" },
            "maxContains": { "$ref": "#/$defs/count" }, "minContains": { "$ref": "#/$defs/count" },
            "maxProperties": { "$ref": "#/$defs/count" }, "minProperties": { "$ref": "#/$defs/count" },
            "required": { "$ref": "#/$defs/names" },
            "dependentRequired": { "type": "object", "additionalProperties": { "$ref": "#/$defs/names" } },
            "title": { "type": "string" }, "description": { "type": "string" }, "default": true,
            "deprecated": { "type": "boolean" }, "readOnly": { "type": "boolean" }, "writeOnly": { "type": "boolean" },
            "examples": { "type": "array" },
            "contentEncoding": { "type": "string" }, "contentMediaType": { "type": "string" },
            "contentSchema": { "$dynamicRef": "#meta" }
          },
          "$defs": {
            "name": { "type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$" },
            "count": { "type": "integer", "minimum": 0 },
            "names": { "type": "array", "items": { "type": "string" }, "uniqueItems": true },
            "type": { "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] },
            "list": { "type": "array", "minItems": 1, "items": { "$dynamicRef": "#meta" } },
            "map": { "type": "object", "additionalProperties": { "$dynamicRef": "#meta" } }
          }
        }
        """u8;

    private static ReadOnlySpan<byte> Draft7 =>
        """
        {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "$id": "http://json-schema.org/draft-07/schema#",
          "type": ["object", "boolean"],
          "properties": {
            "$id": { "type": "string" }, "$schema": { "type": "string" }, "$ref": { "type": "string" },
            "$comment": { "type": "string" }, "title": { "type": "string" }, "description": { "type": "string" },
            "default": true, "readOnly": { "type": "boolean" }, "writeOnly": { "type": "boolean" },
            "examples": { "type": "array" },
            "multipleOf": { "type": "number", "exclusiveMinimum": 0 },
            "maximum": { "type": "number" }, "exclusiveMaximum": { "type": "number" },
            "minimum": { "type": "number" }, "exclusiveMinimum": { "type": "number" },
            "maxLength": { "$ref": "#/definitions/count" }, "minLength": { "$ref": "#/definitions/count" },
            "pattern": { "type": "string" }, "format": { "type": "string" },
            "additionalItems": { "$ref": "#" },
            "items": { "anyOf": [{ "$ref": "#" }, { "$ref": "#/definitions/list" }] },
            "maxItems": { "$ref": "#/definitions/count" }, "minItems": { "$ref": "#/definitions/count" },
            "uniqueItems": { "type": "boolean" }, "contains": { "$ref": "#" },
            "maxProperties": { "$ref": "#/definitions/count" }, "minProperties": { "$ref": "#/definitions/count" },
            "required": { "$ref": "#/definitions/names" }, "additionalProperties": { "$ref": "#" },
            "definitions": { "$ref": "#/definitions/map" }, "properties": { "$ref": "#/definitions/map" },
            "patternProperties": { "$ref": "#/definitions/map" },
            "dependencies": {
              "type": "object",
              "additionalProperties": { "anyOf": [{ "$ref": "#" }, { "$ref": "#/definitions/names" }] }
            },
            "propertyNames": { "$ref": "#" }, "const": true, "enum": { "type": "array" },
            "type": {
              "anyOf": [
                { "$ref": "#/definitions/type" },
                { "type": "array", "items": { "$ref": "#/definitions/type" }, "minItems": 1, "uniqueItems": true }
              ]
            },
            "contentMediaType": { "type": "string" }, "contentEncoding": { "type": "string" },
            "if": { "$ref": "#" }, "then": { "$ref": "#" }, "else": { "$ref": "#" },
            "allOf": { "$ref": "#/definitions/list" }, "anyOf": { "$ref": "#/definitions/list" },
            "oneOf": { "$ref": "#/definitions/list" }, "not": { "$ref": "#" }
          },
          "definitions": {
            "count": { "type": "integer", "minimum": 0 },
            "names": { "type": "array", "items": { "type": "string" }, "uniqueItems": true },
            "type": { "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] },
            "list": { "type": "array", "minItems": 1, "items": { "$ref": "#" } },
            "map": { "type": "object", "additionalProperties": { "$ref": "#" } }
          }
        }
        """u8;
}
