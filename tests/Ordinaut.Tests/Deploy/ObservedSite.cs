using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Hostile;
using Ordinaut.Tests.Models;
using Ordinaut.Tests.Store;
using Ordinaut.Tests.Tidy;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Deploy;

/// <summary>
/// Two servers in processes of their own, one on SQLite with a backup and one on PostgreSQL, where everything goes on
/// that figures tell of, and a Prometheus that looks at both.
/// </summary>
internal sealed class ObservedSite : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-observed-");
    private readonly FakeServer _world = new(Answer);
    private readonly List<NodeProcess> _nodes = [];
    private readonly List<Party> _admins = [];
    private Party? _agent;

    private ObservedSite() { }

    public PrometheusServer? Prometheus { get; private set; }

    public static async Task<ObservedSite> Start()
    {
        var site = new ObservedSite();
        try
        {
            await site.Open();
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets everything go on until what is waited for is there, or for long enough.</summary>
    public async Task Watch(Func<PrometheusServer, Task<bool>> seen)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await seen(Prometheus!) && TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            await Work();
        }
    }

    /// <summary>What each server tells, once everything has gone on.</summary>
    public async Task<string[]> Figures()
    {
        await Work();
        await Campaign.Until("the state was looked at", Patience, async () => (await Told(1)).Contains("_nodes{"));
        return [await Told(0), await Told(1)];
    }

    public Task<string> Failures() => Prometheus!.Failures();

    public async ValueTask DisposeAsync()
    {
        if (Prometheus is not null)
        {
            await Prometheus.DisposeAsync();
        }

        _agent?.Dispose();
        _admins.ForEach(admin => admin.Dispose());
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _world.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task Open()
    {
        var prices = Path.Combine(_folder.FullName, "prices.json");
        await File.WriteAllTextAsync(prices, ModelHouse.Prices);
        var key = SecretKey.Make().Write();
        await Add(
            "sqlite",
            ("ORDINAUT_BACKUP_FOLDER", Path.Combine(_folder.FullName, "backups")),
            ("ORDINAUT_BACKUP_KEY", key),
            ("ORDINAUT_EGRESS_ALLOW", "127.0.0.1"),
            ("ORDINAUT_RATE_LIMIT_WRITES", "20"),
            ("ORDINAUT_LLM_URL", $"{_world.Url}v1"),
            ("ORDINAUT_LLM_MODELS", ModelHouse.Model),
            ("ORDINAUT_LLM_PRICES", prices)
        );
        await Add("postgres", ("ORDINAUT_DATABASE_URL", PostgresServer.NewDatabase()), ("ORDINAUT_SECRETS_KEY", key));
        _agent = await _admins[0].Make("busy", Scopes.Names.Where(name => name != "admin"));
        await Settle();
        var rules = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/prometheus/ordinaut.rules.yml"));
        Prometheus = await PrometheusServer.Start(
            rules,
            [.. _nodes.Zip(_admins).Select(node => (node.First.Address!, node.Second.Token))]
        );
    }

    private async Task Add(string name, params (string Name, string Value)[] variables)
    {
        var setup = new NodeSetup(Path.Combine(_folder.FullName, name))
        {
            Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value),
        };
        var node = new NodeProcess(setup);
        _nodes.Add(node);
        await node.Start();
        var secret = await File.ReadAllTextAsync(Path.Combine(setup.Data, "admin.json"));
        _admins.Add(await Party.SignIn(node.Address!, Json.Read<AgentCredentials>(secret)));
    }

    /// <summary>What goes on by itself: a task that fires every second, one that is paused, a webhook.</summary>
    private async Task Settle()
    {
        await Task("""{"id": "a", "uses": "debug.echo", "with": {"value": 1}}""");
        await Task($$$"""{"id": "a", "uses": "llm.generate", "with": {"instruction": "Say it.", "max_tokens": 50}}""");
        await Task($$$"""{"id": "a", "uses": "http.request", "with": {"url": "{{{_world.Url}}}missing"}}""");
        var paused = await Task("""{"id": "a", "uses": "debug.echo", "with": {"value": 1}}""");
        await _agent!.Post<TaskView>($"/tasks/{paused}/pause", "{}");
        await _agent!.Post<JsonElement>("/webhooks", $$"""{"url": "{{_world.Url}}hook", "topics": ["#"]}""", 201);
    }

    private async Task<Guid> Task(string step)
    {
        var task = $$$"""
            {"title": "busy", "schedule_kind": "cron", "schedule_expr": "* * * * * *",
             "payload": {"pipeline": [{{{step}}}]}}
            """;
        return (await _agent!.Post<TaskView>("/tasks", task, 201)).Id;
    }

    /// <summary>A second's requests: events, more of them than allowed, and one without a token.</summary>
    private async Task Work()
    {
        for (var i = 0; i < 40; i++)
        {
            await _agent!.Send("POST", "/events", """{"topic": "busy.bee", "payload": {}}""");
            await _agent!.Send(
                "GET",
                "/tasks",
                body: (string?)null,
                ("Authorization", i % 2 == 0 ? "" : "Bearer wrong")
            );
        }

        await _agent!.Renew();
    }

    private async Task<string> Told(int node) => (await _admins[node].Send("GET", "/metrics")).Body;

    private static byte[] Answer(Received request) =>
        request.Target switch
        {
            "/hook" => FakeServer.Answer(204),
            "/missing" => FakeServer.Answer(404),
            _ => FakeServer.Answer(200, "", ModelHouse.Completion("It.", 10, 5, "stop")),
        };
}
