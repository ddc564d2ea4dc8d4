using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Ordinaut.Mutation;

/// <summary>Makes one program of all mutants that compile.</summary>
internal sealed class Workshop(string root, string folder, Compiler compiler)
{
    /// <summary>More rounds than mutants spoil one another; only a defect here takes so many.</summary>
    private const int MaxRounds = 20;

    private readonly string _project = Path.Combine(root, "src", "Ordinaut");

    /// <summary>Compiles the mutants together; returns those that the compiler took.</summary>
    public async Task<List<Mutant>> Build(IReadOnlyList<Mutant> mutants)
    {
        Directory.CreateDirectory(folder);
        var left = mutants.ToList();
        var added = Path.Combine(folder, "MutantSwitch.cs");
        await File.WriteAllTextAsync(added, Switchboard.Source);
        for (var round = 1; round <= MaxRounds; round++)
        {
            var written = await Write(left);
            var errors = await compiler.Compile(written, added);
            if (errors.Count == 0)
            {
                return left;
            }

            var guilty = errors.SelectMany(error => Guilty(error)).ToHashSet();
            if (left.RemoveAll(mutant => guilty.Contains(mutant.Id)) == 0)
            {
                throw new InvalidOperationException($"No mutant is to blame for: {errors[0]}");
            }
        }

        throw new InvalidOperationException($"After {MaxRounds} rounds some mutants still do not compile.");
    }

    private async Task<Dictionary<string, string>> Write(IReadOnlyList<Mutant> mutants)
    {
        var written = new Dictionary<string, string>();
        foreach (var file in mutants.GroupBy(mutant => mutant.Path))
        {
            var inProject = Path.GetRelativePath(_project, Path.Combine(root, file.Key));
            var target = Path.Combine(folder, inProject);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllTextAsync(target, Switchboard.Write(file.First().Node.SyntaxTree, [.. file]));
            written.Add(inProject, target);
        }

        return written;
    }

    /// <summary>The mutants in the smallest piece of code around an error that holds any.</summary>
    private static List<int> Guilty(CompileError error)
    {
        var tree = CSharpSyntaxTree.ParseText(File.ReadAllText(error.File));
        var position = tree.GetText().Lines.GetPosition(new LinePosition(error.Line, error.Column));
        return tree.GetRoot()
            .FindToken(position)
            .Parent!.AncestorsAndSelf()
            .Select(node => Switchboard.Switches(node.ToString()))
            .FirstOrDefault(ids => ids.Count > 0, []);
    }
}
