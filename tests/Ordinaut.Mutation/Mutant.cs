using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Ordinaut.Mutation;

/// <summary>One small defect: what stands in a span of a file, and what would stand there instead.</summary>
/// <param name="Id">Its number among all mutants of the folder, from 1; the same as long as the folder is.</param>
/// <param name="Path">Relative to the repository's root.</param>
/// <param name="Text">What takes its place; empty when a statement is left out.</param>
internal sealed record Mutant(int Id, string Path, SyntaxNode Node, string Text)
{
    public TextSpan Span => Node.Span;

    public override string ToString()
    {
        var line = Node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
        return $"{Id, 5} {Path}:{line}: {OneLine(Node.ToString())} => {OneLine(Text.Length > 0 ? Text : "(nothing)")}";
    }

    private static string OneLine(string text)
    {
        var words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return words.Length <= 90 ? words : $"{words[..90]}…";
    }
}

/// <summary>What became of a mutant.</summary>
internal enum Fate
{
    /// <summary>A test failed: someone would have noticed.</summary>
    Killed,

    /// <summary>The tests did not end: someone would have noticed that as well.</summary>
    TimedOut,

    /// <summary>Every test passed.</summary>
    Survived,

    /// <summary>The compiler refused it.</summary>
    Refused,

    /// <summary>The time was over before its turn came.</summary>
    NotRun,
}
