using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Hostile;

/// <summary>A server in a process of its own, with the two agents in it.</summary>
internal sealed class House : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-house-");
    private readonly Cores _cores = new();
    private readonly NodeProcess _server;
    private readonly FakeServer _receiver;
    private Party _admin = null!;
    private Party _quiet = null!;
    private Party _hostile = null!;
    private QuietThings _things = null!;

    private House(IReadOnlyDictionary<string, string> variables)
    {
        _server = new NodeProcess(new NodeSetup(_folder.FullName) { Variables = variables, Under = Cores.Server });
        _receiver = new FakeServer(received =>
        {
            // The quiet agent has its own address below this one.
            if (received.Target == "/hostile")
            {
                Judge?.Hear("webhook", received.Text);
            }

            return FakeServer.Answer(204);
        });
    }

    /// <summary>A server that trusts all its agents.</summary>
    public static readonly (string, string)[] Unlimited =
    [
        ("ORDINAUT_RATE_LIMIT_READS", "0"),
        ("ORDINAUT_RATE_LIMIT_WRITES", "0"),
        ("ORDINAUT_REQUESTS_AT_ONCE", "0"),
        ("ORDINAUT_RUNS_AT_ONCE", "0"),
        ("ORDINAUT_TASKS_PER_AGENT", "1000"),
    ];

    public Judge Judge { get; private set; } = null!;

    public Burglar Burglar => new(_hostile, _things, Judge);

    /// <param name="more">Settings beside those that a server for strangers has.</param>
    public static async Task<House> Open(params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string>
        {
            ["ORDINAUT_EGRESS_ALLOW"] = "127.0.0.1",
            ["ORDINAUT_ACCESS_TOKEN_MINUTES"] = "60",
            ["ORDINAUT_RATE_LIMIT_READS"] = "60",
            ["ORDINAUT_RATE_LIMIT_WRITES"] = "25",
            ["ORDINAUT_REQUESTS_AT_ONCE"] = "2",
            ["ORDINAUT_RUNS_AT_ONCE"] = "8",
            ["ORDINAUT_TASKS_PER_AGENT"] = "20",
        };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        var house = new House(variables);
        await house.Settle();
        return house;
    }

    /// <summary>Makes the attacker an administrator.</summary>
    public async Task LetIn()
    {
        await _admin.Must<AgentView>("PATCH", $"/agents/{_hostile.Id}", """{"scopes": ["admin"]}""");
        await _hostile.Renew();
    }

    /// <summary>Windows with the attack and without it by turns, on the same server.</summary>
    public async Task<Waits> Measure(TimeSpan window, int rounds, Func<Party, Attack>? attack = null)
    {
        var load = new QuietLoad(_quiet, _things);
        var waits = new Waits();
        using var pulse = new Pulse();
        await load.Work(TimeSpan.FromSeconds(1));
        for (var round = 0; round < rounds; round++)
        {
            await _quiet.Renew();
            await _admin.Renew();
            pulse.Take();
            var began = DateTimeOffset.UtcNow;
            waits.CalmRequests.AddRange(await load.Work(window));
            waits.CalmBeats.AddRange(pulse.Take());
            waits.CalmStarts.AddRange(await load.StartLags(began, DateTimeOffset.UtcNow));

            await _admin.Must<AgentView>("POST", $"/agents/{_hostile.Id}/start", "{}");
            await _hostile.Renew();
            using var stop = new CancellationTokenSource();
            var attacking = (
                attack?.Invoke(_hostile) ?? new Attack(_hostile, _things, $"{_receiver.Url}hostile", Judge)
            ).Run(stop.Token);
            pulse.Take();
            began = DateTimeOffset.UtcNow;
            waits.AttackedRequests.AddRange(await load.Work(window));
            waits.AttackedBeats.AddRange(pulse.Take());
            var ended = DateTimeOffset.UtcNow;
            await stop.CancelAsync();
            await attacking;
            // Its tasks would go on without it.
            await _admin.Must<AgentView>("POST", $"/agents/{_hostile.Id}/stop", "{}");
            waits.AttackedStarts.AddRange(await load.StartLags(began, ended));
            await load.Work(TimeSpan.FromSeconds(1));
        }

        return waits;
    }

    /// <summary>What became of the quiet agent's things, where it is not what the quiet agent left.</summary>
    public async Task<IReadOnlyList<string>> Damage()
    {
        var damage = new List<string>();
        string[] paths =
        [
            $"/tasks/{_things.Ids["tasks"]}",
            $"/webhooks/{_things.Ids["webhooks"]}",
            $"/approvals/{_things.Ids["approvals"]}",
            $"/agents/{_things.Ids["children"]}",
            $"/oauth/clients/{_things.Ids["clients"]}",
            $"/calendars/{_things.CalendarName}",
            "/hooks",
            "/secrets",
        ];
        foreach (var path in paths)
        {
            var reply = await _quiet.Send("GET", path);
            if (!reply.IsSuccess || !reply.Body.Contains(_things.Canary, StringComparison.Ordinal))
            {
                damage.Add($"{path}: {reply.Status} {reply.Body}");
            }
        }

        var scopes = (await _admin.Must<AgentView>("GET", $"/agents/{_hostile.Id}")).Scopes;
        return scopes.Order().SequenceEqual(HostileScopes.Order()) ? damage : [.. damage, string.Join(' ', scopes)];
    }

    public async ValueTask DisposeAsync()
    {
        _hostile?.Dispose();
        _quiet?.Dispose();
        _admin?.Dispose();
        await _server.DisposeAsync();
        await _receiver.DisposeAsync();
        _cores.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A sight of others is what the two that are left out are for.</summary>
    private static IEnumerable<string> HostileScopes =>
        Scopes.Names.Where(name => name is not ("admin" or "approvals:decide"));

    private async Task Settle()
    {
        await _server.Start();
        var secret = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "admin.json"));
        _admin = await Party.SignIn(_server.Address!, Json.Read<AgentCredentials>(secret));
        _quiet = await _admin.Make("quiet", Scopes.Names.Where(name => name != "admin"));
        _hostile = await _admin.Make("hostile", HostileScopes);
        _things = await QuietThings.Make(_quiet, _receiver.Url);
        Judge = new Judge(_things.Canary);
    }
}
