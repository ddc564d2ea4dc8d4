using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.ToolSources;

/// <summary>HTTP tools: declared one by one, or imported from an OpenAPI document.</summary>
internal sealed class HttpToolOperations(Db db, SourceChanges changes, OutsideTools outside)
{
    public async Task<Page<HttpToolView>> List(Caller caller)
    {
        caller.Require(Scope.ToolsManage);
        var views = (await changes.All()).Where(source => source.Kind == ToolSource.Http).Select(View).ToList();
        return new Page<HttpToolView>(views, SourceChanges.MaxHttpTools, false, null);
    }

    public async Task<HttpToolView> Get(Caller caller, string name)
    {
        caller.Require(Scope.ToolsManage);
        var source = await db.Read(session => ToolSourceStore.Find(session, ToolSource.Http, name));
        return source is null ? throw Problem.NotFound("HTTP tool", name) : View(source);
    }

    public async Task<HttpToolView> Save(Caller caller, string name, HttpToolInput input, bool mustBeNew)
    {
        caller.Require(Scope.ToolsManage);
        Problem.Refuse(HttpToolCheck.Findings(name, input));
        await changes.Save(caller, [SourceOf(name, input)], mustBeNew);
        await outside.Load();
        return await Get(caller, name);
    }

    public async Task Delete(Caller caller, string name)
    {
        caller.Require(Scope.ToolsManage);
        await changes.Remove(caller, ToolSource.Http, name);
        await outside.Load();
    }

    /// <summary>Makes or replaces a tool for each operation of the document that can be one.</summary>
    public async Task<ImportedTools> Import(Caller caller, ImportTools request)
    {
        caller.Require(Scope.ToolsManage);
        if (request.File is not null)
        {
            throw Problem.Invalid("/file", "file belongs to the catalogue file; send the document itself as document.");
        }

        var (tools, findings) = OpenApiImport.Read(request);
        if (tools.Count > 0)
        {
            await changes.Save(caller, [.. tools.Select(tool => SourceOf(tool.Name!, tool))], mustBeNew: false);
            await outside.Load();
        }

        return new ImportedTools([.. tools.Select(tool => tool.Name!)], findings);
    }

    public static ToolSource SourceOf(string name, HttpToolInput input) =>
        ToolSource.Of(ToolSource.Http, name, Json.Write(input with { Name = null }));

    private static HttpToolView View(ToolSource source) =>
        new(source.Name, source.FromFile, Json.Read<HttpToolInput>(source.Settings), source.UpdatedAt);
}
