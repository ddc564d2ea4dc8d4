using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>How what is registered is changed: one after the other, with what must hold among all of it.</summary>
internal sealed class SourceChanges(Db db, Changes changes, AuditLog audit, ToolCatalog catalog, Signals signals)
{
    /// <summary>The most servers; 50.</summary>
    public const int MaxServers = 50;

    /// <summary>The most HTTP tools; 1,000.</summary>
    public const int MaxHttpTools = 1_000;

    /// <summary>Whom the audit log names for what the catalogue file changed.</summary>
    private static readonly Caller Operator = new(Guid.Empty, Scope.Admin);

    public Task<List<ToolSource>> All() => db.Read(ToolSourceStore.Sources);

    /// <summary>Registers what is given, and replaces what was there unless it must be new.</summary>
    public Task Save(Caller caller, IReadOnlyList<ToolSource> sources, bool mustBeNew) =>
        Change(
            caller,
            async session =>
            {
                var all = await ToolSourceStore.Sources(session);
                foreach (var source in sources.Select(source => source with { OwnerId = caller.AgentId }))
                {
                    var before = all.Find(other => IsSame(other, source));
                    RefuseFromFile(before);
                    RequireOwn(caller, before);
                    if (mustBeNew && before is not null)
                    {
                        throw Problem.Conflict($"There is a {Noun(source)} '{source.Name}' already; PUT replaces it.");
                    }

                    all.RemoveAll(other => IsSame(other, source));
                    all.Add(source);
                    await ToolSourceStore.Save(session, source);
                    await Tell(session, caller, source, "saved");
                }

                RequireSound(all);
            }
        );

    public Task Remove(Caller caller, string kind, string name) =>
        Change(
            caller,
            async session =>
            {
                var source = await ToolSourceStore.Find(session, kind, name);
                if (source is null)
                {
                    throw Problem.NotFound(kind == ToolSource.Server ? "tool server" : "HTTP tool", name);
                }

                RequireOwn(caller, source);
                await ToolSourceStore.Remove(session, source);
                await Tell(session, caller, source, "deleted");
            }
        );

    /// <summary>Makes what comes from the catalogue file be what is in it.</summary>
    public async Task Sync(IReadOnlyList<ToolSource> file)
    {
        if (!Differences(await All(), file).Any())
        {
            return;
        }

        await db.Write(async session =>
        {
            await ToolSourceStore.Begin(session, signals);
            var all = await ToolSourceStore.Sources(session);
            foreach (var (source, isKept) in Differences(all, file).ToList())
            {
                all.RemoveAll(other => IsSame(other, source));
                if (isKept)
                {
                    all.Add(source);
                    await ToolSourceStore.Save(session, source);
                }
                else
                {
                    await ToolSourceStore.Remove(session, source);
                }

                await Tell(session, Operator, source, isKept ? "saved" : "deleted");
            }

            RequireSound(all);
        });
    }

    /// <summary>Takes what a server offers now for what it is from now on.</summary>
    /// <param name="accepted">Tools with the hashes of what is accepted.</param>
    public Task Accept(Caller caller, string server, IReadOnlyDictionary<string, string> accepted) =>
        Change(
            caller,
            async session =>
            {
                RequireOwn(caller, await ToolSourceStore.Find(session, ToolSource.Server, server));
                var pins = await ToolSourceStore.PinsOf(session, server);
                foreach (var (tool, hash) in accepted)
                {
                    var pin = pins.Find(pin => pin.Tool == tool);
                    await ToolSourceStore.Accept(session, Agreed(pin, tool, hash));
                }

                var detail = Json.ToElement(accepted);
                var entry = new AuditEntry("tool_server.accepted", "tool_server", server, caller.AgentId, detail);
                await audit.Append(session, caller, entry);
            }
        );

    /// <summary>What was compared must be what is accepted: the server may have gone on changing it.</summary>
    private static ToolPin Agreed(ToolPin? pin, string tool, string hash)
    {
        if (pin?.Offered is not { } offered)
        {
            throw Problem.Invalid($"/tools/{tool}", $"There is no change of '{tool}' to accept.");
        }

        var now = pin.IsGone ? "gone" : Offer.Parse(offered).Hash;
        return now == hash
            ? pin
            : throw Problem.Conflict(
                $"'{tool}' is not what was compared: its offered_hash is {now}. Look at it again."
            );
    }

    private static IEnumerable<(ToolSource Source, bool IsKept)> Differences(
        IReadOnlyList<ToolSource> all,
        IReadOnlyList<ToolSource> file
    ) =>
        file.Where(source => !all.Any(o => IsSame(o, source) && o.FromFile && o.Settings == source.Settings))
            .Select(source => (source, true))
            .Concat(all.Where(o => o.FromFile && !file.Any(source => IsSame(o, source))).Select(o => (o, false)));

    private static bool IsSame(ToolSource one, ToolSource other) => one.Kind == other.Kind && one.Name == other.Name;

    private static void RefuseFromFile(ToolSource? before)
    {
        if (before is { FromFile: true })
        {
            throw Problem.Conflict(
                $"The {Noun(before)} '{before.Name}' comes from the catalogue file; change it there and restart."
            );
        }
    }

    /// <summary>A provider belongs to one source: nobody takes the place of a tool that others use.</summary>
    private void RequireSound(List<ToolSource> all)
    {
        var servers = all.Where(source => source.Kind == ToolSource.Server).Select(source => source.Name).ToHashSet();
        if (servers.Count > MaxServers)
        {
            throw Problem.Conflict($"At most {MaxServers} servers can be registered; delete one first.");
        }

        if (all.Count - servers.Count > MaxHttpTools)
        {
            throw Problem.Conflict($"At most {MaxHttpTools} HTTP tools can be registered; delete some first.");
        }

        foreach (var source in all)
        {
            var provider = ToolCatalog.ProviderOf(source.Name);
            if (catalog.OwnProviders.Contains(provider))
            {
                throw Problem.Invalid("/name", $"'{provider}' is the provider of built-in tools; choose another name.");
            }

            if (source.Kind == ToolSource.Http && servers.Contains(provider))
            {
                throw Problem.Invalid("/name", $"'{provider}' is a tool server; an HTTP tool needs another provider.");
            }
        }
    }

    /// <summary>What a tool is decides what others' tasks do: who made it changes it, or an admin.</summary>
    private static void RequireOwn(Caller caller, ToolSource? before)
    {
        if (before is { FromFile: false } && before.OwnerId != caller.AgentId && !caller.SeesAll)
        {
            throw new Problem(
                ProblemKind.Forbidden,
                $"The {Noun(before)} '{before.Name}' is of another agent; that one changes it, or an admin does."
            );
        }
    }

    private Task<bool> Change(Caller caller, Func<Session, ValueTask> change)
    {
        caller.RequireUnbound("change what tools there are");
        return changes.Make(
            caller,
            async session =>
            {
                await ToolSourceStore.Begin(session, signals);
                await change(session);
                return true;
            }
        );
    }

    private static string Noun(ToolSource source) => source.Kind == ToolSource.Server ? "tool server" : "HTTP tool";

    private async ValueTask Tell(Session session, Caller caller, ToolSource source, string what)
    {
        var noun = source.Kind == ToolSource.Server ? "tool_server" : "http_tool";
        await audit.Append(session, caller, new AuditEntry($"{noun}.{what}", noun, source.Name, caller.AgentId));
    }
}
