using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ordinaut.Tests.Packages;

/// <summary>What the program is made of: known, all of it, and under licences that go with ours.</summary>
public sealed partial class BillOfMaterialsTests
{
    /// <summary>Licences under which a part may go out with a program under MIT, with no duty but to name it.</summary>
    private static readonly string[] Allowed =
    [
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "PostgreSQL",
        "LicenseRef-SQLite-public-domain",
    ];

    [Fact]
    public void It_is_written_and_the_same_each_time()
    {
        var text = BillOfMaterials.Write();

        Directory.CreateDirectory(Path.GetDirectoryName(BillOfMaterials.File)!);
        File.WriteAllText(BillOfMaterials.File, text);
        Assert.Equal(text, BillOfMaterials.Write());
    }

    /// <summary>The members that the schema of CycloneDX 1.6 requires, and those that readers live by.</summary>
    [Fact]
    public void It_says_what_cyclonedx_1_6_requires() => Assert.Empty(Faults(BillOfMaterials.Write()));

    [Theory]
    [InlineData("\"specVersion\": \"1.6\"", "\"specVersion\": \"1.4\"")]
    [InlineData("urn:uuid:", "urn:")]
    [InlineData("\"type\": \"library\"", "\"type\": \"thing\"")]
    [InlineData("\"purl\": \"pkg:nuget/Npgsql@", "\"purl\": \"pkg:npm/npgsql@")]
    [InlineData("\"ref\": \"pkg:nuget/Npgsql@", "\"ref\": \"pkg:nuget/Nowhere@")]
    [InlineData("\"name\": \"Npgsql\"", "\"title\": \"Npgsql\"")]
    public void A_bill_that_is_none_is_noticed(string right, string wrong)
    {
        var text = BillOfMaterials.Write();
        Assert.Contains(right, text, StringComparison.Ordinal);

        Assert.NotEmpty(Faults(text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void It_names_every_package_that_the_program_is_shipped_with()
    {
        using var built = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ordinaut.deps.json"))
        );
        var shipped = built
            .RootElement.GetProperty("libraries")
            .EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => "pkg:nuget/" + library.Name.Replace('/', '@'));

        Assert.Equal(shipped.Order(), ShippedPackage.All().Select(package => package.Purl).Order());
    }

    [Fact]
    public void Every_part_is_under_a_licence_that_goes_with_ours()
    {
        var packages = ShippedPackage.All();

        Assert.True(packages.Count > 30, "the lock file was not read");
        Assert.Empty(packages.Where(package => !IsAllowed(package.Licence)).Select(p => $"{p.Purl}: {p.Licence}"));
    }

    [Theory]
    [InlineData("MIT", true)]
    [InlineData("MIT OR GPL-3.0-only", true)]
    [InlineData("MIT AND Apache-2.0", true)]
    [InlineData("MIT AND GPL-3.0-only", false)]
    [InlineData("AGPL-3.0-or-later", false)]
    [InlineData("LGPL-2.1-only OR MPL-2.0", false)]
    [InlineData("(MIT OR Apache-2.0) AND GPL-2.0-only", false)]
    [InlineData("", false)]
    public void A_licence_is_judged_by_its_expression(string licence, bool isAllowed) =>
        Assert.Equal(isAllowed, IsAllowed(licence));

    /// <summary>Whoever may choose needs one that is fine; what holds together must be fine altogether.</summary>
    private static bool IsAllowed(string licence) =>
        licence.Contains('(', StringComparison.Ordinal)
            ? Word().Matches(licence).All(word => Allowed.Contains(word.Value))
            : licence.Split(" OR ").Any(choice => choice.Split(" AND ").All(name => Allowed.Contains(name)));

    private static List<string> Faults(string text)
    {
        using var document = JsonDocument.Parse(text);
        var bill = document.RootElement;
        var faults = new List<string>();
        void Require(bool isFine, string what)
        {
            if (!isFine)
            {
                faults.Add(what);
            }
        }

        Require(TextOf(bill, "bomFormat") == "CycloneDX", "bomFormat");
        Require(TextOf(bill, "specVersion") == "1.6", "specVersion");
        Require(SerialNumber().IsMatch(TextOf(bill, "serialNumber")), "serialNumber");
        Require(bill.GetProperty("version").GetInt32() >= 1, "version");
        var main = bill.GetProperty("metadata").GetProperty("component");
        Require(TextOf(main, "type") == "application" && TextOf(main, "name") == "ordinaut", "metadata.component");
        var components = bill.GetProperty("components").EnumerateArray().ToList();
        foreach (var component in components)
        {
            var type = TextOf(component, "type");
            Require(type is "library" or "framework", $"type of {component}");
            Require(TextOf(component, "name").Length > 0 && TextOf(component, "version").Length > 0, $"{component}");
            Require(component.GetProperty("licenses")[0].GetProperty("expression").GetString() != "", $"{component}");
            var purl = $"pkg:nuget/{TextOf(component, "name")}@{TextOf(component, "version")}";
            Require(type == "framework" || TextOf(component, "purl") == purl, $"purl of {component}");
        }

        var refs = components.Append(main).Select(component => TextOf(component, "bom-ref")).ToList();
        Require(refs.Distinct().Count() == refs.Count, "two components have one bom-ref");
        foreach (var dependency in bill.GetProperty("dependencies").EnumerateArray())
        {
            Require(refs.Contains(TextOf(dependency, "ref")), $"ref of {dependency}");
            var on = dependency.GetProperty("dependsOn").EnumerateArray().Select(purl => purl.GetString()!);
            Require(on.All(refs.Contains), $"dependsOn of {dependency}");
        }

        return faults;
    }

    private static string TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString()! : "";

    [GeneratedRegex("^urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")]
    private static partial Regex SerialNumber();

    [GeneratedRegex(@"\b(?!AND\b|OR\b)[\w.-]+")]
    private static partial Regex Word();
}
