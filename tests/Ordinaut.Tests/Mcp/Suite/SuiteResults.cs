namespace Ordinaut.Tests.Mcp.Suite;

/// <summary>What the suite wrote down: a folder for each scenario, with its checks.</summary>
internal sealed class SuiteResults
{
    public const string Program = "@modelcontextprotocol/conformance/dist/index.js";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-conformance-");

    public string Folder => _folder.FullName;

    /// <summary>The scenarios that were run, by name.</summary>
    public IEnumerable<string> Scenarios() => _folder.GetDirectories().Select(NameOf).Order(StringComparer.Ordinal);

    /// <summary>The checks that did not succeed, as <c>scenario: check</c>.</summary>
    public IEnumerable<string> NotPassed() =>
        _folder
            .GetDirectories()
            .SelectMany(scenario => NotPassed(scenario).Select(check => $"{NameOf(scenario)}: {check}"))
            .Distinct()
            .Order(StringComparer.Ordinal);

    /// <summary>When all is well; else someone may want to look.</summary>
    public void Forget() => _folder.Delete(recursive: true);

    private static IEnumerable<string> NotPassed(DirectoryInfo scenario) =>
        Json.Parse(File.ReadAllText(Path.Combine(scenario.FullName, "checks.json")))
            .EnumerateArray()
            .Where(check => check.GetProperty("status").GetString() is not ("SUCCESS" or "INFO"))
            .Select(check => check.GetProperty("id").GetString()!);

    /// <summary>Of a folder such as server-tools-list-2026-11-23T13-10-28-107Z.</summary>
    private static string NameOf(DirectoryInfo scenario)
    {
        var name = scenario.Name[..^"-2026-11-23T13-10-28-107Z".Length];
        return name.StartsWith("server-", StringComparison.Ordinal)
            ? name["server-".Length..]
            : name["authorization-server-".Length..];
    }
}
