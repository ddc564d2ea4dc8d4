using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ordinaut.Mutation;

/// <summary>
/// Finds every place where a small slip of the hand would still compile: a boundary, a sign, a condition, a
/// constant, a statement left out. Texts are left alone: a changed message is no defect that a test must find.
/// </summary>
internal static class MutantFinder
{
    private static readonly Dictionary<SyntaxKind, string[]> Operators = new()
    {
        [SyntaxKind.LessThanExpression] = ["<="],
        [SyntaxKind.LessThanOrEqualExpression] = ["<"],
        [SyntaxKind.GreaterThanExpression] = [">="],
        [SyntaxKind.GreaterThanOrEqualExpression] = [">"],
        [SyntaxKind.EqualsExpression] = ["!="],
        [SyntaxKind.NotEqualsExpression] = ["=="],
        [SyntaxKind.LogicalAndExpression] = ["||"],
        [SyntaxKind.LogicalOrExpression] = ["&&"],
        [SyntaxKind.AddExpression] = ["-"],
        [SyntaxKind.SubtractExpression] = ["+"],
        [SyntaxKind.MultiplyExpression] = ["/"],
        [SyntaxKind.DivideExpression] = ["*"],
        [SyntaxKind.ModuloExpression] = ["*"],
        [SyntaxKind.BitwiseAndExpression] = ["|"],
        [SyntaxKind.BitwiseOrExpression] = ["&"],
        [SyntaxKind.LeftShiftExpression] = [">>"],
        [SyntaxKind.RightShiftExpression] = ["<<"],
    };

    private static readonly Dictionary<string, string> Methods = new()
    {
        ["Min"] = "Max",
        ["Max"] = "Min",
        ["Any"] = "All",
        ["All"] = "Any",
        ["First"] = "Last",
        ["Last"] = "First",
        ["Floor"] = "Ceiling",
        ["Ceiling"] = "Floor",
    };

    public static IEnumerable<(SyntaxNode Node, string Text)> In(SyntaxNode root) =>
        root.DescendantNodes(node => !IsLeftAlone(node)).Where(node => !IsLeftAlone(node)).SelectMany(Of);

    private static IEnumerable<(SyntaxNode, string)> Of(SyntaxNode node) =>
        (
            node switch
            {
                BinaryExpressionSyntax binary => OfBinary(binary),
                IsPatternExpressionSyntax pattern => OfPattern(pattern),
                PrefixUnaryExpressionSyntax prefix => OfPrefix(prefix),
                PostfixUnaryExpressionSyntax postfix => OfPostfix(postfix),
                LiteralExpressionSyntax literal => OfLiteral(literal),
                ConditionalExpressionSyntax choice => [$"{choice.Condition} ? {choice.WhenFalse} : {choice.WhenTrue}"],
                InvocationExpressionSyntax call => OfCall(call),
                ExpressionStatementSyntax statement => OfStatement(statement.Expression),
                _ => [],
            }
        )
            .Concat(IsPlainCondition(node) ? [$"!({node})"] : [])
            .Select(text => (node, text));

    private static IEnumerable<string> OfBinary(BinaryExpressionSyntax binary)
    {
        if (binary.IsKind(SyntaxKind.CoalesceExpression))
        {
            return binary.Right is ThrowExpressionSyntax ? [] : [$"{binary.Right}"];
        }

        return Operators.TryGetValue(binary.Kind(), out var others)
            ? others.Select(other => $"{binary.Left} {other} {binary.Right}")
            : [];
    }

    /// <summary>The pattern negated, and with each of its boundaries and connectives changed.</summary>
    private static IEnumerable<string> OfPattern(IsPatternExpressionSyntax pattern)
    {
        yield return $"!({pattern})";
        foreach (var token in pattern.Pattern.DescendantTokens())
        {
            var other = token.Kind() switch
            {
                SyntaxKind.LessThanToken when token.Parent is RelationalPatternSyntax => "<=",
                SyntaxKind.LessThanEqualsToken => "<",
                SyntaxKind.GreaterThanToken when token.Parent is RelationalPatternSyntax => ">=",
                SyntaxKind.GreaterThanEqualsToken => ">",
                SyntaxKind.AndKeyword => "or",
                SyntaxKind.OrKeyword => "and",
                _ => null,
            };
            if (other is not null)
            {
                var at = token.SpanStart - pattern.SpanStart;
                var text = pattern.ToString();
                yield return text[..at] + other + text[(at + token.Span.Length)..];
            }
        }
    }

    private static IEnumerable<string> OfPrefix(PrefixUnaryExpressionSyntax prefix) =>
        prefix.Kind() switch
        {
            SyntaxKind.LogicalNotExpression or SyntaxKind.UnaryMinusExpression => [$"{prefix.Operand}"],
            SyntaxKind.PreIncrementExpression => [$"--{prefix.Operand}"],
            SyntaxKind.PreDecrementExpression => [$"++{prefix.Operand}"],
            _ => [],
        };

    private static IEnumerable<string> OfPostfix(PostfixUnaryExpressionSyntax postfix) =>
        postfix.Parent is ExpressionStatementSyntax ? []
        : postfix.IsKind(SyntaxKind.PostIncrementExpression) ? [$"{postfix.Operand}--"]
        : postfix.IsKind(SyntaxKind.PostDecrementExpression) ? [$"{postfix.Operand}++"]
        : [];

    private static IEnumerable<string> OfLiteral(LiteralExpressionSyntax literal) =>
        literal.Kind() switch
        {
            SyntaxKind.TrueLiteralExpression => ["false"],
            SyntaxKind.FalseLiteralExpression => ["true"],
            SyntaxKind.NumericLiteralExpression => [$"{literal} + 1"],
            _ => [],
        };

    private static IEnumerable<string> OfCall(InvocationExpressionSyntax call)
    {
        if (call.Expression is MemberAccessExpressionSyntax { Name: IdentifierNameSyntax name } access)
        {
            return Methods.TryGetValue(name.Identifier.Text, out var other)
                ? [$"{access.Expression}.{other}{call.ArgumentList}"]
                : [];
        }

        return [];
    }

    /// <summary>A statement left out, or counting the other way.</summary>
    private static IEnumerable<string> OfStatement(ExpressionSyntax does) =>
        does switch
        {
            AssignmentExpressionSyntax change when change.IsKind(SyntaxKind.AddAssignmentExpression) =>
            [
                "",
                $"{change.Left} -= {change.Right};",
            ],
            AssignmentExpressionSyntax change when change.IsKind(SyntaxKind.SubtractAssignmentExpression) =>
            [
                "",
                $"{change.Left} += {change.Right};",
            ],
            _ => [""],
        };

    /// <summary>A condition without an operator of its own, such as a call.</summary>
    private static bool IsPlainCondition(SyntaxNode node) =>
        node is InvocationExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax
        && node.Parent switch
        {
            IfStatementSyntax parent => parent.Condition == node,
            WhileStatementSyntax parent => parent.Condition == node,
            BinaryExpressionSyntax parent => parent.Kind()
                is SyntaxKind.LogicalAndExpression
                    or SyntaxKind.LogicalOrExpression,
            _ => false,
        };

    /// <summary>Where only constants may stand, texts for people are made, or an exception ends it.</summary>
    private static bool IsLeftAlone(SyntaxNode node) =>
        node
            is AttributeListSyntax
                or PatternSyntax
                or SwitchLabelSyntax
                or EnumMemberDeclarationSyntax
                or InterpolatedStringExpressionSyntax
                or ThrowExpressionSyntax
                or ThrowStatementSyntax
                or ParameterSyntax
        || (node is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.ConstKeyword))
        || (node is LocalDeclarationStatementSyntax local && local.IsConst);
}
