using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ordinaut.Tests.Tidy;

/// <summary>Names tell a responsibility and a place; comments tell no wishes.</summary>
public sealed partial class NameTests
{
    [Fact]
    public void No_type_is_named_after_nothing() => Finding.None(Repository.Sources.SelectMany(EmptyNames));

    [Fact]
    public void No_file_has_regions() => Finding.None(Repository.Sources.SelectMany(Regions));

    [Fact]
    public void A_postponed_matter_names_its_issue() => Finding.None(Repository.Sources.SelectMany(LooseWishes));

    [Fact]
    public void A_namespace_starts_with_its_folder() => Finding.None(Repository.Sources.SelectMany(StrayNamespaces));

    [Fact]
    public void A_class_is_sealed_static_or_abstract() => Finding.None(Repository.Product.SelectMany(OpenClasses));

    [Theory]
    [InlineData("TaskManager")]
    [InlineData("StringHelper")]
    [InlineData("JsonUtil")]
    [InlineData("JsonUtils")]
    [InlineData("EventProcessor")]
    [InlineData("StoreImpl")]
    public void An_empty_name_is_found(string name)
    {
        Assert.Single(EmptyNames(Bad($"class {name};")));
        Assert.Single(EmptyNames(Bad($"enum {name};")));
        Assert.Empty(EmptyNames(Bad($"class {name}s2;")));
    }

    [Fact]
    public void A_region_is_found() => Assert.Single(Regions(Bad("#region A\nclass A;\n#endregion")));

    [Theory]
    [InlineData("// TODO later", 1)]
    [InlineData("/* first\n FIXME */", 1)]
    [InlineData("/// <summary>HACK</summary>", 1)]
    [InlineData("// TODO(#12) when the second store joins", 0)]
    [InlineData("// a task to do", 0)]
    public void A_wish_without_an_issue_is_found(string comment, int findings) =>
        Assert.Equal(findings, LooseWishes(Bad($"{comment}\nclass A;")).Count());

    [Theory]
    [InlineData("src/Ordinaut/Tasks/A.cs", "namespace Ordinaut.Runs;", 1)]
    [InlineData("src/Ordinaut/Tasks/A.cs", "namespace Ordinaut.TasksAndMore;", 1)]
    [InlineData("src/Ordinaut/Tasks/A.cs", "namespace Ordinaut.Tasks;", 0)]
    [InlineData("src/Ordinaut/Tools/BuiltIn/A.cs", "namespace Ordinaut.Tools;", 0)]
    [InlineData("src/Ordinaut/Tools/BuiltIn/A.cs", "namespace Ordinaut.Tools.BuiltIn;", 0)]
    [InlineData("src/Ordinaut/A.cs", "namespace Ordinaut.Tasks;", 1)]
    [InlineData("src/Ordinaut/A.cs", "class A;", 1)]
    [InlineData("src/Ordinaut/A.cs", "return;", 0)]
    [InlineData("tests/Ordinaut.Tests/Tasks/A.cs", "namespace Ordinaut.Tests;", 1)]
    public void A_stray_namespace_is_found(string path, string text, int findings) =>
        Assert.Equal(findings, StrayNamespaces(SourceFile.Parse(path, text)).Count());

    [Theory]
    [InlineData("class A;", 1)]
    [InlineData("record A;", 1)]
    [InlineData("sealed class A;", 0)]
    [InlineData("static class A;", 0)]
    [InlineData("abstract record A;", 0)]
    [InlineData("record struct A;", 0)]
    [InlineData("partial class A; sealed partial class A;", 0)]
    public void An_open_class_is_found(string text, int findings) =>
        Assert.Equal(findings, OpenClasses(Bad(text)).Count());

    private static SourceFile Bad(string text) => SourceFile.Parse("src/Ordinaut/Bad.cs", text);

    private static IEnumerable<Finding> EmptyNames(SourceFile file) =>
        from node in file.Root.DescendantNodes()
        let name = node switch
        {
            BaseTypeDeclarationSyntax type => type.Identifier.Text,
            DelegateDeclarationSyntax type => type.Identifier.Text,
            _ => "",
        }
        where EmptyName().IsMatch(name)
        select file.At(node, $"'{name}' does not say what the type is responsible for");

    private static IEnumerable<Finding> Regions(SourceFile file) =>
        file
            .Root.DescendantTrivia()
            .Where(trivia => trivia.IsKind(SyntaxKind.RegionDirectiveTrivia))
            .Select(trivia => file.At(trivia.GetLocation(), "a region hides a second file; make it one"));

    private static IEnumerable<Finding> LooseWishes(SourceFile file) =>
        file
            .Root.DescendantTrivia()
            .Where(trivia =>
                trivia.ToFullString() is ['/', ..] or [_, '/', ..] && LooseWish().IsMatch(trivia.ToFullString())
            )
            .Select(trivia => file.At(trivia.GetLocation(), "a postponed matter needs its issue's number, as in #12"));

    private static IEnumerable<Finding> StrayNamespaces(SourceFile file)
    {
        var root = (CompilationUnitSyntax)file.Root;
        if (root.Members.Count == 0 || root.Members.OfType<GlobalStatementSyntax>().Any())
        {
            return [];
        }

        // src/Ordinaut/Tools/BuiltIn/X.cs -> Ordinaut.Tools; deeper folders may have a namespace of their own.
        var expected = string.Join('.', file.Path.Split('/')[1..^1].Take(2));
        var name = root.Members.OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";
        var fits = name == expected || (expected.Contains('.') && name.StartsWith(expected + "."));
        return fits ? [] : [new Finding(file.Path, 1, $"namespace '{name}' should be '{expected}', after the folder")];
    }

    private static IEnumerable<Finding> OpenClasses(SourceFile file) =>
        from type in file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type.Kind() is SyntaxKind.ClassDeclaration or SyntaxKind.RecordDeclaration
        group type by type.Identifier.Text into parts
        where !parts.SelectMany(part => part.Modifiers).Any(word => word.Text is "sealed" or "static" or "abstract")
        select file.At(parts.First(), $"class '{parts.Key}' must be sealed, static or abstract");

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities|Processor|Impl)$")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b(?!.*#\d+)")]
    private static partial Regex LooseWish();
}
