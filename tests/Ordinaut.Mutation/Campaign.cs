using System.Diagnostics;
using Microsoft.CodeAnalysis.CSharp;

namespace Ordinaut.Mutation;

/// <summary>Tries a sample of one folder's mutants, and tells which of them no test found.</summary>
internal sealed class Campaign(string folder, Dictionary<string, string> options)
{
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(10);

    /// <summary>The tests that speak for a folder, where they are more than those of the same name.</summary>
    private static readonly Dictionary<string, string[]> SpeaksFor = new()
    {
        ["Pipelines"] = ["*.Pipelines.*", "*.Runs.*"],
    };

    private readonly string _root = Root();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Dictionary<Mutant, Fate> _fates = [];
    private readonly int _seed = Number(options, "--seed", Random.Shared.Next(1_000_000));

    /// <summary>Returns the process's exit code: 1 when the tests fail without any mutant.</summary>
    public async Task<int> Run()
    {
        var chosen = Choose();
        var bench = Path.Combine(_root, "artifacts", "mutation", folder);
        var tests = TestBench.Of(
            Path.Combine(_root, "artifacts", "bin", "Ordinaut.Tests", "release"),
            Path.Combine(bench, "tests"),
            SpeaksFor.GetValueOrDefault(folder, [$"*.{folder}.*"])
        );
        var compiler = new Compiler(Path.Combine(_root, "src", "Ordinaut", "Ordinaut.csproj"), tests.Program);
        await compiler.Prepare();
        var alive = await new Workshop(_root, Path.Combine(bench, "src"), compiler).Build(chosen);
        var began = _watch.Elapsed;
        if (await tests.Try(0, Healthy) != Fate.Survived)
        {
            Console.Error.WriteLine("The tests fail without any mutant.");
            return 1;
        }

        // On a machine that others use as well the same tests may take a few times as long.
        await TryAll(tests, alive, (_watch.Elapsed - began) * 4 + TimeSpan.FromSeconds(20));
        Console.WriteLine(Report());
        return 0;
    }

    private async Task TryAll(TestBench tests, IEnumerable<Mutant> alive, TimeSpan limit)
    {
        var minutes = Number(options, "--minutes", 20);
        foreach (var mutant in alive)
        {
            _fates[mutant] = _watch.Elapsed.TotalMinutes < minutes ? await tests.Try(mutant.Id, limit) : Fate.NotRun;
            if (_fates[mutant] is Fate.Survived or Fate.TimedOut)
            {
                Console.WriteLine($"{_fates[mutant], -8} {mutant}");
            }
        }
    }

    private Mutant[] Choose()
    {
        var all = Mutants();
        var only = options.GetValueOrDefault("--only")?.Split(',').Select(int.Parse).ToHashSet();
        var chosen = all.ToArray();
        new Random(_seed).Shuffle(chosen);
        chosen = only is null
            ? [.. chosen.Take(Number(options, "--sample", 100))]
            : [.. chosen.Where(mutant => only.Contains(mutant.Id))];
        foreach (var mutant in chosen)
        {
            _fates[mutant] = Fate.Refused;
        }

        Console.WriteLine($"{folder}: {all.Count} mutants, {chosen.Length} of them chosen with seed {_seed}");
        return chosen;
    }

    private List<Mutant> Mutants() =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(_root, "src", "Ordinaut", folder), "*.cs", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .SelectMany(file =>
                    MutantFinder
                        .In(CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot())
                        .Select(found => (Path: Path.GetRelativePath(_root, file), found.Node, found.Text))
                )
                .Select((found, index) => new Mutant(index + 1, found.Path, found.Node, found.Text)),
        ];

    private string Report()
    {
        var found = Count(Fate.Killed) + Count(Fate.TimedOut);
        var tried = found + Count(Fate.Survived);
        return $"{folder}: {100.0 * found / Math.Max(tried, 1):f1} % of {tried} mutants were found"
            + $" ({Count(Fate.TimedOut)} by never ending); {Count(Fate.Refused)} did not compile,"
            + $" {Count(Fate.NotRun)} not run; seed {_seed}, {_watch.Elapsed.TotalMinutes:f0} min";
    }

    private int Count(Fate fate) => _fates.Values.Count(value => value == fate);

    private static int Number(Dictionary<string, string> options, string name, int otherwise) =>
        options.TryGetValue(name, out var text) ? int.Parse(text) : otherwise;

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Ordinaut.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Run it inside the clone.");
        }

        return folder.FullName;
    }
}
