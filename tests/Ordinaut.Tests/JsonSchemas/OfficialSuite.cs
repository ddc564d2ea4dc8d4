using System.Text.Json;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Tests.JsonSchemas;

/// <summary>
/// The official JSON Schema test suite. It is third-party data and not part of the repository: read from
/// $ORDINAUT_VECTORS, else from ../shared/vectors beside the repository.
/// </summary>
internal static class OfficialSuite
{
    public const string Absent =
        "The official JSON Schema test suite did not run: no json-schema folder under $ORDINAUT_VECTORS or "
        + "../shared/vectors. It is published as JSON-Schema-Test-Suite on GitHub.";

    private const string RemoteBase = "http://localhost:1234/";

    public static string? Folder { get; } = Find();

    public static SchemaRegistry Remotes(SchemaRegistry registry)
    {
        var folder = Path.Combine(Folder!, "remotes");
        // Metaschemas first: other remotes name them as their dialect.
        var files = Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories);
        foreach (var file in files.OrderBy(f => !f.Contains("metaschema", StringComparison.Ordinal)).ThenBy(f => f))
        {
            var path = Path.GetRelativePath(folder, file).Replace('\\', '/');
            var dialect = path.StartsWith("draft7/", StringComparison.Ordinal) ? SchemaDialect.Draft7Uri : "";
            registry.Add(RemoteBase + path, WithDialect(JsonElement.Parse(File.ReadAllBytes(file)), dialect));
        }

        return registry;
    }

    /// <summary>The cases of one file: description, schema, value, verdict.</summary>
    public static IEnumerable<(string Name, JsonElement Schema, JsonElement Data, bool Valid)> Cases(string file)
    {
        foreach (var group in JsonElement.Parse(File.ReadAllBytes(file)).EnumerateArray())
        {
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                yield return (
                    $"{Path.GetFileName(file)}: {group.GetProperty("description")}: {test.GetProperty("description")}",
                    group.GetProperty("schema"),
                    test.GetProperty("data"),
                    test.GetProperty("valid").GetBoolean()
                );
            }
        }
    }

    /// <summary>Draft-07 schemas of the suite do not say their draft.</summary>
    public static JsonElement WithDialect(JsonElement schema, string dialect)
    {
        if (dialect.Length == 0 || schema.ValueKind != JsonValueKind.Object || schema.TryGetProperty("$schema", out _))
        {
            return schema;
        }

        var text = schema.GetRawText();
        var separator = text.AsSpan(1).Trim().Length > 1 ? "," : "";
        return JsonElement.Parse($$"""{"$schema":"{{dialect}}"{{separator}}{{text[1..]}}""");
    }

    private static string? Find()
    {
        var candidates = new[] { Environment.GetEnvironmentVariable("ORDINAUT_VECTORS"), Beside() };
        return candidates
            .OfType<string>()
            .Select(folder => Path.Combine(folder, "json-schema"))
            .FirstOrDefault(Directory.Exists);
    }

    private static string? Beside()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ordinaut.slnx")))
            {
                return Path.Combine(folder.FullName, "..", "shared", "vectors");
            }
        }

        return null;
    }
}
