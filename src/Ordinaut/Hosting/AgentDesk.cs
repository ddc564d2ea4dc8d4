using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Hosting;

/// <summary>What an operator does about agents without signing in: who has the database needs nothing else.</summary>
internal static class AgentDesk
{
    private const string Why = "by the operator, beside the database";

    /// <summary>
    /// A new secret for an agent whose own is lost; the one before and every token end with it. Returns when servers
    /// that run have heard of it: they read an agent again after <see cref="AgentDirectory.MaxAge"/>.
    /// </summary>
    /// <exception cref="Problem">There is no such agent.</exception>
    public static async Task<AgentCredentials> NewSecret(OrdinautOptions options, string name)
    {
        using var db = await OperatorDatabase.Open(options);
        var secret = AgentSecret.Create();
        var credentials = await db.Write(async session =>
        {
            var agents = await AgentStore.Page(session, Guid.Empty, all: true, Guid.Empty, int.MaxValue);
            var agent = agents.Find(one => one.Name == name) ?? throw NoSuch(name, agents);
            await AgentOperations.SetSecret(session, agent, secret);
            var entry = agent.Entry("agent.credentials_issued", Why);
            await OperatorDatabase.Audit().Append(session, OperatorDatabase.Operator, entry);
            return new AgentCredentials(agent.Id.ToString(), secret);
        });
        await Task.Delay(AgentDirectory.MaxAge, TimeProvider.System);
        return credentials;
    }

    private static Problem NoSuch(string name, List<Agent> agents)
    {
        var admins = string.Join(", ", agents.Where(agent => agent.IsAdmin).Select(agent => agent.Name));
        return new Problem(ProblemKind.NotFound, $"There is no agent {Quoted.Of(name)}; admins are: {admins}.");
    }
}
