using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ordinaut.Tests.Tidy;

/// <summary>
/// This clone as the tidy tests see it. Files are found on disk rather than asked of git, so that a new file
/// is judged before it is added and a source archive can be checked as well.
/// </summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    /// <summary>What .gitignore names, and the two folders of tools.</summary>
    private static readonly string[] Ignored = [".git", ".vs", ".idea", ".data", "ordinaut-data", "artifacts"];

    private static readonly string[] Binary = [".png", ".ico", ".woff2", ".gz", ".zip", ".db"];

    /// <summary>What <c>ImplicitUsings</c> adds to a web project, in a file that is generated.</summary>
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO;
        global using System.Linq; global using System.Net.Http; global using System.Net.Http.Json;
        global using System.Threading; global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http; global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.Logging;
        """;

    /// <summary>All that this process was given, except what is being compiled.</summary>
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Ordinaut", StringComparison.OrdinalIgnoreCase))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly Lazy<IReadOnlyList<TextFile>> LazyTexts = new(() => [.. ReadTexts(new(Root), "")]);

    private static readonly Lazy<IReadOnlyList<SourceFile>> LazySources = new(() =>
        [.. Texts.Where(file => file.Path.EndsWith(".cs")).Select(file => SourceFile.Parse(file.Path, file.Text))]
    );

    private static readonly Lazy<CSharpCompilation> LazyProduct = new(() => Compile(Product));

    public static IReadOnlyList<TextFile> Texts => LazyTexts.Value;

    /// <summary>Every C# file, tests included.</summary>
    public static IReadOnlyList<SourceFile> Sources => LazySources.Value;

    /// <summary>The C# files of the program and the Sdk.</summary>
    public static IEnumerable<SourceFile> Product => Sources.Where(file => file.IsProduct);

    /// <summary>
    /// Program and Sdk as one compilation. Source generators do not run, so members that only they write
    /// stay unknown; every type is known, and a test holds that.
    /// </summary>
    public static CSharpCompilation Compilation => LazyProduct.Value;

    public static CSharpCompilation Compile(IEnumerable<SourceFile> files) =>
        CSharpCompilation.Create(
            "tidy",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, SourceFile.Options), .. files.Select(file => file.Tree)],
            References,
            // Nullable analysis is left out: it takes half the time and tells nothing about arrows.
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true)
        );

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Ordinaut.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests must run inside the clone.");
        }

        return folder.FullName;
    }

    private static IEnumerable<TextFile> ReadTexts(DirectoryInfo folder, string prefix)
    {
        // In a worktree `.git` is a file; either way it is not ours to judge.
        foreach (var entry in folder.EnumerateFileSystemInfos().Where(entry => !Ignored.Contains(entry.Name)))
        {
            var inner = entry is DirectoryInfo child
                ? ReadTexts(child, $"{prefix}{entry.Name}/")
                : ReadText(entry, prefix);
            foreach (var file in inner)
            {
                yield return file;
            }
        }
    }

    private static IEnumerable<TextFile> ReadText(FileSystemInfo entry, string prefix) =>
        Binary.Contains(entry.Extension) ? [] : [new TextFile(prefix + entry.Name, File.ReadAllText(entry.FullName))];
}

/// <param name="Path">Relative to the root, with forward slashes.</param>
/// <param name="Text">The whole content.</param>
internal sealed record TextFile(string Path, string Text)
{
    public string[] Lines => Text.Split('\n');
}

internal sealed record SourceFile(string Path, SyntaxTree Tree)
{
    public static readonly CSharpParseOptions Options = new(
        LanguageVersion.Latest,
        preprocessorSymbols: ["NET", "NET10_0", "NET10_0_OR_GREATER"]
    );

    public bool IsProduct => Path.StartsWith("src/");

    public SyntaxNode Root => Tree.GetRoot();

    public static SourceFile Parse(string path, string text) =>
        new(path, CSharpSyntaxTree.ParseText(text, Options, path));

    public Finding At(SyntaxNode node, string message) => At(node.GetLocation(), message);

    public Finding At(Location location, string message) =>
        new(Path, location.GetLineSpan().StartLinePosition.Line + 1, message);

    public static int LinesOf(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}

/// <summary>One broken rule.</summary>
internal sealed record Finding(string Path, int Line, string Message)
{
    public static void None(IEnumerable<Finding> findings)
    {
        var lines = findings.Select(finding => $"{finding.Path}:{finding.Line}: {finding.Message}").ToList();
        Assert.True(lines.Count == 0, $"{lines.Count} findings\n{string.Join('\n', lines)}");
    }
}
