using System.Text.Json;
using Ordinaut.Accounts;
using Ordinaut.Audit;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Agents;

/// <summary>
/// Who may act. With <c>agents:manage</c> an agent manages those it created and itself; an admin manages all.
/// Nobody can grant, or take over by a new secret, scopes they do not hold themselves.
/// </summary>
internal sealed class AgentOperations(
    Db db,
    Changes changes,
    AgentDirectory directory,
    AuditLog audit,
    TaskDefaults defaults,
    Signals signals,
    Ids ids
)
{
    /// <summary>Who the caller is; whoever has a token may ask.</summary>
    public async Task<WhoAmI> Me(Caller caller)
    {
        var agent = await directory.Find(caller.AgentId);
        return new WhoAmI(caller.AgentId, agent!.Name, caller.Scopes.List(), db.Now(), defaults.Timezone);
    }

    public async Task<AgentView> Create(Caller caller, AgentInput input)
    {
        caller.Require(Scope.AgentsManage);
        var scopes = AgentCheck.Check(input);
        RequireHeld(caller, scopes, AgentCheck.PointerOf(input));
        RequireRightToWeigh(caller, input.Weight, 1);
        RequireWithin(caller, AgentLimits.Of(input, AgentLimits.None));
        return await changes.Make(
            caller,
            async session =>
            {
                await RequireFreeName(session, input.Name!, null);
                var agent = Agent.New(ids.Next(), input, scopes, session.Now) with { CreatedBy = caller.AgentId };
                await AgentStore.Insert(session, agent);
                await audit.Append(session, caller, agent.Entry("agent.created"));
                return agent.View();
            }
        );
    }

    public async Task<Page<AgentView>> List(Caller caller, int limit, Guid? after)
    {
        caller.Require(Scope.AgentsManage);
        var rows = await db.ReadFor(
            caller.Reach(),
            session => AgentStore.Page(session, caller.AgentId, caller.SeesAll, after ?? Guid.Empty, limit + 1)
        );
        return Pages.Of(rows, limit, agent => agent.View(), agent => agent.Id.ToString());
    }

    /// <summary>Any agent may see itself: what it is called and which scopes it has.</summary>
    public async Task<AgentView> Get(Caller caller, Guid id)
    {
        if (id != caller.AgentId)
        {
            caller.Require(Scope.AgentsManage);
        }

        return (await db.ReadFor(caller.Reach(), session => Visible(session, caller, id))).View();
    }

    /// <summary>Replaces name, scopes and webhook address; the status only when it is given (PUT).</summary>
    public Task<AgentView> Replace(Caller caller, Guid id, AgentInput input) => Change(caller, id, _ => input);

    /// <summary>Changes the members that are named (PATCH; JSON Merge Patch, RFC 7396).</summary>
    public Task<AgentView> Patch(Caller caller, Guid id, JsonElement patch) =>
        Change(caller, id, agent => MergePatch.Apply(agent.Input(forRole: AgentRole.IsIn(patch)), patch));

    /// <summary>
    /// Stops it at once: its tokens end, its runs are canceled and nothing of it fires until it is started. Its row
    /// stays, because the audit log and its tasks name it.
    /// </summary>
    public Task<AgentView> Stop(Caller caller, Guid id, AgentStop? why) =>
        Change(caller, id, agent => agent.Input() with { Status = Agent.Disabled }, why?.Reason);

    /// <summary>
    /// Lets it act again, with new tokens; what its tasks missed meanwhile is treated as after any downtime.
    /// </summary>
    public Task<AgentView> Start(Caller caller, Guid id, AgentStop? why) =>
        Change(caller, id, agent => agent.Input() with { Status = Agent.Active }, why?.Reason);

    private async Task<AgentView> Change(Caller caller, Guid id, Func<Agent, AgentInput> change, string? reason = null)
    {
        caller.Require(Scope.AgentsManage);
        if (reason?.Length > TaskControl.MaxReason)
        {
            throw Problem.Invalid("/reason", $"reason has at most {TaskControl.MaxReason} characters.");
        }

        var view = await changes.Make(
            caller,
            async session =>
            {
                var agent = await Manageable(session, caller, id);
                var input = change(agent);
                var scopes = AgentCheck.Check(input);
                RequireHeld(caller, scopes, AgentCheck.PointerOf(input));
                RequireRightToWeigh(caller, input.Weight, agent.Weight);
                await RequireFreeName(session, input.Name!, id);
                var changed = agent with
                {
                    Name = input.Name!,
                    Scopes = scopes,
                    Status = input.Status ?? agent.Status,
                    WebhookUrl = input.WebhookUrl,
                    Weight = input.Weight ?? agent.Weight,
                    Limits = AgentLimits.Of(input, agent.Limits),
                    UpdatedAt = session.Now,
                };
                RequireWithin(caller, changed.Limits);
                await RequireManager(session, caller, agent, changed);
                return await Save(session, caller, (agent, changed), reason);
            }
        );
        directory.Forget(id);
        signals.Cancel.Set();
        signals.Schedule.Set();
        return view;
    }

    /// <summary>
    /// Makes a new secret; the old one and every token of the agent end with it. Not repeatable by
    /// <c>Idempotency-Key</c>, because the answer would have to be kept, and a secret is not kept in clear.
    /// </summary>
    public async Task<AgentCredentials> IssueCredentials(Caller caller, Guid id)
    {
        caller.Require(Scope.AgentsManage);
        var secret = AgentSecret.Create();
        await db.Write(async session =>
        {
            var agent = await Manageable(session, caller, id);
            await SetSecret(session, agent, secret);
            await audit.Append(session, caller, agent.Entry("agent.credentials_issued"));
        });
        directory.Forget(id);
        return new AgentCredentials(id.ToString(), secret);
    }

    /// <summary>With the secret before, every token of the agent ends.</summary>
    public static async ValueTask SetSecret(Session session, Agent agent, string secret)
    {
        await AgentStore.SetSecret(session, agent.Id, AgentSecret.Hash(secret));
        await RefreshTokens.EndAll(session, agent.Id);
    }

    private async ValueTask<AgentView> Save(
        Session session,
        Caller caller,
        (Agent Now, Agent Changed) edit,
        string? reason
    )
    {
        var (agent, changed) = edit;
        var action = (agent.IsActive, changed.IsActive) switch
        {
            (true, false) => "agent.stopped",
            (false, true) => "agent.started",
            _ => "agent.updated",
        };
        await AgentStore.Update(session, changed);
        if (agent.IsActive != changed.IsActive)
        {
            // A token made before does not come to life again when the agent does, nor one that a login made while it
            // was being stopped.
            await AgentStore.EndTokens(session, agent.Id);
            await RefreshTokens.EndAll(session, agent.Id);
            await WebSessions.EndAll(session, agent.Id);
            await RunStops.RequestOfAgent(session, agent.Id);
        }

        await audit.Append(session, caller, changed.Entry(action, reason));
        return changed.View();
    }

    /// <summary>Someone must be left who can undo it: without an admin nobody could ever make another one.</summary>
    private static async ValueTask RequireManager(Session session, Caller caller, Agent agent, Agent changed)
    {
        if (agent.Id == caller.AgentId && !changed.IsActive)
        {
            throw Problem.Conflict("An agent cannot stop itself; another manager can.");
        }

        if (agent.IsAdmin && !changed.IsAdmin && !await AgentStore.AnyAdminBut(session, agent.Id))
        {
            throw Problem.Conflict("This is the last admin that can log in; make another one first.");
        }
    }

    public static async ValueTask<Agent> Visible(Session session, Caller caller, Guid id)
    {
        var agent = await AgentStore.Get(session, id);
        var visible =
            agent is not null && (caller.SeesAll || id == caller.AgentId || agent.CreatedBy == caller.AgentId);
        return visible ? agent! : throw Problem.NotFound("agent", id.ToString());
    }

    /// <summary>A caller who could change an agent that holds more would hold more itself a moment later.</summary>
    public static async ValueTask<Agent> Manageable(Session session, Caller caller, Guid id)
    {
        var agent = await Visible(session, caller, id);
        RequireHeld(caller, agent.Scopes, "");
        RequireWithin(caller, agent.Limits);
        return agent;
    }

    /// <summary>What an agent's runs saw is seen by those alone who may all that it may.</summary>
    public static async ValueTask<Agent> Readable(Session session, Caller caller, Guid id)
    {
        var agent = await Visible(session, caller, id);
        RequireHeld(caller, agent.Scopes, "");
        return agent;
    }

    private static void RequireWithin(Caller caller, AgentLimits limits)
    {
        if (!caller.SeesAll && limits.Exceeds(caller.Limits) is { } member)
        {
            var detail = $"Nobody can grant or manage more than they may themselves: {member} would allow more.";
            throw new Problem(ProblemKind.Forbidden, detail, new FieldError($"/{member}", detail));
        }
    }

    private static void RequireHeld(Caller caller, Scope wanted, string pointer)
    {
        if (!caller.Scopes.Cover(wanted))
        {
            var missing = (wanted & ~caller.Scopes).Text();
            var detail = $"Nobody can grant or manage scopes they do not hold; the token does not carry: {missing}.";
            throw new Problem(ProblemKind.Forbidden, detail, new FieldError(pointer, detail));
        }
    }

    /// <summary>A manager could take the workers from everyone else by the weight of one agent of its own.</summary>
    private static void RequireRightToWeigh(Caller caller, int? weight, int now)
    {
        if (weight is { } wanted && wanted != now && !caller.SeesAll)
        {
            const string Detail = "Only an admin can change the weight of an agent; leave it out.";
            throw new Problem(ProblemKind.Forbidden, Detail, new FieldError("/weight", Detail));
        }
    }

    private static async ValueTask RequireFreeName(Session session, string name, Guid? except)
    {
        var holder = await AgentStore.IdOf(session, name);
        if (holder is not null && holder != except)
        {
            throw Problem.Conflict($"There is already an agent named '{name}'; choose another name.");
        }
    }
}
