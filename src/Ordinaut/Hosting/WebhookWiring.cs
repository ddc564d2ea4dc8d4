using Ordinaut.Agents;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tools;
using Ordinaut.Webhooks;

namespace Ordinaut.Hosting;

/// <summary>Events that leave and arrive over HTTP.</summary>
internal static class WebhookWiring
{
    public static void Add(IServiceCollection services) =>
        services
            .AddSingleton<SigningDesk>()
            .AddSingleton<WebhookOperations>()
            .AddSingleton<HookOperations>()
            .AddSingleton<HookDesk>();

    /// <summary>What sends them.</summary>
    public static void AddSender(IServiceCollection services)
    {
        services.AddSingleton(provider => new WebhookPost(
            provider.GetRequiredService<Db>(),
            provider.GetRequiredService<SigningDesk>(),
            provider.GetRequiredService<AgentDirectory>(),
            provider.GetRequiredService<Egress>().Send,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddHostedService<WebhookSender>();
    }
}
