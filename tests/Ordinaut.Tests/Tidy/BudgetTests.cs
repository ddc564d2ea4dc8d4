using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ordinaut.Tests.Tidy;

/// <summary>How much one function, file, line or signature may hold (CONTRIBUTING.md, Budgets).</summary>
public sealed class BudgetTests
{
    private const int FunctionLines = 60;
    private const int MedianFunctionLines = 12;
    private const int FileLines = 300;
    private const int LineLength = 120;
    private const int MethodParameters = 5;
    private const int ConstructorParameters = 8;
    private const int NestingDepth = 3;

    /// <summary>Test data in C# is judged by what it says, not by its length.</summary>
    private static readonly string[] TableSuffixes = ["Vectors.cs", "Table.cs", "Corpus.cs"];

    [Fact]
    public void A_function_has_at_most_60_lines() => Finding.None(Repository.Sources.SelectMany(LongFunctions));

    [Fact]
    public void The_median_function_has_fewer_than_12_lines() =>
        Assert.InRange(MedianLength(Repository.Product), 1, MedianFunctionLines - 1);

    [Fact]
    public void A_file_has_at_most_300_lines() => Finding.None(Repository.Sources.SelectMany(LongFiles));

    [Fact]
    public void A_line_has_at_most_120_characters() => Finding.None(Repository.Sources.SelectMany(LongLines));

    [Fact]
    public void A_method_has_at_most_5_parameters_and_a_constructor_8() =>
        Finding.None(Repository.Product.SelectMany(LongSignatures));

    [Fact]
    public void Control_flow_nests_at_most_3_deep() => Finding.None(Repository.Product.SelectMany(DeepNesting));

    [Theory]
    [InlineData(60, 0)]
    [InlineData(61, 1)]
    public void A_longer_function_is_found(int lines, int findings)
    {
        var body = string.Concat(Enumerable.Repeat("\n", lines - 1));
        Assert.Equal(findings, LongFunctions(Bad($"class A {{ void F() {{ {body} }} }}")).Count());
        Assert.Equal(findings, LongFunctions(Bad($"class A {{ int P {{ get {{ {body} return 1; }} }} }}")).Count());
        Assert.Equal(findings, LongFunctions(Bad($"F(); {body} F();")).Count());
    }

    [Fact]
    public void A_longer_median_is_found()
    {
        var file = Bad(
            $"class A {{ void F() {{ {new string('\n', 30)} }} void G() {{ {new string('\n', 30)} }} void H() {{}} }}"
        );
        Assert.Equal(31, MedianLength([file]));
    }

    [Theory]
    [InlineData("tests/Ordinaut.Tests/A.cs", 300, 0)]
    [InlineData("tests/Ordinaut.Tests/A.cs", 301, 1)]
    [InlineData("tests/Ordinaut.Tests/CronTable.cs", 301, 0)]
    [InlineData("src/Ordinaut/CronTable.cs", 301, 1)]
    public void A_longer_file_is_found(string path, int lines, int findings) =>
        Assert.Equal(findings, LongFiles(SourceFile.Parse(path, new string('\n', lines))).Count());

    [Theory]
    [InlineData(120, 0)]
    [InlineData(121, 1)]
    public void A_longer_line_is_found(int length, int findings) =>
        Assert.Equal(findings, LongLines(Bad("class A;\n//" + new string('x', length - 2))).Count());

    [Theory]
    [InlineData("class A { void F(int a, int b, int c, int d, int e) {} }", 0)]
    [InlineData("class A { void F(int a, int b, int c, int d, int e, int f) {} }", 1)]
    [InlineData("class A { override void F(int a, int b, int c, int d, int e, int f) {} }", 0)]
    [InlineData("delegate void F(int a, int b, int c, int d, int e, int f);", 1)]
    [InlineData("class A(int a, int b, int c, int d, int e, int f, int g, int h);", 0)]
    [InlineData("class A(int a, int b, int c, int d, int e, int f, int g, int h, int i);", 1)]
    [InlineData("class A { A(int a, int b, int c, int d, int e, int f, int g, int h, int i) {} }", 1)]
    [InlineData("record A(int a, int b, int c, int d, int e, int f, int g, int h, int i);", 0)]
    public void A_longer_signature_is_found(string text, int findings) =>
        Assert.Equal(findings, LongSignatures(Bad(text)).Count());

    [Theory]
    [InlineData("if (a) while (b) foreach (var x in y) F();", 0)]
    [InlineData("if (a) while (b) foreach (var x in y) if (c) F();", 1)]
    [InlineData("if (a) while (b) foreach (var x in y) G(() => { if (c) F(); });", 0)]
    [InlineData("if (a) F(); else if (b) F(); else if (c) F(); else if (d) F();", 0)]
    public void Deeper_nesting_is_found(string body, int findings) =>
        Assert.Equal(findings, DeepNesting(Bad($"class A {{ void F() {{ {body} }} }}")).Count());

    private static SourceFile Bad(string text) => SourceFile.Parse("src/Ordinaut/Bad.cs", text);

    private static IEnumerable<Finding> LongFunctions(SourceFile file) =>
        Functions(file.Root)
            .Where(function => SourceFile.LinesOf(function) > FunctionLines && !IsTable(file))
            .Select(function =>
                file.At(function, $"{SourceFile.LinesOf(function)} lines; {FunctionLines} are allowed")
            );

    private static int MedianLength(IEnumerable<SourceFile> files)
    {
        var lengths = files.SelectMany(file => Functions(file.Root)).Select(SourceFile.LinesOf).Order().ToList();
        return lengths[lengths.Count / 2];
    }

    private static IEnumerable<Finding> LongFiles(SourceFile file)
    {
        var lines = file.Tree.GetText().ToString().TrimEnd('\r').Count(character => character == '\n');
        return lines <= FileLines || IsTable(file)
            ? []
            : [new Finding(file.Path, FileLines + 1, $"{lines} lines; {FileLines} are allowed")];
    }

    private static IEnumerable<Finding> LongLines(SourceFile file) =>
        IsTable(file)
            ? []
            : file
                .Tree.GetText()
                .Lines.Where(line => line.End - line.Start > LineLength)
                .Select(line => new Finding(
                    file.Path,
                    line.LineNumber + 1,
                    $"{line.End - line.Start} characters; {LineLength} are allowed"
                ));

    private static IEnumerable<Finding> LongSignatures(SourceFile file) =>
        from list in file.Root.DescendantNodes().OfType<ParameterListSyntax>()
        let allowed = AllowedParameters(list.Parent)
        where list.Parameters.Count > allowed
        select file.At(list, $"{list.Parameters.Count} parameters; {allowed} are allowed");

    /// <summary>
    /// A record's parameters are its members; an override's were chosen elsewhere; a constructor takes what the
    /// composition root wires, which is no call that anyone reads.
    /// </summary>
    private static int AllowedParameters(SyntaxNode? owner) =>
        owner switch
        {
            RecordDeclarationSyntax => int.MaxValue,
            MethodDeclarationSyntax method when method.Modifiers.Any(word => word.Text == "override") => int.MaxValue,
            TypeDeclarationSyntax or ConstructorDeclarationSyntax => ConstructorParameters,
            _ => MethodParameters,
        };

    private static IEnumerable<Finding> DeepNesting(SourceFile file) =>
        from node in file.Root.DescendantNodes().Where(IsControl)
        let depth = node.AncestorsAndSelf().TakeWhile(outer => !IsFunctionRim(outer)).Count(IsControl)
        where depth == NestingDepth + 1
        select file.At(node, $"control flow nests {depth} deep; {NestingDepth} levels are allowed");

    /// <summary>Branches and loops. An <c>else if</c> is one more branch of the same fork.</summary>
    private static bool IsControl(SyntaxNode node) =>
        node
            is IfStatementSyntax { Parent: not ElseClauseSyntax }
                or CommonForEachStatementSyntax
                or ForStatementSyntax
                or WhileStatementSyntax
                or DoStatementSyntax
                or SwitchStatementSyntax;

    private static bool IsFunctionRim(SyntaxNode node) =>
        node is LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax;

    private static IEnumerable<SyntaxNode> Functions(SyntaxNode root) =>
        root.DescendantNodesAndSelf()
            .Where(node =>
                node switch
                {
                    CompilationUnitSyntax unit => unit.Members.OfType<GlobalStatementSyntax>().Any(),
                    BaseMethodDeclarationSyntax method => method.Body != null || method.ExpressionBody != null,
                    AccessorDeclarationSyntax accessor => accessor.Body != null || accessor.ExpressionBody != null,
                    LocalFunctionStatementSyntax => true,
                    BasePropertyDeclarationSyntax property => HasCodeBody(property),
                    _ => false,
                }
            );

    /// <summary>A property that lists values is a table, not a function.</summary>
    private static bool HasCodeBody(BasePropertyDeclarationSyntax property)
    {
        var body = property switch
        {
            PropertyDeclarationSyntax named => named.ExpressionBody,
            IndexerDeclarationSyntax indexer => indexer.ExpressionBody,
            _ => null,
        };
        return body?.Expression is not (null or CollectionExpressionSyntax or BaseObjectCreationExpressionSyntax);
    }

    private static bool IsTable(SourceFile file) => !file.IsProduct && TableSuffixes.Any(file.Path.EndsWith);
}
