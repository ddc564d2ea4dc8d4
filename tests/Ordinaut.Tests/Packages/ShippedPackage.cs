using System.Text.Json;
using System.Xml.Linq;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Packages;

/// <summary>A package that goes out with the program.</summary>
/// <param name="ContentHash">SHA-512 of its content, base64, as the lock file holds it.</param>
/// <param name="Licence">An SPDX expression.</param>
/// <param name="Needs">The names of the packages it needs.</param>
internal sealed record ShippedPackage(
    string Name,
    string Version,
    string ContentHash,
    string Licence,
    IReadOnlyList<string> Needs
)
{
    /// <summary>
    /// What lock files name although nothing of it goes out, beside what its own maker says is for builds.
    /// </summary>
    private static readonly string[] BuildTools = ["Microsoft.NET.ILLink.Tasks"];

    /// <summary>
    /// Packages that come with a text in place of an expression: who read it, and as what. A new version is read anew.
    /// </summary>
    private static readonly Dictionary<string, (string Expression, string Says)> Texts = new()
    {
        ["SQLite 3.53.4"] = ("LicenseRef-SQLite-public-domain", "SQLite is Public Domain"),
    };

    public string Purl => $"pkg:nuget/{Name}@{Version}";

    /// <summary>All of them, by name, as the lock file of the program resolved them.</summary>
    public static IReadOnlyList<ShippedPackage> All() =>
        [.. Locked("src/Ordinaut").Where(package => !package.IsForBuilds).Select(package => package.Read())];

    /// <summary>Every package of every project, build tools and tests included.</summary>
    public static IReadOnlyList<(string Name, string Version)> Everything() =>
        [
            .. Repository
                .Texts.Where(file => file.Path.EndsWith("/packages.lock.json", StringComparison.Ordinal))
                .SelectMany(file => Locked(Path.GetDirectoryName(file.Path)!))
                .Select(package => (package.Name, package.Version))
                .Distinct(),
        ];

    private static IEnumerable<LockedPackage> Locked(string project)
    {
        using var text = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, project, "packages.lock.json"))
        );
        foreach (var framework in text.RootElement.GetProperty("dependencies").EnumerateObject())
        {
            foreach (var package in framework.Value.EnumerateObject())
            {
                if (package.Value.TryGetProperty("resolved", out var version))
                {
                    yield return new LockedPackage(package.Name, version.GetString()!, package.Value.Clone());
                }
            }
        }
    }

    /// <param name="Row">What the lock file says of it.</param>
    private sealed record LockedPackage(string Name, string Version, JsonElement Row)
    {
        public bool IsForBuilds =>
            BuildTools.Contains(Name)
            || (string?)Metadata().Element(Metadata().Name.Namespace + "developmentDependency") == "true";

        public ShippedPackage Read() =>
            new(Name, Version, Row.GetProperty("contentHash").GetString()!, LicenceOf(), Needed());

        private List<string> Needed() =>
            Row.TryGetProperty("dependencies", out var needs)
                ? [.. needs.EnumerateObject().Select(need => need.Name)]
                : [];

        private string LicenceOf()
        {
            var metadata = Metadata();
            var licence = metadata.Element(metadata.Name.Namespace + "license");
            if ((string?)licence?.Attribute("type") == "expression")
            {
                return licence!.Value;
            }

            var (expression, says) = Texts[$"{Name} {Version}"];
            Assert.Contains(says, File.ReadAllText(Path.Combine(Folder(), licence!.Value)), StringComparison.Ordinal);
            return expression;
        }

        private XElement Metadata() =>
            XDocument.Load(Path.Combine(Folder(), $"{Name.ToLowerInvariant()}.nuspec")).Root!.Elements().First();

        private string Folder() =>
            Path.Combine(PackageFolder.Value, Name.ToLowerInvariant(), Version.ToLowerInvariant());
    }

    /// <summary>Where restore put the packages on this machine.</summary>
    private static readonly Lazy<string> PackageFolder = new(() =>
    {
        var assets = Path.Combine(Repository.Root, "artifacts/obj/Ordinaut/project.assets.json");
        using var text = JsonDocument.Parse(File.ReadAllText(assets));
        return text.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name;
    });
}
