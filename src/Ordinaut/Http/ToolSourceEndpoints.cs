using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.ToolSources;

namespace Ordinaut.Http;

/// <summary>
/// <c>/tools/servers</c>, <c>/tools/http</c>, <c>/tools/import</c>: where tools come from outside. A tool's own name
/// has a dot in it, so <c>/tools/{name}</c> never means one of these.
/// </summary>
internal sealed class ToolSourceEndpoints(ServerOperations servers, HttpToolOperations http)
{
    private const string Tag = "Tool sources";
    private const string Name = "name";

    public void Map(IEndpointRouteBuilder app)
    {
        MapServers(app);
        MapHttp(app);
    }

    private void MapServers(IEndpointRouteBuilder app)
    {
        app.Get("/tools/servers", async call => await call.Answer(await servers.List(call.Caller)))
            .Named("listToolServers", Tag, "List the MCP servers whose tools pipelines can use")
            .Gives<Page<ToolServerView>>()
            .Needs(Scope.ToolsManage);
        app.Post("/tools/servers", CreateServer)
            .Named("createToolServer", Tag, "Register an MCP server, look at it and pin its tools")
            .Takes<ToolServerInput>()
            .Gives<ToolServerView>(StatusCodes.Status201Created)
            .Once()
            .Needs(Scope.ToolsManage, RateClass.Write);
        app.Get(
                "/tools/servers/{name}",
                async call => await call.Answer(await servers.Get(call.Caller, call.Text(Name)))
            )
            .Named("getToolServer", Tag, "Show an MCP server with its tools and what has changed in them")
            .Gives<ToolServerView>()
            .Needs(Scope.ToolsManage);
        app.Put("/tools/servers/{name}", PutServer)
            .Named("putToolServer", Tag, "Register an MCP server or replace its registration; its pins stay")
            .Takes<ToolServerInput>()
            .Gives<ToolServerView>()
            .Needs(Scope.ToolsManage, RateClass.Write);
        app.Delete("/tools/servers/{name}", DeleteServer)
            .Named("deleteToolServer", Tag, "Forget an MCP server and its pins; its tools are gone")
            .GivesNothing()
            .Needs(Scope.ToolsManage, RateClass.Write);
        app.Post(
                "/tools/servers/{name}/refresh",
                async call => await call.Answer(await servers.Refresh(call.Caller, call.Text(Name)))
            )
            .Named("refreshToolServer", Tag, "Look at once at what an MCP server offers")
            .Gives<ToolServerView>()
            .Needs(Scope.ToolsManage, RateClass.Write);
        app.Post("/tools/servers/{name}/accept", Accept)
            .Named("acceptToolChanges", Tag, "Accept what tools of an MCP server say of themselves now")
            .Takes<AcceptTools>()
            .Gives<ToolServerView>()
            .Needs(Scope.ToolsManage, RateClass.Write);
    }

    private void MapHttp(IEndpointRouteBuilder app)
    {
        app.Get("/tools/http", async call => await call.Answer(await http.List(call.Caller)))
            .Named("listHttpTools", Tag, "List the HTTP tools as declared")
            .Gives<Page<HttpToolView>>()
            .Needs(Scope.ToolsManage);
        app.Post("/tools/http", CreateHttp)
            .Named("createHttpTool", Tag, "Declare an HTTP request as a tool")
            .Takes<HttpToolInput>()
            .Gives<HttpToolView>(StatusCodes.Status201Created)
            .Once()
            .Needs(Scope.ToolsManage, RateClass.Write);
        app.Get("/tools/http/{name}", async call => await call.Answer(await http.Get(call.Caller, call.Text(Name))))
            .Named("getHttpTool", Tag, "Show an HTTP tool as declared")
            .Gives<HttpToolView>()
            .Needs(Scope.ToolsManage);
        app.Put("/tools/http/{name}", PutHttp)
            .Named("putHttpTool", Tag, "Declare an HTTP tool or replace its declaration")
            .Takes<HttpToolInput>()
            .Gives<HttpToolView>()
            .Needs(Scope.ToolsManage, RateClass.Write);
        app.Delete("/tools/http/{name}", DeleteHttp)
            .Named("deleteHttpTool", Tag, "Delete an HTTP tool")
            .GivesNothing()
            .Needs(Scope.ToolsManage, RateClass.Write);
        app.Post(
                "/tools/import",
                async call => await call.Answer(await http.Import(call.Caller, call.Body<ImportTools>()))
            )
            .Named("importTools", Tag, "Make HTTP tools of the operations of an OpenAPI document")
            .Takes<ImportTools>()
            .Gives<ImportedTools>()
            .Needs(Scope.ToolsManage, RateClass.Write, CatalogueFile.MaxBytes);
    }

    private async Task CreateServer(Call call)
    {
        var input = call.Body<ToolServerInput>();
        var name = Required(input.Name);
        await call.Created(await servers.Save(call.Caller, name, input, mustBeNew: true), $"/tools/servers/{name}");
    }

    private async Task PutServer(Call call)
    {
        var name = call.Text(Name);
        var input = call.Body<ToolServerInput>();
        RequireSame(name, input.Name);
        await call.Answer(await servers.Save(call.Caller, name, input, mustBeNew: false));
    }

    private async Task DeleteServer(Call call)
    {
        await servers.Delete(call.Caller, call.Text(Name));
        await call.Nothing();
    }

    private async Task Accept(Call call) =>
        await call.Answer(await servers.Accept(call.Caller, call.Text(Name), call.Body<AcceptTools>()));

    private async Task CreateHttp(Call call)
    {
        var input = call.Body<HttpToolInput>();
        var name = Required(input.Name);
        await call.Created(await http.Save(call.Caller, name, input, mustBeNew: true), $"/tools/http/{name}");
    }

    private async Task PutHttp(Call call)
    {
        var name = call.Text(Name);
        var input = call.Body<HttpToolInput>();
        RequireSame(name, input.Name);
        await call.Answer(await http.Save(call.Caller, name, input, mustBeNew: false));
    }

    private async Task DeleteHttp(Call call)
    {
        await http.Delete(call.Caller, call.Text(Name));
        await call.Nothing();
    }

    private static string Required(string? name) => name ?? throw Problem.Invalid("/name", "name is required.");

    private static void RequireSame(string name, string? given)
    {
        if (given is not null && given != name)
        {
            throw Problem.Invalid("/name", $"name must be '{name}', as in the path, or left out.");
        }
    }
}
