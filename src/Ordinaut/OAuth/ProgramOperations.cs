using System.Text.Json.Nodes;
using Ordinaut.Accounts;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Store;

namespace Ordinaut.OAuth;

/// <summary>What programs hold of a person, shown to that person, and taken back.</summary>
internal sealed class ProgramOperations(Db db, AgentDirectory directory, AuditLog audit)
{
    /// <summary>The newest that are shown; those after them come when one of these ends.</summary>
    public const int MaxShown = 100;

    public Task<List<HeldGrant>> Of(SignedIn who) =>
        db.Read(async session =>
        {
            var held = new List<HeldGrant>();
            foreach (var family in await RefreshTokens.Families(session, who.Agent.Id, MaxShown))
            {
                held.Add(new HeldGrant(family, await NameOf(session, family.ClientId)));
            }

            return held;
        });

    /// <summary>
    /// Ends one: it refreshes no more, and no access token of the agent counts any longer; other programs refresh.
    /// </summary>
    public async Task TakeBack(string? token, string family, string requestId)
    {
        var agentId = await db.Write(async session =>
        {
            var who = await SignedIn.RequireRecent(session, token);
            var families = await RefreshTokens.Families(session, who.Agent.Id, MaxShown);
            var ended = families.Find(one => one.Id.ToString() == family) ?? throw Problem.NotFound("consent", family);
            await RefreshTokens.EndFamily(session, ended.Id);
            await AgentStore.EndTokens(session, who.Agent.Id);
            await audit.Append(session, who.Caller(requestId), Entry(ended, who.Agent.Id));
            return who.Agent.Id;
        });
        directory.Forget(agentId);
    }

    private static AuditEntry Entry(TokenFamily ended, Guid agentId)
    {
        var detail = new JsonObject { ["client_id"] = ended.ClientId, ["scope"] = ended.Scopes.Text() };
        return new AuditEntry("consent.taken_back", "agent", agentId.ToString(), agentId, Json.OfNode(detail));
    }

    /// <summary>A document's name is its host's word of then; its address is what it is known by.</summary>
    private static async ValueTask<string?> NameOf(Session session, string? clientId) =>
        Guid.TryParseExact(clientId, "D", out var id)
            ? (await ClientStore.Get(session, id))?.Name ?? clientId
            : clientId;
}

/// <summary>What somebody can refresh in the name of a person.</summary>
/// <param name="Program">What it is called, or its address; null where the agent's own secret was shown.</param>
internal sealed record HeldGrant(TokenFamily Family, string? Program);
