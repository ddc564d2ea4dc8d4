using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.ToolSources;

/// <summary>MCP servers: registered, looked at, and what they changed accepted.</summary>
internal sealed class ServerOperations(Db db, SourceChanges changes, OutsideTools outside, ServerDialer dialer)
{
    public async Task<Page<ToolServerView>> List(Caller caller)
    {
        caller.Require(Scope.ToolsManage);
        var pins = (await db.Read(ToolSourceStore.Pins)).ToLookup(pin => pin.Server);
        var views = (await changes.All())
            .Where(source => source.Kind == ToolSource.Server)
            .Select(source => View(source, pins[source.Name]))
            .ToList();
        return new Page<ToolServerView>(views, SourceChanges.MaxServers, false, null);
    }

    public async Task<ToolServerView> Get(Caller caller, string name)
    {
        caller.Require(Scope.ToolsManage);
        return await Show(name);
    }

    /// <summary>Registers a server and looks at it; one that is down is registered all the same.</summary>
    public async Task<ToolServerView> Save(Caller caller, string name, ToolServerInput input, bool mustBeNew)
    {
        caller.Require(Scope.ToolsManage);
        Problem.Refuse(ServerCheck.Findings(name, input, dialer.Commands));
        var source = ToolSource.Of(ToolSource.Server, name, Json.Write(input with { Name = null }));
        await changes.Save(caller, [source], mustBeNew);
        return await Look(name);
    }

    public async Task Delete(Caller caller, string name)
    {
        caller.Require(Scope.ToolsManage);
        await changes.Remove(caller, ToolSource.Server, name);
        await outside.Load();
    }

    /// <summary>Looks at what the server offers now.</summary>
    public async Task<ToolServerView> Refresh(Caller caller, string name)
    {
        caller.Require(Scope.ToolsManage);
        return await Look(name);
    }

    public async Task<ToolServerView> Accept(Caller caller, string name, AcceptTools request)
    {
        caller.Require(Scope.ToolsManage);
        if (request.Tools is not { Count: > 0 and <= ServerLink.MaxTools } tools)
        {
            throw Problem.Invalid(
                "/tools",
                "tools is required: each tool to accept with its offered_hash, or \"gone\"."
            );
        }

        await Show(name);
        await changes.Accept(caller, name, tools);
        await outside.Load();
        return await Show(name);
    }

    private async Task<ToolServerView> Look(string name)
    {
        await outside.Load();
        if (outside.Server(name) is { } server)
        {
            await outside.Note(server, await server.LookNow(atOnce: true));
        }

        return await Show(name);
    }

    private async Task<ToolServerView> Show(string name)
    {
        var source = await db.Read(session => ToolSourceStore.Find(session, ToolSource.Server, name));
        return source is null
            ? throw Problem.NotFound("tool server", name)
            : View(source, await db.Read(session => ToolSourceStore.PinsOf(session, name)));
    }

    private ToolServerView View(ToolSource source, IEnumerable<ToolPin> pins)
    {
        var look = outside.Server(source.Name)?.Last;
        return new ToolServerView(
            source.Name,
            source.FromFile,
            Json.Read<ToolServerInput>(source.Settings),
            look is null ? "unknown"
                : look.Error is null ? "up"
                : "down",
            look?.Error,
            look?.At,
            [.. pins.Select(View)],
            look?.Findings ?? [],
            source.UpdatedAt
        );
    }

    private static ServerToolView View(ToolPin pin)
    {
        var pinned = Offer.Parse(pin.Pinned);
        var offered = pin.Offered is null || pin.IsGone ? null : Offer.Parse(pin.Offered);
        return new ServerToolView(
            $"{pin.Server}.{pin.Tool}",
            pin.Tool,
            pin.IsGone ? "gone"
                : offered is null ? "ready"
                : "changed",
            pinned.Hash,
            pin.IsGone ? "gone" : offered?.Hash,
            offered is null ? [] : pinned.ChangesTo(offered)
        );
    }
}
