using Ordinaut.Models;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Hosting;

/// <summary>The operator's language model: its settings, what must be true of them together, and its parts.</summary>
internal static class LlmSettings
{
    /// <summary>The most models that may be named; 100.</summary>
    public const int MaxModels = 100;

    public static readonly IReadOnlyList<Setting> All =
    [
        new(
            "llm_url",
            "the root of an OpenAI-compatible API, such as https://api.example/v1, without query",
            o => o.LlmUrl,
            (o, text) => text.Length == 0 || IsRoot(text) ? o with { LlmUrl = text } : null
        )
        {
            IsSecret = true,
        },
        Settings.Visible(
            "llm_api_key",
            (0, 4_096),
            "at most 4096 visible characters",
            o => o.LlmApiKey.Length == 0 ? "" : "***",
            (o, text) => o with { LlmApiKey = text }
        ) with
        {
            IsSecret = true,
        },
        new(
            "llm_models",
            $"at most {MaxModels} names of models separated by commas; the first is asked when a step names none",
            o => o.LlmModels,
            SetModels
        )
        {
            Range = new SettingRange(0, MaxModels, n => string.Join(',', Enumerable.Range(1, n).Select(i => $"m{i}"))),
        },
        Settings.Whole(
            "llm_timeout_seconds",
            (1, 600),
            "seconds",
            o => o.LlmTimeoutSeconds,
            (o, n) => o with { LlmTimeoutSeconds = n }
        ),
        Settings.Whole(
            "llm_daily_tokens",
            (0, 1_000_000_000),
            "tokens",
            o => o.LlmDailyTokens,
            (o, n) => o with { LlmDailyTokens = n }
        ),
        Settings.Whole(
            "llm_task_tokens",
            (0, 1_000_000_000),
            "tokens",
            o => o.LlmTaskTokens,
            (o, n) => o with { LlmTaskTokens = n }
        ),
        Settings.Whole(
            "llm_run_tokens",
            (0, 1_000_000_000),
            "tokens",
            o => o.LlmRunTokens,
            (o, n) => o with { LlmRunTokens = n }
        ),
        new(
            "llm_prices",
            "a JSON file {version, currency, models: {name: {input, output}}} with prices of a million tokens",
            o => o.LlmPrices,
            (o, text) => text.Any(char.IsControl) ? null : o with { LlmPrices = text }
        ),
    ];

    /// <summary>What is wrong although each value is readable.</summary>
    public static IEnumerable<string> Faults(OrdinautOptions options)
    {
        if (options.LlmUrl.Length == 0)
        {
            yield break;
        }

        var url = new Uri(options.LlmUrl);
        if (options.LlmModels.Length == 0)
        {
            yield return "llm_url is set, but no model; set llm_models to the names of those that may be asked.";
        }

        if (options.LlmApiKey.Length > 0 && url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback)
        {
            yield return "llm_api_key would travel unencrypted to llm_url; write that with https.";
        }

        if (options.LlmPrices.Length > 0 && FaultOfPrices(options.LlmPrices) is { } fault)
        {
            yield return fault;
        }
    }

    /// <summary>The tool under its names, with what it needs where a model is configured.</summary>
    public static void Add(IServiceCollection services, OrdinautOptions options)
    {
        var limits = new TokenLimits(options.LlmDailyTokens)
        {
            TaskDay = options.LlmTaskTokens,
            Run = options.LlmRunTokens,
        };
        services.AddSingleton(limits);
        services.AddSingleton(provider => new TokenBudget(provider.GetRequiredService<Db>(), limits));
        if (options.LlmUrl.Length == 0)
        {
            return;
        }

        services.AddSingleton(
            new ModelSettings(new Uri(options.LlmUrl), options.LlmApiKey)
            {
                Names = options.LlmModels.Split(','),
                Timeout = TimeSpan.FromSeconds(options.LlmTimeoutSeconds),
                Prices = options.LlmPrices.Length == 0 ? ModelPrices.Unknown : ModelPrices.Load(options.LlmPrices),
            }
        );
        services.AddSingleton<ModelClient>().AddSingleton<ModelDesk>();
    }

    private static string? FaultOfPrices(string file)
    {
        try
        {
            ModelPrices.Load(file);
            return null;
        }
        catch (Problem problem)
        {
            return problem.Message;
        }
    }

    private static bool IsRoot(string text) =>
        EgressUrl.Parse(text).Url is { Port: > 0, HostNameType: not UriHostNameType.Basic }
        && text.AsSpan().IndexOfAny('?', '#') < 0;

    private static OrdinautOptions? SetModels(OrdinautOptions options, string text)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var fine =
            names.Length <= MaxModels
            && names.All(name => name.Length <= 200 && name.All(c => c is > ' ' and <= '~'))
            && names.Distinct(StringComparer.Ordinal).Count() == names.Length;
        return fine ? options with { LlmModels = string.Join(',', names) } : null;
    }
}
