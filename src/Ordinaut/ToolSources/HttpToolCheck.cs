using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.JsonSchemas;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.ToolSources;

/// <summary>Everything that is wrong with an HTTP tool, before it is saved. Pure.</summary>
internal static class HttpToolCheck
{
    /// <summary>The largest declaration in bytes of JSON; 64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    public const int MaxTimeoutSeconds = HttpRequestTool.MaxTimeoutSeconds;

    public static IReadOnlyList<FieldError> Findings(string name, HttpToolInput tool)
    {
        if (Json.Write(tool).Length > MaxBytes)
        {
            return [new("", $"The tool's declaration is larger than {MaxBytes} bytes.")];
        }

        var findings = new List<FieldError>(SourceChecks.Token(tool.TokenFrom, tool.Url));
        if (!ToolCatalog.IsName(name))
        {
            findings.Add(new("/name", $"'{name}' is not provider.tool, such as crm.find_person."));
        }

        findings.AddRange(SourceChecks.Effect(tool.Effect, "/effect"));
        findings.AddRange(SourceChecks.Range(tool.TimeoutSeconds, MaxTimeoutSeconds, "timeout_seconds"));
        if (tool.Cost is < 0 or > 1_000_000)
        {
            findings.Add(new("/cost", "cost must be 0 to 1000000."));
        }

        var templates = Templates(tool).ToList();
        findings.AddRange(templates);
        findings.AddRange(Schemas(name, tool));
        if (templates.Count == 0)
        {
            findings.AddRange(Request(tool));
        }

        return findings;
    }

    private static IEnumerable<FieldError> Templates(HttpToolInput tool)
    {
        if (tool.Url is not { Length: > 0 } url)
        {
            yield return new("/url", "url is required, such as https://api.example/people/{id}.");
            yield break;
        }

        (string Name, JsonElement Template)[] templates =
        [
            ("url", Json.ToElement(url)),
            ("query", HttpTemplate.ObjectOf(tool.Query)),
            ("headers", HttpTemplate.ObjectOf(tool.Headers)),
            ("body", tool.Body ?? Json.ToElement("")),
        ];
        foreach (var (name, template) in templates)
        {
            if (Placeholders.FaultIn(template) is { } fault)
            {
                yield return new($"/{name}", $"{name} {fault}.");
            }
        }

        // Who names the host decides where the secret goes: that is the operator, never the input.
        var authority = url.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : url.IndexOfAny(['/', '?'], authority + 3);
        var first = url.IndexOf('{');
        if (first >= 0 && (path < 0 || first < path))
        {
            yield return new(
                "/url",
                "url may have placeholders in its path and query only, not in scheme, host or port."
            );
        }
    }

    /// <summary>A request with something for every placeholder, built as a real one would be.</summary>
    private static IEnumerable<FieldError> Request(HttpToolInput tool)
    {
        var sample = new JsonObject(
            HttpTemplate.NamesOf(tool).Distinct().Select(name => KeyValuePair.Create(name, (JsonNode?)"x"))
        );
        var (request, fault) = HttpTemplate.Fill(tool, Json.OfNode(sample));
        if (fault is not null)
        {
            yield return new("/url", fault);
            yield break;
        }

        if (tool.TokenHeader is { } header)
        {
            request!["headers"]!.AsObject()[header] = "x";
        }

        if (HttpRequestInput.Build(Json.OfNode(request!), "x").Failure is { } failure)
        {
            var place = failure.Message.StartsWith('/') ? failure.Message.Split(':')[0] : "/url";
            yield return new(place, failure.Message);
        }
    }

    private static IEnumerable<FieldError> Schemas(string name, HttpToolInput tool)
    {
        string? fault = null;
        try
        {
            ToolSchemas.Compile(HttpTool.Describe(name, tool));
        }
        catch (SchemaException failure)
        {
            fault = failure.Message;
        }

        if (fault is not null)
        {
            yield return new("/input_schema", $"A schema of the tool does not compile: {fault}");
        }
        else if (tool.InputSchema is { ValueKind: JsonValueKind.Object } input)
        {
            var known = input.TryGetProperty("properties", out var members) ? members : JsonElement.Parse("{}"u8);
            foreach (
                var placeholder in HttpTemplate.NamesOf(tool).Distinct().Where(n => !known.TryGetProperty(n, out _))
            )
            {
                yield return new("/input_schema", $"The placeholder '{{{placeholder}}}' is none of its properties.");
            }
        }
    }
}
