using System.Diagnostics;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Agents;

/// <summary>Three nodes on one PostgreSQL database, with a Redis that does not answer.</summary>
internal sealed class ThreeNodes : IAsyncDisposable
{
    private const string NoRedis = "redis://127.0.0.1:1";

    private readonly List<OrdinautApp> _all = [];

    public string Database { get; } = PostgresServer.NewDatabase();

    /// <summary>The first made the admin.</summary>
    public IReadOnlyList<OrdinautApp> All => _all;

    public OrdinautApp First => _all[0];

    public static async Task<ThreeNodes> Start()
    {
        var nodes = new ThreeNodes();
        for (var i = 0; i < 3; i++)
        {
            nodes._all.Add(await nodes.Node());
        }

        return nodes;
    }

    /// <summary>One more node; a clock that stands still makes one that never looks again.</summary>
    public Task<OrdinautApp> Node(TimeProvider? clock = null) =>
        OrdinautApp.Start(
            clock,
            configure: options =>
                options with
                {
                    PostgresUrl = Database,
                    RedisUrl = NoRedis,
                    Role = Role.Api,
                    DatabaseConnections = 6,
                }
        );

    /// <summary>What a token gets of a node.</summary>
    public static async Task<int> Status(OrdinautApp node, string token, string path = "/agents/me") =>
        (int)(await new OrdinautApp.Client(node, token, Guid.Empty).Send("GET", path)).StatusCode;

    /// <summary>How long it takes until every node answers so.</summary>
    public async Task<TimeSpan> Until(string token, int status, string path = "/agents/me")
    {
        var began = Stopwatch.GetTimestamp();
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        foreach (var node in _all)
        {
            while (await Status(node, token, path) != status)
            {
                await Task.Delay(5, patience.Token);
            }
        }

        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>A refresh at one of the nodes; null when it is refused.</summary>
    public static async Task<TokenAnswer?> Refresh(OrdinautApp node, string refreshToken)
    {
        var body = OrdinautApp.Body(Json.Write(new RefreshRequest(refreshToken)));
        var answer = await node.Http.PostAsync("/agents/auth/refresh", body);
        return answer.IsSuccessStatusCode
            ? OrdinautApp.Read<TokenAnswer>(await answer.Content.ReadAsStringAsync())
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _all)
        {
            await node.DisposeAsync();
        }
    }
}
