using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ordinaut.Tests.Tidy;

/// <summary>
/// Which folder of src/Ordinaut may know which. Judged by what a name means, not by using directives: code in
/// <c>Ordinaut.Tasks</c> can name <c>Runs.Run</c> without one, and a <c>var</c> hides a type but not its members.
/// </summary>
public sealed class ArrowTests
{
    private const string Everything = "*";
    private const string RootFiles = "root files";

    private static readonly string[] Pure = ["Schedules", "Expressions", "JsonSchemas", "Pipelines"];
    private static readonly string[] Nouns =
    [
        "Tasks",
        "Runs",
        "Events",
        "Agents",
        "Audit",
        "Calendars",
        "Nodes",
        "Approvals",
        "Monitors",
        "Models",
        "Playground",
        "ToolSources",
        "Secrets",
        "Webhooks",
        "Accounts",
        "OAuth",
        "Backups",
    ];

    /// <summary>
    /// Folder → the folders it may use besides itself and the root files. A name stands for that namespace alone:
    /// <c>Tools</c> is the contract, <c>Tools.BuiltIn</c> would be one more name.
    /// </summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        [RootFiles] = ["Sdk"],
        ["Program.cs"] = ["Hosting", "Cli"],
        ["StoredJson.cs"] = ["Tasks", "Pipelines", "Agents", "Tools", "Backups"],
        ["Sdk"] = [],
        ["Store"] = [],
        ["Redis"] = [],
        ["Schedules"] = ["Sdk"],
        ["Expressions"] = ["Sdk"],
        ["JsonSchemas"] = ["Sdk"],
        ["Pipelines"] = ["Sdk", "Expressions", "JsonSchemas", "Tools"],
        ["Tools"] = ["Sdk", "Expressions", "JsonSchemas"],
        ["Tasks"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Runs"] = ["Sdk", "Store", "Redis", "Tools", .. Pure, .. Nouns],
        ["Events"] = ["Sdk", "Store", "Redis", "Tools", .. Pure, .. Nouns],
        ["Agents"] = ["Sdk", "Store", "Redis", "Tools", .. Pure, .. Nouns],
        ["Accounts"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["OAuth"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Audit"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Calendars"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Nodes"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Approvals"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Monitors"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Models"] = ["Sdk", "Store", "Tools", "Tools.BuiltIn", "JsonSchemas"],
        ["Mail"] = ["Sdk", "Tools"],
        ["ToolSources"] = ["Sdk", "Store", "Tools", "Tools.BuiltIn", "JsonSchemas", "Agents", "Audit"],
        ["Secrets"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Webhooks"] = ["Sdk", "Store", "Tools", "Tools.BuiltIn", .. Pure, .. Nouns],
        ["Backups"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Playground"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Imports"] = ["Sdk", "Store", "Tools", .. Pure, .. Nouns],
        ["Http"] = ["Sdk", "Tools", .. Pure, .. Nouns],
        ["Mcp"] = ["Sdk", "Tools", .. Pure, .. Nouns],
        ["Cli"] = ["Sdk", "Hosting", "Bench"],
        ["Bench"] = [Everything],
        ["Hosting"] = [Everything],
    };

    [Fact]
    public void A_folder_knows_only_what_its_row_allows() => Finding.None(Trespasses(Repository.Product));

    [Fact]
    public void Every_type_named_in_the_sources_is_known_here()
    {
        // An unknown name would be an arrow that nobody sees.
        var unknown = Repository
            .Compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Id is "CS0246" or "CS0234")
            .Select(diagnostic => diagnostic.ToString());
        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData("Schedules", "using Ordinaut.Tasks; namespace Ordinaut.Schedules; class U { T? t; }")]
    [InlineData("Store", "namespace Ordinaut.Store; class U { Ordinaut.Tasks.T? t; }")]
    [InlineData("Http", "namespace Ordinaut.Http; class U { Mcp.M? m; }")]
    [InlineData("Tasks", "namespace Ordinaut.Tasks; class U { Http.H? h; }")]
    [InlineData("Cli", "namespace Ordinaut.Cli; class U { void F(Hosting.S s) { var x = s.Get().Name; } }")]
    [InlineData("Pipelines", "namespace Ordinaut.Pipelines; class U { Tools.BuiltIn.B? b; }")]
    [InlineData("Schedules", "namespace Ordinaut.Schedules; using Tasks; class U { int F() => 1.Twice(); }")]
    [InlineData("Attic", "namespace Ordinaut.Attic; class U;")]
    public void A_trespass_is_found(string folder, string text) =>
        Assert.NotEmpty(Trespasses([World, SourceFile.Parse($"src/Ordinaut/{folder}/U.cs", text)]));

    [Theory]
    [InlineData("Tasks", "namespace Ordinaut.Tasks; class U { T? t; P? p; }")]
    [InlineData("Http", "namespace Ordinaut.Http; class U { Tasks.T? t; P? p; }")]
    [InlineData("Hosting", "namespace Ordinaut.Hosting; class U { Mcp.M? t; Tools.BuiltIn.B? p; }")]
    public void An_allowed_step_is_not(string folder, string text) =>
        Assert.Empty(Trespasses([World, SourceFile.Parse($"src/Ordinaut/{folder}/U.cs", text)]));

    /// <summary>A house in small, itself without fault.</summary>
    private static SourceFile World =>
        SourceFile.Parse(
            "src/Ordinaut/Hosting/World.cs",
            """
            namespace Ordinaut { class P; }
            namespace Ordinaut.Tasks { class T { public string Name => ""; } }
            namespace Ordinaut.Tasks { static class E { public static int Twice(this int n) => n; } }
            namespace Ordinaut.Http { class H; }
            namespace Ordinaut.Mcp { class M; }
            namespace Ordinaut.Tools.BuiltIn { class B; }
            namespace Ordinaut.Hosting { class S { public Ordinaut.Tasks.T Get() => new(); } }
            """
        );

    private static List<Finding> Trespasses(IEnumerable<SourceFile> files)
    {
        var sources = files.ToList();
        var compilation = Repository.Compile(sources);
        var folders = sources
            .SelectMany(file => DeclaredNames(file.Root).Select(name => (Name: name, Folder: FolderOf(file.Path))))
            .ToLookup(declared => declared.Name, declared => declared.Folder);
        return
        [
            .. sources.SelectMany(file =>
                Trespasses(
                    file,
                    compilation,
                    name => folders[name].Any(folder => folder != RootFiles && folder != FolderOf(file.Path))
                )
            ),
        ];
    }

    /// <param name="file">The file to judge.</param>
    /// <param name="compilation">What gives its names a meaning.</param>
    /// <param name="isElsewhere">
    /// Whether another folder declares such a name; the root files may be used by all. Asking the compiler about
    /// those alone spares most of the work.
    /// </param>
    private static IEnumerable<Finding> Trespasses(
        SourceFile file,
        CSharpCompilation compilation,
        Func<string, bool> isElsewhere
    )
    {
        var folder = FolderOf(file.Path);
        if (!Arrows.TryGetValue(folder, out var allowed))
        {
            return [new Finding(file.Path, 1, $"folder '{folder}' has no row in the table of arrows (ArrowTests.cs)")];
        }

        var model = compilation.GetSemanticModel(file.Tree);
        return from name in file.Root.DescendantNodes().OfType<SimpleNameSyntax>()
            where !allowed.Contains(Everything) && isElsewhere(name.Identifier.Text)
            let target = TargetOf(model.GetSymbolInfo(name))
            where target != null && !IsAllowed(folder, allowed, target)
            select file.At(name, $"{folder} must not know {target} (here: {name})");
    }

    /// <summary>The names of types and members; a record's parameters are members as well.</summary>
    private static IEnumerable<string> DeclaredNames(SyntaxNode root) =>
        root.DescendantNodes()
            .Select(node =>
                node switch
                {
                    BaseTypeDeclarationSyntax type => type.Identifier.Text,
                    DelegateDeclarationSyntax type => type.Identifier.Text,
                    MethodDeclarationSyntax method => method.Identifier.Text,
                    PropertyDeclarationSyntax property => property.Identifier.Text,
                    EnumMemberDeclarationSyntax value => value.Identifier.Text,
                    VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field => field
                        .Identifier
                        .Text,
                    ParameterSyntax { Parent.Parent: RecordDeclarationSyntax } member => member.Identifier.Text,
                    _ => "",
                }
            )
            .Where(name => name.Length > 0)
            .Distinct();

    private static string FolderOf(string path) =>
        path.Split('/') switch
        {
            ["src", "Ordinaut.Sdk", ..] => "Sdk",
            ["src", "Ordinaut", "Program.cs"] => "Program.cs",
            ["src", "Ordinaut", "StoredJson.cs"] => "StoredJson.cs",
            ["src", "Ordinaut", _] => RootFiles,
            ["src", "Ordinaut", var folder, ..] => folder,
            _ => throw new ArgumentException($"{path} is not under src", nameof(path)),
        };

    /// <summary>The namespace, less <c>Ordinaut.</c>, of the type a name means or belongs to; else null.</summary>
    private static string? TargetOf(SymbolInfo info)
    {
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
        if (symbol is null or INamespaceSymbol || type is null || !type.Locations.Any(location => location.IsInSource))
        {
            return null;
        }

        var name = type.ContainingNamespace.ToDisplayString();
        return name.StartsWith("Ordinaut.") ? name["Ordinaut.".Length..] : null;
    }

    private static bool IsAllowed(string folder, string[] allowed, string target) =>
        target == folder
        || target.StartsWith(folder + ".")
        || allowed.Contains(target)
        || (target.StartsWith("Sdk.") && allowed.Contains("Sdk"));
}
