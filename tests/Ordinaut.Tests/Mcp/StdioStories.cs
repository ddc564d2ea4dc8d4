using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Ordinaut.Cli;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp;

/// <summary>Clients that start their server themselves and speak over its standard input and output.</summary>
public sealed class StdioStories
{
    [Fact]
    public async Task A_client_speaks_through_the_program_it_started()
    {
        var folder = OrdinautApp.NewFolder();
        var transport = new StdioClientTransport(
            new StdioClientTransportOptions
            {
                Command = "dotnet",
                Arguments = [typeof(Serve).Assembly.Location, "mcp", "--data", folder],
            }
        );
        await using (var assistant = await McpClient.CreateAsync(transport))
        {
            var task = await assistant.Ask<TaskView>("create_task", McpApp.Quiet);
            var run = await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{task.Id}}", "wait_seconds": 30}""");
            Assert.Equal("succeeded", run.State);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_program_speaks_for_a_running_server_as_the_agent_its_variables_name()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("tasks:read");
        var transport = new StdioClientTransport(
            new StdioClientTransportOptions
            {
                Command = "dotnet",
                Arguments = [typeof(Serve).Assembly.Location, "mcp", "--url", $"{app.Http.BaseAddress}mcp"],
                EnvironmentVariables = new Dictionary<string, string?>
                {
                    ["ORDINAUT_AGENT_ID"] = agent.Credentials!.AgentId,
                    ["ORDINAUT_AGENT_SECRET"] = agent.Credentials.AgentSecret,
                },
            }
        );
        await using var assistant = await McpClient.CreateAsync(transport);

        Assert.Equal(agent.AgentId, (await assistant.Ask<WhoAmI>("whoami")).AgentId);
    }

    [Theory]
    [InlineData("mcp", "--url", "localhost:8080")]
    [InlineData("mcp", "--url", "file:///etc")]
    [InlineData("mcp", "--url", "")]
    public async Task An_address_that_is_none_is_refused(params string[] words) =>
        Assert.Equal(Output.Misuse, await CommandLine.Run(words));

    [Fact]
    public async Task It_speaks_for_a_server_that_runs_and_renews_its_token()
    {
        await using var app = await OrdinautApp.Start();
        await using var bridge = Bridged.To(app);
        await using var assistant = await McpClient.CreateAsync(bridge.Transport);
        var me = await assistant.Ask<WhoAmI>("whoami");

        // Its access tokens end with the secret they came from; the next request signs in anew.
        var admin = await app.AsAdmin();
        var session = await app.Login(app.Admin);
        await admin.Send("POST", "/agents/auth/revoke", Json.Write(new RevokeRequest(session.RefreshToken)));

        Assert.Equal(me.AgentId, (await assistant.Ask<WhoAmI>("whoami")).AgentId);
        Assert.InRange((await assistant.ListToolsAsync()).Count, 30, 80);
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task An_older_client_is_served(string revision)
    {
        await using var app = await OrdinautApp.Start();
        await using var bridge = Bridged.To(app);
        await using var assistant = await McpClient.CreateAsync(
            bridge.Transport,
            new McpClientOptions { ProtocolVersion = revision }
        );

        Assert.Equal(revision, assistant.NegotiatedProtocolVersion);
        Assert.Equal("admin", (await assistant.Ask<WhoAmI>("whoami")).Name);
    }

    [Fact]
    public async Task What_cannot_be_passed_on_is_answered_in_the_protocols_words()
    {
        await using var app = await OrdinautApp.Start();
        await using var bridge = Bridged.To(app, new AgentCredentials(Guid.Empty.ToString(), "wrong"));

        await bridge.Say("nonsense");
        var nonsense = await bridge.Hear();
        await bridge.Say("""{"jsonrpc": "2.0", "id": 7, "method": "tools/list"}""");
        var refused = await bridge.Hear();

        Assert.Equal(-32700, nonsense.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(7, refused.GetProperty("id").GetInt32());
        Assert.NotEmpty(refused.GetProperty("error").GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task A_request_that_is_taken_back_ends_without_an_answer()
    {
        await using var app = await OrdinautApp.Start();
        await using var bridge = Bridged.To(app);
        await using var assistant = await McpClient.CreateAsync(bridge.Transport);
        var task = await assistant.Ask<TaskView>(
            "create_task",
            """
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.sleep", "with": {"seconds": 60}}]}}
            """
        );
        var run = await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{task.Id}}"}""");
        using var given = new CancellationTokenSource();
        var arguments = new Dictionary<string, object?> { ["run_id"] = run.Id.ToString(), ["wait_seconds"] = 300 };

        var waiting = assistant.CallToolAsync("get_run", arguments, cancellationToken: given.Token).AsTask();
        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await assistant.Ask<RunView>("cancel_run", $$"""{"run_id": "{{run.Id}}"}""");
    }

    /// <summary>The bridge with a pipe at each end in place of a terminal.</summary>
    private sealed class Bridged : IAsyncDisposable
    {
        private readonly Pipe _in = new();
        private readonly Pipe _out = new();
        private readonly McpBridge _bridge;
        private readonly Task _running;
        private readonly StreamReader _answers;

        private Bridged(Uri server, AgentCredentials credentials)
        {
            _bridge = new McpBridge(server, credentials, _out.Writer.AsStream());
            _running = _bridge.Run(_in.Reader.AsStream(), CancellationToken.None);
            _answers = new StreamReader(_out.Reader.AsStream());
        }

        public IClientTransport Transport => new StreamClientTransport(_in.Writer.AsStream(), _out.Reader.AsStream());

        public static Bridged To(OrdinautApp app, AgentCredentials? credentials = null) =>
            new(app.Http.BaseAddress!, credentials ?? app.Admin);

        public async Task Say(string line) => await _in.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

        public async Task<JsonElement> Hear() => Json.Parse((await _answers.ReadLineAsync())!);

        public async ValueTask DisposeAsync()
        {
            await _in.Writer.CompleteAsync();
            await _running.WaitAsync(OrdinautApp.Patience);
            _bridge.Dispose();
        }
    }
}
