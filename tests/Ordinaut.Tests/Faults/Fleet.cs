using System.Globalization;
using System.Text.Json.Nodes;
using Ordinaut.Store;

namespace Ordinaut.Tests.Faults;

/// <summary>Nodes on one database, each a process with a folder of its own; they end with it.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>The shortest lease there is: what a lost node held waits no longer.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    /// <summary>How long a node that is asked to stop lets its runs go on.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-fleet-");
    private readonly List<NodeProcess> _nodes = [];
    private readonly Dictionary<string, string> _variables;

    /// <param name="database">The address of a PostgreSQL database; null: SQLite in the first node's folder.</param>
    public Fleet(string? database = null, string? redis = null)
    {
        _variables = new Dictionary<string, string>
        {
            ["ORDINAUT_LEASE_SECONDS"] = Seconds(Lease),
            ["ORDINAUT_DRAIN_SECONDS"] = Seconds(Grace),
            ["ORDINAUT_DATABASE_CONNECTIONS"] = "8",
            ["ORDINAUT_EGRESS_ALLOW"] = "127.0.0.1,10.213.0.0/16",
        };
        Database = database;
        if (database is not null)
        {
            _variables["ORDINAUT_DATABASE_URL"] = database;
        }

        if (redis is not null)
        {
            _variables["ORDINAUT_REDIS_URL"] = redis;
        }

        Traffic = new Traffic(Addresses, () => Path.Combine(_nodes[0].Setup.Data, "admin.json"), Campaign.Seed);
    }

    public string? Database { get; }

    public IReadOnlyList<NodeProcess> Nodes => _nodes;

    /// <summary>A client of all nodes.</summary>
    public Traffic Traffic { get; }

    /// <summary>The last words of the nodes that have ended and that nobody ended.</summary>
    public IEnumerable<string> Deaths => _nodes.Where(node => node.IsDead).Select(node => node.Errors);

    /// <summary>Starts one more node. The first makes the database, and the administrator in its folder.</summary>
    public async Task<NodeProcess> Add(string role, params (string Variable, string Value)[] more)
    {
        var node = Make(role, more);
        await node.Start();
        return node;
    }

    /// <summary>A client as another agent, which holds every right.</summary>
    public async Task<Traffic> SignUp(string name)
    {
        var agent = new JsonObject { ["name"] = name, ["scopes"] = new JsonArray("admin") };
        var made = await Traffic.Post("/agents", agent, CancellationToken.None);
        var path = $"/agents/{made!["id"]!.GetValue<Guid>()}/credentials";
        var credentials = await Traffic.Post(path, new JsonObject(), CancellationToken.None);
        var file = Path.Combine(_folder.FullName, $"{name}.json");
        await File.WriteAllTextAsync(file, credentials!.ToJsonString());
        return new Traffic(Addresses, () => file, Campaign.Seed);
    }

    /// <summary>A node that is still to be started.</summary>
    public NodeProcess Make(string role, params (string Variable, string Value)[] more)
    {
        var variables = new Dictionary<string, string>(_variables);
        foreach (var (variable, value) in more)
        {
            variables[variable] = value;
        }

        var folder = Path.Combine(_folder.FullName, $"node{_nodes.Count}");
        var node = new NodeProcess(new NodeSetup(folder) { Role = role, Variables = variables });
        _nodes.Add(node);
        return node;
    }

    /// <summary>The database itself, when no node works on it any more or beside those that do (PostgreSQL).</summary>
    public Task<Db> Open() =>
        Database is null
            ? Db.Open(Path.Combine(_nodes[0].Setup.Data, "ordinaut.db"), TimeProvider.System)
            : Db.Open(new PostgresSettings(Database) { StatementSeconds = 30 }, TimeProvider.System);

    /// <summary>Ends all nodes and holds the database against the books.</summary>
    public async Task<List<string>> Check(Books books)
    {
        foreach (var node in _nodes)
        {
            await node.Kill();
        }

        using var db = await Open();
        return await BookCheck.Of(db, books);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        Traffic.Dispose();
        _folder.Delete(recursive: true);
    }

    private IEnumerable<Uri?> Addresses() => _nodes.Where(node => node.Serves("api")).Select(node => node.Address);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
}
