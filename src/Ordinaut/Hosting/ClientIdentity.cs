using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Hosting;

/// <summary>Whom a command acts as: the agent two variables name, else the admin of the data folder.</summary>
internal static class ClientIdentity
{
    private const string AgentId = "agent_id";
    private const string AgentSecret = "agent_secret";

    /// <summary>The variables, without the prefix that settings have too.</summary>
    public static readonly IReadOnlyList<string> Variables = [AgentId, AgentSecret];

    /// <exception cref="Problem">Neither is there.</exception>
    public static async Task<AgentCredentials> Find(string dataFolder, CancellationToken ct)
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables(Settings.Prefix).Build();
        return environment[AgentId] is { Length: > 0 } id && environment[AgentSecret] is { Length: > 0 } secret
            ? new AgentCredentials(id, secret)
            : await ReadAdmin(dataFolder, ct);
    }

    /// <summary>What the first start wrote into the data folder.</summary>
    public static async Task<AgentCredentials> ReadAdmin(string dataFolder, CancellationToken ct)
    {
        var path = Path.Combine(dataFolder, FirstStart.FileName);
        if (!File.Exists(path))
        {
            throw new Problem(
                ProblemKind.Unauthenticated,
                $"There is no '{path}'; set ORDINAUT_AGENT_ID and ORDINAUT_AGENT_SECRET, or name the server's folder "
                    + "with --data."
            );
        }

        await using var file = File.OpenRead(path);
        return (await JsonSerializer.DeserializeAsync(file, WireJson.Default.AgentCredentials, ct))!;
    }
}
