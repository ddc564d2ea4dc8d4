using Ordinaut.Tests.Redis;

[assembly: AssemblyFixture(typeof(Ordinaut.Tests.Faults.FaultBench))]

namespace Ordinaut.Tests.Faults;

/// <summary>The servers that the fault tests share; each is started by the first who asks.</summary>
public sealed class FaultBench : IAsyncDisposable
{
    private readonly Lazy<Task<OwnPostgres>> _postgres = new(() => OwnPostgres.Start());
    private readonly Lazy<Task<RedisServer>> _redis = new(RedisServer.Start);

    internal Task<OwnPostgres> Postgres => _postgres.Value;

    internal Task<RedisServer> Redis => _redis.Value;

    /// <summary>The address of a new database.</summary>
    internal async Task<string> NewDatabase()
    {
        var server = await Postgres;
        return server.Address(await server.NewDatabase());
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated)
        {
            await (await _postgres.Value).DisposeAsync();
        }

        if (_redis.IsValueCreated)
        {
            await (await _redis.Value).DisposeAsync();
        }
    }
}
