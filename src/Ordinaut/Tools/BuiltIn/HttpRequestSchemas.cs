namespace Ordinaut.Tools.BuiltIn;

/// <summary>The contract of <c>http.request</c> as JSON Schema.</summary>
internal static class HttpRequestSchemas
{
    public const string Input = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "method": {
              "type": "string", "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$", "default": "GET",
              "description": "GET, POST, PUT, PATCH, DELETE or any other method."
            },
            "url": {"type": "string", "minLength": 1, "description": "Absolute http or https address."},
            "query": {
              "$ref": "#/$defs/fields",
              "description": "Added to the address, percent-encoded; a list repeats its name."
            },
            "headers": {"$ref": "#/$defs/fields", "description": "Header fields of the request."},
            "json": {"description": "Body: any JSON value."},
            "form": {"$ref": "#/$defs/fields", "description": "Body: fields of an HTML form."},
            "body": {"type": "string", "description": "Body: text."},
            "body_base64": {"type": "string", "description": "Body: bytes as base64."},
            "timeout_seconds": {
              "type": "number", "exclusiveMinimum": 0, "maximum": 300, "default": 30,
              "description": "Longest wait for the whole answer."
            },
            "accept_status": {
              "type": "array",
              "maxItems": 100,
              "items": {
                "type": ["integer", "string"], "minimum": 100, "maximum": 599, "pattern": "^[1-5](xx|[0-9]{2})$"
              },
              "description": "Statuses of 400 and more that do not fail the step: 404, \"404\" or \"4xx\"."
            },
            "max_response_bytes": {
              "type": "integer", "minimum": 1, "maximum": 10485760, "default": 262144,
              "description": "Largest response body, after decompression."
            },
            "follow_redirects": {
              "type": "boolean",
              "default": false,
              "description": "Follow up to 5 redirects; credentials stay with their origin."
            }
          },
          "required": ["url"],
          "additionalProperties": false,
          "dependentSchemas": {
            "json": {"properties": {"form": false, "body": false, "body_base64": false}},
            "form": {"properties": {"body": false, "body_base64": false}},
            "body": {"properties": {"body_base64": false}}
          },
          "$defs": {
            "fields": {
              "type": "object",
              "additionalProperties": {
                "type": ["string", "number", "boolean", "null", "array"],
                "items": {"type": ["string", "number", "boolean", "null"]}
              }
            }
          }
        }
        """;

    public const string Output = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "status": {"type": "integer", "minimum": 100, "maximum": 999},
            "headers": {
              "type": "object",
              "description": "Names in lower case; set-cookie is a list, repeated others are joined by a comma.",
              "additionalProperties": {"type": ["string", "array"], "items": {"type": "string"}}
            },
            "body": {
              "description": "Parsed if it is JSON, else text, else base64 as body_encoding says; null if empty."
            },
            "body_encoding": {"const": "base64"}
          },
          "required": ["status", "headers", "body"],
          "additionalProperties": false
        }
        """;
}
