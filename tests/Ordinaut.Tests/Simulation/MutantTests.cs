namespace Ordinaut.Tests.Simulation;

/// <summary>Each guard taken away is missed within a few seeds; else the zero of the others means nothing.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private const int Seeds = 24;

    [Fact]
    public void Every_mutant_is_caught()
    {
        var caught = Mutant.All.ToDictionary(mutant => mutant, CaughtBy);

        var told = caught.Where(entry => entry.Value is not null).Select(entry => $"{entry.Key} (seed {entry.Value})");
        output.WriteLine($"{told.Count()} of {Mutant.All.Count} mutants caught: {string.Join(", ", told)}");
        Assert.All(Mutant.All, mutant => Assert.True(mutant.HasStruck, $"{mutant}: no shipped statement holds it."));
        Assert.All(caught, entry => Assert.True(entry.Value is not null, $"{entry.Key}: nothing in {Seeds} seeds."));
    }

    private static int? CaughtBy(Mutant mutant) =>
        Enumerable
            .Range(1, Seeds)
            .Cast<int?>()
            .FirstOrDefault(seed => Simulation.Run(SimOptions.Hostile(seed!.Value, mutant)).Violations.Count > 0);
}
