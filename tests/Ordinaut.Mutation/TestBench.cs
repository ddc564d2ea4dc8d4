using System.Diagnostics;

namespace Ordinaut.Mutation;

/// <summary>A copy of the built tests, with the program that holds the mutants in place of the true one.</summary>
internal sealed class TestBench(string folder, IReadOnlyList<string> classes)
{
    private const int NoTestRan = 8;

    public string Program => Path.Combine(folder, "ordinaut.dll");

    public static TestBench Of(string built, string folder, IReadOnlyList<string> classes)
    {
        foreach (var file in Directory.EnumerateFiles(built, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        return new TestBench(folder, classes);
    }

    /// <param name="mutant">Which one is alive; 0 for none.</param>
    public async Task<Fate> Try(int mutant, TimeSpan limit)
    {
        string[] arguments =
        [
            "--no-progress",
            "--stop-on-fail",
            "on",
            "--results-directory",
            Path.Combine(folder, "results"),
            .. classes.SelectMany(name => new[] { "--filter-class", name }),
        ];
        var tests = new ProcessStartInfo(Path.Combine(folder, "Ordinaut.Tests"), arguments);
        tests.Environment[Switchboard.Variable] = $"{mutant}";
        if (await Shell.Run(tests, limit) is not { } ran)
        {
            return Fate.TimedOut;
        }

        return ran.Code switch
        {
            0 => Fate.Survived,
            NoTestRan => throw new InvalidOperationException($"No test ran: {ran.Output}"),
            _ => Fate.Killed,
        };
    }
}
