using WeatherMcp;

// A server of tools on the official MCP SDK. It speaks over standard input and output, or, with
// `--urls http://127.0.0.1:5000`, over HTTP. `--edition 2` is the same server a release later: forecast has changed.
var web = WebApplication.CreateBuilder(args);
if (web.Configuration["urls"] is not null)
{
    web.Logging.ClearProviders();
    Tools.Add(web.Services, web.Configuration).WithHttpTransport();
    var app = web.Build();
    app.MapMcp();
    await app.StartAsync();
    await Console.Out.WriteLineAsync(app.Urls.First());
    await app.WaitForShutdownAsync();
}
else
{
    // What is written to standard output is MCP: no log may go there.
    var host = Host.CreateApplicationBuilder(args);
    host.Logging.ClearProviders();
    Tools.Add(host.Services, host.Configuration).WithStdioServerTransport();
    await host.Build().RunAsync();
}
