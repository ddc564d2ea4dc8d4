using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Hosting;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Packages;

/// <summary>
/// The bill of materials of the program: CycloneDX 1.6 in JSON. The same sources make the same bytes, so it carries no
/// time, and its number is made from what it says.
/// </summary>
internal static class BillOfMaterials
{
    public const string Program = "ordinaut";

    /// <summary>Where <c>./check</c> leaves it.</summary>
    public static readonly string File = Path.Combine(Repository.Root, "artifacts", "sbom", "ordinaut.cdx.json");

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Without the commit, which a build may add.</summary>
    private static readonly string Version = Health.Version.Split('+')[0];

    public static string Write()
    {
        var packages = ShippedPackage.All();
        var bill = new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject { ["component"] = Component("application", Program, Version, "MIT") },
            ["components"] = new JsonArray([.. Frameworks(), .. packages.Select(Component)]),
            ["dependencies"] = new JsonArray([
                Roots(packages),
                .. packages.Select(package => Needs(package, packages)),
            ]),
        };
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(bill.ToJsonString()));
        // RFC 9562: a UUID of our own making (version 8).
        hash[6] = (byte)(hash[6] & 0x0F | 0x80);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        bill.Insert(3, "serialNumber", $"urn:uuid:{new Guid(hash.AsSpan(0, 16), bigEndian: true)}");
        return bill.ToJsonString(Indented) + "\n";
    }

    /// <summary>What the program runs on, and is not part of it: the least version that it starts with.</summary>
    private static IEnumerable<JsonObject> Frameworks()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "ordinaut.runtimeconfig.json");
        var options = JsonNode.Parse(System.IO.File.ReadAllText(file))!["runtimeOptions"]!;
        return options["frameworks"]!
            .AsArray()
            .Select(framework =>
                Component("framework", (string)framework!["name"]!, (string)framework["version"]!, "MIT")
            );
    }

    private static JsonObject Component(ShippedPackage package)
    {
        var component = Component("library", package.Name, package.Version, package.Licence);
        component["bom-ref"] = package.Purl;
        component["scope"] = "required";
        component["purl"] = package.Purl;
        component["properties"] = new JsonArray(
            new JsonObject { ["name"] = "nuget:contentHash", ["value"] = package.ContentHash }
        );
        return component;
    }

    private static JsonObject Component(string type, string name, string version, string licence) =>
        new()
        {
            ["type"] = type,
            ["bom-ref"] = $"{name}@{version}",
            ["name"] = name,
            ["version"] = version,
            ["licenses"] = new JsonArray(new JsonObject { ["expression"] = licence }),
        };

    /// <summary>What the program asks for itself, which is what no other package brings.</summary>
    private static JsonObject Roots(IReadOnlyList<ShippedPackage> packages)
    {
        var brought = packages.SelectMany(package => package.Needs).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Dependency(
            $"{Program}@{Version}",
            packages.Where(package => !brought.Contains(package.Name)).Select(package => package.Purl)
        );
    }

    private static JsonObject Needs(ShippedPackage package, IReadOnlyList<ShippedPackage> packages) =>
        Dependency(
            package.Purl,
            packages
                .Where(other => package.Needs.Contains(other.Name, StringComparer.OrdinalIgnoreCase))
                .Select(other => other.Purl)
        );

    private static JsonObject Dependency(string from, IEnumerable<string> on) =>
        new() { ["ref"] = from, ["dependsOn"] = new JsonArray([.. on.Select(purl => (JsonNode)purl)]) };
}
