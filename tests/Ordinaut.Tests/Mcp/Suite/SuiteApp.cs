using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Server;

namespace Ordinaut.Tests.Mcp.Suite;

/// <summary>
/// The real program, whose MCP face shows beside its own what the suite wants to find. The suite has no token: whoever
/// comes without one is the admin here.
/// </summary>
internal sealed class SuiteApp : IAsyncDisposable
{
    private readonly SuiteRuns _runs = new();
    private readonly SuiteFixtures _fixtures;
    private OrdinautApp _app = null!;
    private string _token = "";

    private SuiteApp() => _fixtures = new SuiteFixtures(_runs);

    public string Url => $"{_app.Http.BaseAddress}mcp";

    public static async Task<SuiteApp> Start()
    {
        var suite = new SuiteApp();
        suite._app = await OrdinautApp.Start(adjust: suite.Extend);
        var admin = await suite._app.AsAdmin();
        await suite._runs.Prepare(admin);
        suite._token = admin.Token;
        return suite;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Extend(WebApplication app)
    {
        // The transport holds the headers of a call against the schemas it finds here, before any face is made.
        app.Services.GetRequiredService<IOptions<McpServerOptions>>().Value.ToolCollection = _fixtures.Tools;
        var transport = app.Services.GetRequiredService<IOptions<HttpServerTransportOptions>>().Value;
        var face = transport.ConfigureSessionOptions!;
        transport.ConfigureSessionOptions = async (http, options, ct) =>
        {
            await face(http, options, ct);
            _fixtures.Extend(options.Handlers);
        };
        app.Services.GetRequiredService<DiagnosticListener>().Subscribe(new Doorman(() => _token));
    }

    /// <summary>Hands a token to whoever comes to the MCP endpoint without one.</summary>
    private sealed class Doorman(Func<string> token) : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> news)
        {
            if (
                news is { Key: "Microsoft.AspNetCore.Hosting.HttpRequestIn.Start", Value: HttpContext http }
                && http.Request.Path == "/mcp"
                && http.Request.Headers.Authorization.Count == 0
            )
            {
                http.Request.Headers.Authorization = "Bearer " + token();
            }
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
