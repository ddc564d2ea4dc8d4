using Ordinaut.Events;
using Ordinaut.Nodes;
using Ordinaut.Redis;
using Ordinaut.Runs;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>What a process has more where there is a Redis.</summary>
internal static class RedisWiring
{
    public static void Add(IServiceCollection services, RedisSettings redis)
    {
        services.AddSingleton(redis).AddSingleton<RedisLink>().AddSingleton<RedisBuckets>();
        services.AddSingleton<RedisReader>().AddHostedService(host => host.GetRequiredService<RedisReader>());
        services.AddSingleton(provider => HealthProbes.Redis(provider.GetRequiredService<RedisReader>()));
        services.AddHostedService<EventRelay>();
        services.AddSingleton(provider => new LiveWire(
            provider.GetRequiredService<RedisLink>(),
            provider.GetRequiredService<LiveFeed>(),
            provider.GetRequiredService<Node>().Name,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddHostedService(provider => provider.GetRequiredService<LiveWire>());
        services.AddSingleton(provider => new RedisEar(LiveWire.Stream, provider.GetRequiredService<LiveWire>().Hear));
        services.AddSingleton(provider =>
        {
            // A node without the api has no listeners.
            var feed = provider.GetService<EventFeed>();
            return new RedisEar(EventRelay.Stream, fields => feed?.Hear(fields));
        });
    }

    public static EventFeed EventFeed(IServiceProvider provider) =>
        new(
            provider.GetRequiredService<Db>(),
            provider.GetRequiredService<LiveFeed>(),
            provider.GetRequiredService<Signals>(),
            provider.GetRequiredService<TimeProvider>(),
            () => provider.GetService<RedisReader>()?.IsUp == true,
            provider.GetRequiredService<ILogger<EventFeed>>()
        );
}
