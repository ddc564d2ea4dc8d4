using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.Agents;

/// <summary>Whether an agent's limits may be written as asked. Pure.</summary>
internal static class LimitsCheck
{
    /// <summary>Rules of one agent.</summary>
    public const int MaxRules = 10;

    /// <summary>The most fires a day that a rule may let through: one a minute.</summary>
    public const int MaxFiresPerDay = 1_440;

    private const string ToolForm = "a tool such as http.request, weather.* for all of a provider, or *";
    private const string HostForm = "a host such as api.example.com, or *.example.com for all below it";

    public static void Check(AgentInput input, List<FieldError> errors)
    {
        CheckList("/allowed_tools", input.AllowedTools, (Patterns.IsTool, ToolForm), errors);
        CheckList("/allowed_hosts", input.AllowedHosts, (Patterns.IsHost, HostForm), errors);
        if (input.AutoApprove is not { } rules)
        {
            return;
        }

        if (rules.Count > MaxRules)
        {
            errors.Add(new FieldError("/auto_approve", $"There may be at most {MaxRules} rules."));
            return;
        }

        for (var i = 0; i < rules.Count; i++)
        {
            CheckRule($"/auto_approve/{i}", rules[i], errors);
        }

        if (rules.Select(rule => rule?.Name).Distinct().Count() < rules.Count)
        {
            errors.Add(new FieldError("/auto_approve", "Each rule needs a name of its own: the record tells by it."));
        }
    }

    private static void CheckRule(string place, AutoApproveRule? rule, List<FieldError> errors)
    {
        if (
            rule is null
            || rule.Name is not { Length: >= 1 and <= AgentCheck.MaxName } name
            || name.Any(char.IsControl)
        )
        {
            errors.Add(new FieldError($"{place}/name", $"A rule has a name of 1 to {AgentCheck.MaxName} characters."));
            return;
        }

        if (rule.Tools is null or { Count: 0 })
        {
            errors.Add(new FieldError($"{place}/tools", "A rule names at least one tool."));
        }

        if (rule.MaxFiresPerDay is not (>= 1 and <= MaxFiresPerDay))
        {
            errors.Add(new FieldError($"{place}/max_fires_per_day", $"It must be 1 to {MaxFiresPerDay}."));
        }

        CheckList($"{place}/tools", rule.Tools, (Patterns.IsTool, ToolForm), errors);
        CheckList($"{place}/hosts", rule.Hosts, (Patterns.IsHost, HostForm), errors);
    }

    private static void CheckList(
        string place,
        IReadOnlyList<string>? list,
        (Func<string, bool> IsOne, string Form) wanted,
        List<FieldError> errors
    )
    {
        if (list?.Count > Patterns.Max)
        {
            errors.Add(new FieldError(place, $"It has {list.Count} entries; at most {Patterns.Max} are allowed."));
            return;
        }

        for (var i = 0; i < list?.Count; i++)
        {
            if (list[i] is null || !wanted.IsOne(list[i]))
            {
                errors.Add(new FieldError($"{place}/{i}", $"Each entry is {wanted.Form}."));
            }
        }
    }
}
