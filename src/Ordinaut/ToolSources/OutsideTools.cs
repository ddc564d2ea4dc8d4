using System.Text.Json;
using Ordinaut.JsonSchemas;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.ToolSources;

/// <summary>
/// Loop: keeps the catalogue as the database has it, looks at every server now and then, and writes down what it
/// offers: a tool seen for the first time is pinned, one that is no longer as pinned is suspended.
/// </summary>
internal sealed partial class OutsideTools(
    Db db,
    ToolCatalog catalog,
    ServerDialer dialer,
    SecretReferences secrets,
    HttpRequestTool http,
    Signals signals,
    TimeProvider clock,
    ILogger<OutsideTools> log
) : BackgroundService
{
    /// <summary>How soon a change that another process made is seen when its signal is lost; 2 s.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Dictionary<string, LiveServer> _servers = [];
    private Dictionary<(ToolSource, ToolPin?), ITool> _tools = [];
    private long _seen = -1;

    public LiveServer? Server(string name) => _servers.GetValueOrDefault(name);

    /// <summary>Brings the catalogue up to the database, if that has changed.</summary>
    public async Task Load()
    {
        await _turn.WaitAsync();
        try
        {
            // Read before the rest: what changes meanwhile is seen the next time.
            var changes = await db.Read(ToolSourceStore.Changes);
            if (changes != _seen)
            {
                Arrange(await db.Read(ToolSourceStore.Sources), await db.Read(ToolSourceStore.Pins));
                _seen = changes;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes down what a look has found, where that is news.</summary>
    public async Task Note(LiveServer server, Look look)
    {
        var name = server.Settings.Name;
        var pins = look.Error is null ? await db.Read(session => ToolSourceStore.PinsOf(session, name)) : [];
        if (look.Error is not null || !Differs(pins, look))
        {
            return;
        }

        await db.Write(async session =>
        {
            await ToolSourceStore.Begin(session, signals);
            await Note(session, name, look);
        });
        await Load();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_servers.Values.Select(server => server.DisposeAsync().AsTask()));
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(log, "tools"), Interval, clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        var heard = signals.Tools.Next();
        await Load();
        foreach (var server in _servers.Values)
        {
            if (server.IsDue)
            {
                // Not waited for: one that hangs does not keep the others from being seen. It rings when it is done.
                _ = server.LookNow();
            }

            if (server.Last is { } look && !ReferenceEquals(look, server.Noted))
            {
                await Note(server, look);
                server.Noted = look;
            }
        }

        await signals.Tools.Wait(heard, Interval, ct);
    }

    private static bool Differs(List<ToolPin> pins, Look look) =>
        pins.Count != look.Offers.Count || pins.Exists(pin => pin.Offered != OfferedFor(pin, look));

    /// <summary>What the pin's row must say is offered: null where it is what is pinned.</summary>
    private static string? OfferedFor(ToolPin pin, Look look)
    {
        var offer = look.Offers.GetValueOrDefault(pin.Tool);
        return offer is null ? ToolPin.Gone
            : offer.Text == pin.Pinned ? null
            : offer.Text;
    }

    private async ValueTask Note(Session session, string server, Look look)
    {
        var pins = await ToolSourceStore.PinsOf(session, server);
        foreach (var offer in look.Offers.Values.Where(offer => !pins.Exists(pin => pin.Tool == offer.Tool)))
        {
            await ToolSourceStore.Pin(session, server, offer);
        }

        foreach (var pin in pins.Where(pin => pin.Offered != OfferedFor(pin, look)))
        {
            var offered = OfferedFor(pin, look);
            await ToolSourceStore.SetOffered(session, pin, offered);
            if (offered is not null)
            {
                Log.Suspended(log, server, pin.Tool);
            }
        }
    }

    private void Arrange(List<ToolSource> sources, List<ToolPin> pins)
    {
        var servers = new Dictionary<string, LiveServer>();
        var tools = new Dictionary<(ToolSource, ToolPin?), ITool>();
        foreach (var source in sources)
        {
            if (source.Kind == ToolSource.Http)
            {
                Keep(tools, (source, null), () => new HttpTool(source, http, secrets));
                continue;
            }

            if (Connect(source) is { } server)
            {
                servers[source.Name] = server;
                foreach (var pin in pins.Where(pin => pin.Server == source.Name))
                {
                    Keep(tools, (source, pin), () => new ServerTool(server, pin));
                }
            }
        }

        catalog.Replace([.. tools.Values.DistinctBy(tool => tool.Description.Name)]);
        var retired = _servers.Values.Except(servers.Values).ToList();
        (_servers, _tools) = (servers, tools);
        foreach (var server in retired)
        {
            _ = server.DisposeAsync().AsTask();
        }
    }

    /// <summary>A server that is as it was keeps its connection.</summary>
    private LiveServer? Connect(ToolSource source)
    {
        if (_servers.GetValueOrDefault(source.Name) is { } live && live.Source == source)
        {
            return live;
        }

        try
        {
            var settings = new ToolServer(source.Name, Json.Read<ToolServerInput>(source.Settings))
            {
                OwnerId = source.OwnerId,
            };
            return new LiveServer(source, settings, new ServerLink(settings, dialer, clock), signals.Tools, clock);
        }
        catch (JsonException failure)
        {
            Log.Unusable(log, source.Name, "", failure.Message);
            return null;
        }
    }

    /// <summary>A tool that is as it was stays the same; one that cannot be made is left out.</summary>
    private void Keep(
        Dictionary<(ToolSource, ToolPin?), ITool> tools,
        (ToolSource Source, ToolPin? Pin) key,
        Func<ITool> make
    )
    {
        if (_tools.TryGetValue(key, out var kept))
        {
            tools[key] = kept;
            return;
        }

        try
        {
            var tool = make();
            ToolSchemas.Compile(tool.Description);
            tools[key] = tool;
        }
        catch (Exception failure) when (failure is Problem or SchemaException or JsonException)
        {
            // Checked when it was written, by another version of this program.
            Log.Unusable(log, key.Source.Name, key.Pin?.Tool ?? "", failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "tool.suspended: {Server} no longer says of {Tool} what was accepted")]
        public static partial void Suspended(ILogger log, string server, string tool);

        [LoggerMessage(3, LogLevel.Error, "tool.unusable: {Source} {Tool}: {Reason}")]
        public static partial void Unusable(ILogger log, string source, string tool, string reason);
    }
}
