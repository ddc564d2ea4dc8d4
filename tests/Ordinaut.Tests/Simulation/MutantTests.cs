namespace Ordinaut.Tests.Simulation;

/// <summary>Each guard taken away is missed within a few seeds; else the zero of the others means nothing.</summary>
public sealed class MutantTests
{
    private const int Seeds = 24;

    public static TheoryData<string> Names => [.. Mutant.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mutant_is_caught(string name)
    {
        var mutant = Mutant.All.Single(mutant => mutant.Name == name);

        var caught = Enumerable
            .Range(1, Seeds)
            .Select(seed => Simulation.Run(SimOptions.Hostile(seed, mutant)))
            .FirstOrDefault(report => report.Violations.Count > 0);

        Assert.True(mutant.HasStruck, "No shipped statement holds this guard any more.");
        Assert.True(caught is not null, $"{name}: no violation in {Seeds} seeds.");
    }
}
