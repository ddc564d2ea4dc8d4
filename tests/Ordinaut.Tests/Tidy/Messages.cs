using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ordinaut.Tests.Tidy;

/// <summary>
/// What the program can say, read from its sources: each text with <see cref="Hole"/> where a value stands in it.
/// </summary>
internal static class Messages
{
    public const string Hole = "…";

    /// <summary>The types that say by a code why a step failed.</summary>
    private static readonly string[] Failures = ["Failed", "StepFailure", "Failure", "ConnectFault"];

    private static readonly Lazy<IReadOnlyList<string>> LazyAll = new(() =>
        [
            .. Repository
                .Product.SelectMany(file => file.Root.DescendantNodes())
                .OfType<ExpressionSyntax>()
                .SelectMany(Whole),
        ]
    );

    /// <summary>Every text there is, put together where it is written in parts.</summary>
    public static IReadOnlyList<string> All => LazyAll.Value;

    /// <summary>
    /// What the files of settings and what is opened at a start say to an operator: findings and expected failures.
    /// </summary>
    public static IEnumerable<string> Refusals(IEnumerable<SourceFile> files) =>
        files.SelectMany(file => file.Root.DescendantNodes()).SelectMany(Refusal).SelectMany(Texts).Distinct();

    /// <summary>Every code by which a step or a run can fail.</summary>
    public static IEnumerable<string> Codes()
    {
        foreach (var file in Repository.Product)
        {
            var model = Repository.Compilation.GetSemanticModel(file.Tree);
            foreach (var node in file.Root.DescendantNodes())
            {
                foreach (var code in Code(node, model))
                {
                    yield return code;
                }
            }
        }
    }

    private static IEnumerable<string> Code(SyntaxNode node, SemanticModel model)
    {
        var (arguments, method) = node switch
        {
            BaseObjectCreationExpressionSyntax creation => (
                creation.ArgumentList,
                model.GetSymbolInfo(creation).Symbol
            ),
            InvocationExpressionSyntax call => (call.ArgumentList, model.GetSymbolInfo(call).Symbol),
            _ => (null, null),
        };
        var isFailure =
            method
                is IMethodSymbol
                {
                    Parameters: [{ Name: "Code" or "code", Type.SpecialType: SpecialType.System_String }, ..]
                } called
            && (called.MethodKind != MethodKind.Constructor || Failures.Contains(called.ContainingType.Name));
        if (!isFailure || arguments is not { Arguments: [var first, ..] })
        {
            return [];
        }

        return model.GetConstantValue(first.Expression).Value is string code ? [code] : Texts(first.Expression);
    }

    private static IEnumerable<ExpressionSyntax> Refusal(SyntaxNode node) =>
        node switch
        {
            YieldStatementSyntax { Expression: { } said } => [said],
            InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Add" } add
            } call
                when add.Expression.ToString().EndsWith("rrors", StringComparison.Ordinal)
                    || add.Expression.ToString().EndsWith("arnings", StringComparison.Ordinal) =>
                call.ArgumentList.Arguments.Select(argument => argument.Expression),
            BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [{ } kind, { } said, ..] }
                when kind.ToString().StartsWith("ProblemKind.", StringComparison.Ordinal) => [said.Expression],
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var of } } call
                when of.ToString() == "Problem" => call
                .ArgumentList.Arguments.TakeLast(1)
                .Select(last => last.Expression),
            _ => [],
        };

    /// <summary>A text that is no part of another.</summary>
    private static IEnumerable<string> Whole(ExpressionSyntax expression) =>
        expression.Parent is BinaryExpressionSyntax or InterpolationSyntax ? [] : Texts(expression);

    /// <summary>What an expression says: each of its branches is another text.</summary>
    private static IEnumerable<string> Texts(ExpressionSyntax expression) =>
        expression switch
        {
            ParenthesizedExpressionSyntax inner => Texts(inner.Expression),
            ConditionalExpressionSyntax choice => Texts(choice.WhenTrue).Concat(Texts(choice.WhenFalse)),
            _ => Text(expression) is { } text && text.Any(char.IsLetter) ? [text] : [],
        };

    /// <summary>Null when it is no text.</summary>
    private static string? Text(ExpressionSyntax expression) =>
        expression switch
        {
            LiteralExpressionSyntax literal when literal.Token.Value is string text => text,
            InterpolatedStringExpressionSyntax parts => string.Concat(
                parts.Contents.Select(part =>
                    part is InterpolatedStringTextSyntax text ? text.TextToken.ValueText : Hole
                )
            ),
            ParenthesizedExpressionSyntax inner => Text(inner.Expression),
            BinaryExpressionSyntax sum when sum.IsKind(SyntaxKind.AddExpression) => Sum(sum),
            _ => null,
        };

    private static string? Sum(BinaryExpressionSyntax sum) =>
        (Text(sum.Left), Text(sum.Right)) switch
        {
            (null, null) => null,
            var (left, right) => (left ?? Hole) + (right ?? Hole),
        };
}
