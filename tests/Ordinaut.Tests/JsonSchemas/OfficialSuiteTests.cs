using System.Text.Json;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Tests.JsonSchemas;

public sealed class OfficialSuiteTests(ITestOutputHelper output)
{
    /// <summary>Files of optional/format that are not asserted, and why.</summary>
    private static readonly Dictionary<string, string> NotAsserted = new()
    {
        ["idn-hostname.json"] = "the format idn-hostname is not asserted: the Bidi rule needs the tables of RFC 5893",
        ["iri.json"] = "the format iri is not asserted: it needs the character tables of RFC 3987",
        ["iri-reference.json"] = "the format iri-reference is not asserted, as iri",
        ["uri-template.json"] = "the format uri-template (RFC 6570) is not asserted",
    };

    [Theory]
    [InlineData("draft2020-12", "https://json-schema.org/draft/2020-12/schema", 1299)]
    [InlineData("draft7", "http://json-schema.org/draft-07/schema#", 927)]
    public void Every_required_case_passes(string draft, string dialect, int cases)
    {
        Run(draft, dialect, "", assertFormats: false, cases, _ => true);
    }

    [Fact]
    public void Every_case_of_an_asserted_format_passes()
    {
        const string Folder = "optional/format";
        Run("draft2020-12", "", Folder, assertFormats: true, 0, file => !NotAsserted.ContainsKey(file));
    }

    private void Run(
        string draft,
        string dialect,
        string below,
        bool assertFormats,
        int expectedCases,
        Func<string, bool> includes
    )
    {
        Assert.SkipWhen(OfficialSuite.Folder is null, OfficialSuite.Absent);
        var registry = OfficialSuite.Remotes(new SchemaRegistry());
        var (count, failures) = (0, new List<string>());
        var files = Directory.EnumerateFiles(Path.Combine(OfficialSuite.Folder, draft, below), "*.json").Order();
        foreach (var file in files.Where(f => includes(Path.GetFileName(f))))
        {
            foreach (var (name, schema, data, valid) in OfficialSuite.Cases(file))
            {
                count++;
                var verdict = Judge(OfficialSuite.WithDialect(schema, dialect), registry, assertFormats, data);
                if (verdict != (valid ? "valid" : "invalid"))
                {
                    failures.Add($"{name}: {verdict}");
                }
            }
        }

        output.WriteLine($"{draft}/{below}: {count - failures.Count} of {count} cases pass");
        Assert.True(failures.Count == 0, $"{failures.Count} of {count}:\n{string.Join('\n', failures)}");
        Assert.True(count >= Math.Max(expectedCases, 1), $"only {count} cases were found");
    }

    /// <summary>Both ways of validating must agree.</summary>
    private static string Judge(JsonElement schema, SchemaRegistry registry, bool assertFormats, JsonElement data)
    {
        try
        {
            var compiled = JsonSchema.Compile(schema, registry, assertFormats);
            var errors = compiled.Validate(data);
            return compiled.IsValid(data) != (errors.Count == 0) ? "contradictory"
                : errors.Count == 0 ? "valid"
                : errors[^1].Keyword == "too_complex" ? "too complex"
                : "invalid";
        }
        catch (SchemaException e)
        {
            return e.Message;
        }
    }
}
