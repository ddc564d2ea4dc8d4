using System.Diagnostics;
using Microsoft.CodeAnalysis.CSharp;
using Ordinaut.Mutation;

const string Usage = "Ordinaut.Mutation FOLDER [--sample N] [--seed N] [--minutes N] [--only ID,ID]";

// The tests that speak for a folder, where they are more than those of the same name.
var speaksFor = new Dictionary<string, string[]> { ["Pipelines"] = ["*.Pipelines.*", "*.Runs.*"] };

if (args.Length % 2 != 1)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

var folder = args[0];
var options = args.Skip(1).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
var sample = int.Parse(options.GetValueOrDefault("--sample", "100"));
var seed = int.Parse(options.GetValueOrDefault("--seed", $"{Random.Shared.Next(1_000_000)}"));
var minutes = double.Parse(options.GetValueOrDefault("--minutes", "20"));
var watch = Stopwatch.StartNew();

var root = Root();
var bench = Path.Combine(root, "artifacts", "mutation", folder);
var all = Mutants(root, folder);
var only = options.GetValueOrDefault("--only")?.Split(',').Select(int.Parse).ToHashSet();
var chosen = all.ToArray();
new Random(seed).Shuffle(chosen);
chosen = only is null ? [.. chosen.Take(sample)] : [.. chosen.Where(mutant => only.Contains(mutant.Id))];
Console.WriteLine($"{folder}: {all.Count} mutants, {chosen.Length} of them chosen with seed {seed}");

var tests = TestBench.Of(
    Path.Combine(root, "artifacts", "bin", "Ordinaut.Tests", "release"),
    Path.Combine(bench, "tests"),
    speaksFor.GetValueOrDefault(folder, [$"*.{folder}.*"])
);
var compiler = new Compiler(Path.Combine(root, "src", "Ordinaut", "Ordinaut.csproj"), tests.Program);
await compiler.Prepare();
var alive = await new Workshop(root, Path.Combine(bench, "src"), compiler).Build(chosen);

var began = watch.Elapsed;
if (await tests.Try(0, TimeSpan.FromMinutes(10)) != Fate.Survived)
{
    Console.Error.WriteLine("The tests fail without any mutant.");
    return 1;
}

// On a machine that others use as well the same tests may take a few times as long.
var limit = (watch.Elapsed - began) * 4 + TimeSpan.FromSeconds(20);
var fates = chosen.ToDictionary(mutant => mutant, _ => Fate.Refused);
foreach (var mutant in alive)
{
    fates[mutant] = watch.Elapsed.TotalMinutes < minutes ? await tests.Try(mutant.Id, limit) : Fate.NotRun;
    if (fates[mutant] is Fate.Survived or Fate.TimedOut)
    {
        Console.WriteLine($"{fates[mutant], -8} {mutant}");
    }
}

Console.WriteLine(Report());
return 0;

string Report()
{
    int Count(Fate fate) => fates.Values.Count(value => value == fate);
    var found = Count(Fate.Killed) + Count(Fate.TimedOut);
    var tried = found + Count(Fate.Survived);
    return $"{folder}: {100.0 * found / Math.Max(tried, 1):f1} % of {tried} mutants were found"
        + $" ({Count(Fate.TimedOut)} by never ending); {Count(Fate.Refused)} did not compile,"
        + $" {Count(Fate.NotRun)} not run; seed {seed}, {watch.Elapsed.TotalMinutes:f0} min";
}

static List<Mutant> Mutants(string root, string folder) =>
    [
        .. Directory
            .EnumerateFiles(Path.Combine(root, "src", "Ordinaut", folder), "*.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(file =>
                MutantFinder
                    .In(CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot())
                    .Select(found => (Path: Path.GetRelativePath(root, file), found.Node, found.Text))
            )
            .Select((found, index) => new Mutant(index + 1, found.Path, found.Node, found.Text)),
    ];

static string Root()
{
    var folder = new DirectoryInfo(AppContext.BaseDirectory);
    while (!File.Exists(Path.Combine(folder.FullName, "Ordinaut.slnx")))
    {
        folder = folder.Parent ?? throw new InvalidOperationException("Run it inside the clone.");
    }

    return folder.FullName;
}
