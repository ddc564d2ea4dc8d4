namespace Ordinaut.Tests.Conformance;

/// <summary>Each guard taken away is missed within a few courses; else that all agree means nothing.</summary>
public sealed class StoreMutantTests
{
    private const int Seeds = 200;

    public static TheoryData<string, string> Names
    {
        get
        {
            var names = new TheoryData<string, string>();
            foreach (var mutant in StoreMutant.Anywhere)
            {
                names.Add("sqlite", mutant.Name);
            }

            foreach (var mutant in StoreMutant.Together)
            {
                names.Add("postgres", mutant.Name);
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_mutant_is_noticed(string engine, string name)
    {
        var isShared = engine == "postgres";
        var mutants = isShared ? StoreMutant.Together : StoreMutant.Anywhere;
        var mutant = mutants.Single(mutant => mutant.Name == name);
        using var cluster = await Cluster.Open(engine, mutant);

        var isNoticed = await IsNoticed(cluster, isShared ? 1 : Course.MeetingShare);

        Assert.True(mutant.HasStruck, "No shipped statement holds this guard any more.");
        Assert.True(isNoticed, $"{name}: {Seeds} courses agreed.");
    }

    private static async Task<bool> IsNoticed(Cluster cluster, double meetingShare)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            if (await cluster.Play(Course.Of(seed, meetingShare)) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
