using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ordinaut.Tests.Tidy;

/// <summary>What the program shows, what it silences, and what nobody uses.</summary>
public sealed class SurfaceTests
{
    /// <summary>Types of the program that a framework wants public; the outside compiles against the Sdk.</summary>
    private static readonly string[] PublicByNeed = [];

    /// <summary>Every place that silences an analyzer: the file and the rule. The reason stands in the code.</summary>
    private static readonly (string Path, string Rule)[] Silenced =
    [
        ("src/Ordinaut.Sdk/OrdinautClient.cs", "RS0030"),
        ("src/Ordinaut/Bench/HttpLoad.cs", "RS0030"),
        ("src/Ordinaut/Cli/McpBridge.cs", "RS0030"),
        ("src/Ordinaut/Cli/Output.cs", "RS0030"),
        ("src/Ordinaut/Hosting/Drill.cs", "RS0030"),
        ("src/Ordinaut/Hosting/ImportDesk.cs", "RS0030"),
        ("src/Ordinaut/Hosting/OperatorDatabase.cs", "RS0030"),
        ("src/Ordinaut/Hosting/Serve.cs", "RS0030"),
        ("src/Ordinaut/Store/PostgresBell.cs", "RS0030"),
        ("src/Ordinaut/Store/PostgresSession.cs", "RS0030"),
        ("src/Ordinaut/Store/PostgresStatement.cs", "RS0030"),
        ("src/Ordinaut/Store/SqliteConnections.cs", "RS0030"),
        ("src/Ordinaut/Store/SqliteImage.cs", "RS0030"),
        ("src/Ordinaut/Store/SqliteSession.cs", "RS0030"),
        ("src/Ordinaut/Store/SqliteStatement.cs", "RS0030"),
        ("src/Ordinaut/Tools/Egress.cs", "RS0030"),
        ("src/Ordinaut/Tools/EgressHandler.cs", "RS0030"),
        ("src/Ordinaut/Tools/EgressNetwork.cs", "RS0030"),
        ("tests/Ordinaut.Tests/Simulation/SimNode.cs", "CA1001"),
    ];

    [Fact]
    public void The_program_has_no_public_types() => Finding.None(Repository.Product.SelectMany(PublicTypes));

    [Fact]
    public void A_warning_is_silenced_only_where_the_list_has_it() =>
        Finding.None(Repository.Sources.SelectMany(file => Silences(file).Where(IsUnlisted)));

    [Fact]
    public void A_silenced_warning_says_why_on_its_line() => Finding.None(Repository.Sources.SelectMany(Unexplained));

    [Fact]
    public void The_list_of_silenced_warnings_has_no_stale_row()
    {
        var found = Repository
            .Sources.SelectMany(Silences)
            .Select(finding => (finding.Path, finding.Message))
            .ToHashSet();
        Assert.DoesNotContain(Silenced, row => !found.Contains(row));
    }

    [Fact]
    public void Every_type_is_used() => Finding.None(DeadTypes(Repository.Sources));

    [Theory]
    [InlineData("public sealed class A;", 1)]
    [InlineData("public enum A;", 1)]
    [InlineData("internal sealed class A { public enum B; }", 0)]
    public void A_public_type_is_found(string text, int findings) =>
        Assert.Equal(findings, PublicTypes(Bad(text)).Count());

    [Theory]
    [InlineData("#pragma warning disable RS0030\nclass A;", "RS0030")]
    [InlineData("#pragma warning disable\nclass A;", "all")]
    [InlineData("#nullable disable\nclass A;", "nullable")]
    [InlineData("[SuppressMessage(\"Usage\", \"CA1806:Do not ignore\")] class A;", "CA1806")]
    [InlineData("[UnconditionalSuppressMessage(\"Trimming\", \"IL2026\")] class A;", "IL2026")]
    public void A_silenced_warning_is_found(string text, string rule)
    {
        var finding = Assert.Single(Silences(Bad(text)));
        Assert.Equal(rule, finding.Message);
        Assert.True(IsUnlisted(finding));
    }

    [Theory]
    [InlineData("#pragma warning disable RS0030\nclass A;", 1)]
    [InlineData("#pragma warning disable RS0030 // Only here is SQL run.\nclass A;", 0)]
    [InlineData("[SuppressMessage(\"Usage\", \"CA1806\")] class A;", 1)]
    [InlineData("[SuppressMessage(\"Usage\", \"CA1806\", Justification = \"the row tells\")] class A;", 0)]
    public void A_silence_without_a_reason_is_found(string text, int findings) =>
        Assert.Equal(findings, Unexplained(Bad(text)).Count());

    [Theory]
    [InlineData("class A { A? next; }", 1)]
    [InlineData("class A; class B { A? a; B? b; }", 1)]
    [InlineData("static class A { static int Twice(this int n) => n; }", 1)]
    [InlineData("static class A { static int Twice(this int n) => n; }\nfile class B(int n) { int m = n.Twice(); }", 1)]
    [InlineData("class MarkAttribute : Attribute; [Mark] enum E;", 1)]
    [InlineData("class A { B? b; } class B { A? a; }", 0)]
    public void A_dead_type_is_found(string text, int findings) =>
        Assert.Equal(findings, DeadTypes([Bad(text)]).Count());

    private static SourceFile Bad(string text) => SourceFile.Parse("src/Ordinaut/Bad.cs", text);

    private static IEnumerable<Finding> PublicTypes(SourceFile file) =>
        from type in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        where file.Path.StartsWith("src/Ordinaut/") && type.Parent is not BaseTypeDeclarationSyntax
        where type.Modifiers.Any(word => word.Text == "public") && !PublicByNeed.Contains(type.Identifier.Text)
        select file.At(type, $"'{type.Identifier.Text}' is public; only the Sdk is compiled against");

    /// <summary>Each finding's message is the bare rule, so that it can be looked up in the list.</summary>
    private static IEnumerable<Finding> Silences(SourceFile file)
    {
        var directives = file
            .Root.DescendantTrivia()
            .Where(trivia => trivia.IsDirective)
            .Select(trivia => trivia.GetStructure());
        return file
            .Root.DescendantNodes()
            .Concat(directives.OfType<SyntaxNode>())
            .SelectMany(node => RulesSilencedBy(node).Select(rule => file.At(node, rule)));
    }

    private static IEnumerable<Finding> Unexplained(SourceFile file) =>
        from finding in Silences(file)
        let line = file.Tree.GetText().Lines[finding.Line - 1].ToString()
        where !line.Contains("// ") && !line.Contains("Justification = ")
        select finding with
        {
            Message = $"{finding.Message} is silenced without a reason",
        };

    private static IEnumerable<string> RulesSilencedBy(SyntaxNode node) =>
        node switch
        {
            PragmaWarningDirectiveTriviaSyntax { DisableOrRestoreKeyword.Text: "disable" } pragma => pragma
                .ErrorCodes
                .Count == 0
                ? ["all"]
                : pragma.ErrorCodes.Select(code => code.ToString()),
            NullableDirectiveTriviaSyntax { SettingToken.Text: "disable" } => ["nullable"],
            AttributeSyntax attribute when attribute.Name.ToString().EndsWith("SuppressMessage") => attribute
                .ArgumentList!.Arguments.Skip(1)
                .Take(1)
                .Select(id => id.ToString().Trim('"').Split(':')[0]),
            _ => [],
        };

    private static bool IsUnlisted(Finding finding) =>
        !Silenced.Any(row => row.Path == finding.Path && row.Rule == finding.Message);

    /// <summary>
    /// Judged by name, over the program and its tests: a namesake keeps a dead type alive, never the reverse.
    /// </summary>
    private static IEnumerable<Finding> DeadTypes(IReadOnlyList<SourceFile> files)
    {
        var uses = files
            .SelectMany(file => file.Root.DescendantNodes().OfType<SimpleNameSyntax>())
            .ToLookup(name => name.Identifier.Text);
        return from file in files
            where file.Path.StartsWith("src/Ordinaut/")
            from type in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            where !NamesOf(type).SelectMany(name => uses[name]).Any(use => !IsWithin(use, type.Identifier.Text))
            select file.At(type, $"'{type.Identifier.Text}' is used by nothing, not even a test");
    }

    private static bool IsWithin(SyntaxNode use, string type) =>
        use.Ancestors().OfType<BaseTypeDeclarationSyntax>().Any(outer => outer.Identifier.Text == type);

    /// <summary>A type goes by its name, an attribute also by its short one, extensions by their methods'.</summary>
    private static IEnumerable<string> NamesOf(BaseTypeDeclarationSyntax type)
    {
        var name = type.Identifier.Text;
        yield return name;
        yield return name.EndsWith("Attribute") ? name[..^"Attribute".Length] : name;
        var extensions = type.DescendantNodes()
            .OfType<MethodDeclarationSyntax>()
            .Where(method => method.Parent is ExtensionBlockDeclarationSyntax || TakesThis(method));
        foreach (var method in extensions)
        {
            yield return method.Identifier.Text;
        }
    }

    private static bool TakesThis(MethodDeclarationSyntax method) =>
        method.ParameterList.Parameters.FirstOrDefault()?.Modifiers.Any(word => word.Text == "this") == true;
}
