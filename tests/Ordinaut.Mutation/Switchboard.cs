using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Ordinaut.Mutation;

/// <summary>
/// Puts all mutants of a file into one text, each behind a switch, so that one build holds them all and the
/// environment says which of them is alive.
/// </summary>
internal static partial class Switchboard
{
    public const string Variable = "ORDINAUT_MUTANT";

    private const string Call = "global::Ordinaut.MutantSwitch.Is";

    public const string Source = $$"""
        namespace Ordinaut
        {
            internal static class MutantSwitch
            {
                private static readonly string? Active = System.Environment.GetEnvironmentVariable("{{Variable}}");

                private static readonly int Id = Active is null ? 0 : int.Parse(Active);

                public static bool Is(int id) => Id == id;
            }
        }
        """;

    /// <summary>The mutants that a piece of written text holds.</summary>
    public static List<int> Switches(string text) =>
        [.. SwitchCall().Matches(text).Select(match => int.Parse(match.Groups[1].ValueSpan))];

    public static string Write(SyntaxTree tree, IReadOnlyList<Mutant> mutants) =>
        Write(tree.GetText(), new TextSpan(0, tree.Length), mutants);

    /// <summary>The text of a span, with the mutants in it behind their switches; the outer ones first.</summary>
    private static string Write(SourceText source, TextSpan span, IReadOnlyList<Mutant> mutants)
    {
        var written = new StringBuilder();
        var at = span.Start;
        var inside = mutants.Where(mutant => span.Contains(mutant.Span)).ToList();
        while (inside.Count > 0)
        {
            var outer = inside
                .OrderBy(mutant => mutant.Span.Start)
                .ThenByDescending(mutant => mutant.Span.Length)
                .First();
            written.Append(source.ToString(TextSpan.FromBounds(at, outer.Span.Start)));
            written.Append(Behind(source, outer, inside));
            at = outer.Span.End;
            inside.RemoveAll(mutant => mutant.Span.Start < at);
        }

        return written.Append(source.ToString(TextSpan.FromBounds(at, span.End))).ToString();
    }

    private static string Behind(SourceText source, Mutant mutant, IReadOnlyList<Mutant> mutants)
    {
        var rest = Write(source, mutant.Span, [.. mutants.Where(other => other.Id != mutant.Id)]);
        return mutant.Node is StatementSyntax
            ? $"if ({Call}({mutant.Id})) {{ {mutant.Text} }} else {{ {rest} }}"
            : $"({Call}({mutant.Id}) ? ({mutant.Text}) : ({rest}))";
    }

    [GeneratedRegex(@"MutantSwitch\.Is\((\d+)\)")]
    private static partial Regex SwitchCall();
}
