using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Ordinaut.Tests.Mcp.Suite;

/// <summary>
/// Puts what the suite wants to find beside what a face shows, and hands all else on to it. The face's handlers are
/// wrapped: the library's own collections would make it claim capabilities that it does not have.
/// </summary>
internal sealed class SuiteFixtures(SuiteRuns runs)
{
    private readonly List<McpServerPrompt> _prompts = [.. SuiteTools.Prompts(), .. SuiteQuestions.Prompts()];
    private readonly List<McpServerResource> _resources = [.. SuiteTools.Resources()];

    public McpServerPrimitiveCollection<McpServerTool> Tools { get; } =
    [.. SuiteTools.Tools(), .. SuiteQuestions.Tools()];

    public void Extend(McpServerHandlers face)
    {
        ExtendTools(face);
        ExtendPrompts(face);
        ExtendResources(face);
    }

    private void ExtendTools(McpServerHandlers face)
    {
        var (list, call) = (face.ListToolsHandler!, face.CallToolWithAlternateHandler!);
        face.ListToolsHandler = async (request, ct) =>
        {
            var shown = await list(request, ct);
            shown.Tools = [.. shown.Tools, .. Tools.Select(tool => tool.ProtocolTool), .. SuiteRuns.Tools()];
            return shown;
        };
        face.CallToolWithAlternateHandler = async (request, ct) =>
        {
            if (Tools.TryGetPrimitive(request.Params.Name, out var tool))
            {
                return await tool.InvokeAsync(request, ct);
            }

            runs.Translate(request);
            return await call(request, ct);
        };
    }

    private void ExtendPrompts(McpServerHandlers face)
    {
        var (list, get) = (face.ListPromptsHandler!, face.GetPromptHandler!);
        face.ListPromptsHandler = async (request, ct) =>
        {
            var shown = await list(request, ct);
            shown.Prompts = [.. shown.Prompts, .. _prompts.Select(prompt => prompt.ProtocolPrompt)];
            return shown;
        };
        face.GetPromptHandler = (request, ct) =>
            _prompts.Find(prompt => prompt.ProtocolPrompt.Name == request.Params.Name) is { } prompt
                ? prompt.GetAsync(request, ct)
                : get(request, ct);
    }

    private void ExtendResources(McpServerHandlers face)
    {
        var (list, templates, read) = (
            face.ListResourcesHandler!,
            face.ListResourceTemplatesHandler!,
            face.ReadResourceHandler!
        );
        face.ListResourcesHandler = async (request, ct) =>
        {
            var shown = await list(request, ct);
            shown.Resources =
            [
                .. shown.Resources,
                .. _resources.Select(one => one.ProtocolResource).OfType<Resource>(),
            ];
            return shown;
        };
        face.ListResourceTemplatesHandler = async (request, ct) =>
        {
            var shown = await templates(request, ct);
            var ours = _resources.Where(one => one.IsTemplated).Select(one => one.ProtocolResourceTemplate);
            shown.ResourceTemplates = [.. shown.ResourceTemplates, .. ours];
            return shown;
        };
        face.ReadResourceHandler = (request, ct) =>
            _resources.Find(one => one.IsMatch(request.Params.Uri)) is { } resource
                ? resource.ReadAsync(request, ct)
                : read(request, ct);
    }
}
