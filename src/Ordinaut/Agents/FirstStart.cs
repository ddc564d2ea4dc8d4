using System.Text;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// The first start creates the agent <c>admin</c> and writes its secret, once, to <c>admin.json</c> (mode 0600) in
/// the data folder. There is no default secret.
/// </summary>
internal sealed class FirstStart(Db db, AuditLog audit, Ids ids)
{
    public const string FileName = "admin.json";

    // Of many nodes that start at once on one database one makes the admin, in its own folder.
    private const string TakeTurn = "lock table agent in share row exclusive mode";

    public async Task Run(string dataFolder)
    {
        if (await db.Read(AgentStore.Any))
        {
            return;
        }

        await db.Write(session => Create(session, dataFolder));
    }

    private async ValueTask Create(Session session, string dataFolder)
    {
        await session.Lock(TakeTurn);
        if (await AgentStore.Any(session))
        {
            return;
        }

        var secret = AgentSecret.Create();
        var input = new AgentInput("admin", [Scope.Admin.Text()]);
        var admin = Agent.New(ids.Next(), input, Scope.Admin, session.Now);

        // The file comes first: after a crash between the two there is no row, so the next start writes another
        // secret over this one. In the other order an admin would exist whose secret nobody has.
        var credentials = Json.Write(new AgentCredentials(admin.Id.ToString(), secret)) + "\n";
        OwnerOnly.Replace(Path.Combine(dataFolder, FileName), Encoding.UTF8.GetBytes(credentials));
        await AgentStore.Insert(session, admin with { SecretHash = AgentSecret.Hash(secret) });
        await audit.Append(session, new Caller(admin.Id, Scope.Admin), admin.Entry("agent.created"));
    }
}
