using Ordinaut.Monitors;
using Ordinaut.Tools;

namespace Ordinaut.Hosting;

/// <summary>The canary: its settings, what must be true of them together, and its loop.</summary>
internal static class CanaryWiring
{
    public static readonly IReadOnlyList<Setting> All =
    [
        new(
            "canary",
            "on or off",
            o => o.Canary ? "on" : "off",
            (o, text) => text is "on" or "off" ? o with { Canary = text == "on" } : null
        ),
        new(
            "canary_ping_url",
            "an http or https URL",
            o => o.CanaryPingUrl.Length == 0 ? "" : "***",
            (o, text) =>
                text.Length == 0 || EgressUrl.Parse(text).Failure is null ? o with { CanaryPingUrl = text } : null
        )
        {
            IsSecret = true,
        },
    ];

    public static IEnumerable<string> Faults(OrdinautOptions options)
    {
        if (options.CanaryPingUrl.Length > 0 && !options.Canary)
        {
            yield return "canary_ping_url is set and canary is off: nobody would call it; set canary to on.";
        }
    }

    /// <summary>Where it is off as well, for it may have been on before.</summary>
    public static void Add(IServiceCollection services, OrdinautOptions options) =>
        services.AddSingleton(new CanarySettings(options.Canary, options.CanaryPingUrl)).AddHostedService<Canary>();
}
