using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>A tool of an MCP server, as it was pinned.</summary>
internal sealed class ServerTool : ITool
{
    private readonly LiveServer _server;
    private readonly Offer _pinned;

    public ServerTool(LiveServer server, ToolPin pin)
    {
        _server = server;
        _pinned = Offer.Parse(pin.Pinned);
        var settings = server.Settings;
        var name = $"{settings.Name}.{pin.Tool}";
        var effect = settings.EffectOf(pin.Tool);
        Description = new ToolDescription(name, _pinned.Title, _pinned.Summary, _pinned.Input, _pinned.Output, effect)
        {
            Timeout = settings.Timeout,
            Source = settings.Name,
            HostOf = _ => settings.Holder.Host,
            Suspended = pin.Offered is null ? null : LiveServer.SuspensionOf(name),
        };
    }

    public ToolDescription Description { get; }

    public ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct) =>
        Description.Suspended is null
            ? _server.Call(_pinned, Description.Effect, call, ct)
            : ValueTask.FromResult<ToolResult>(LiveServer.Suspended(Description.Name));
}
