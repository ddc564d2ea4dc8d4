using Ordinaut.Agents;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.Webhooks;

/// <summary>What is wrong with a webhook or a hook.</summary>
internal static class WebhookCheck
{
    /// <summary>Webhooks of an agent, and hooks of an agent; 20.</summary>
    public const int MaxPerAgent = 20;

    /// <summary>Topics of a webhook; 20.</summary>
    public const int MaxTopics = 20;

    /// <summary>The longest description; 500 characters.</summary>
    public const int MaxDescription = 500;

    /// <exception cref="Problem">Names every member that is wrong.</exception>
    public static void Require(WebhookInput input, AgentLimits limits) =>
        Problem.Refuse([
            .. Url(input.Url, limits),
            .. Topics(input.Topics),
            .. Description(input.Description),
            .. Status(input.Status),
        ]);

    /// <exception cref="Problem">The description is too long.</exception>
    public static void RequireDescription(string? description) => Problem.Refuse([.. Description(description)]);

    public static Problem TooMany(string nouns) =>
        Problem.Conflict($"An agent has at most {MaxPerAgent} {nouns}; delete one first.");

    private static IEnumerable<FieldError> Url(string? url, AgentLimits limits)
    {
        if (string.IsNullOrEmpty(url))
        {
            yield return new FieldError("/url", "url is required, such as https://example.com/ordinaut.");
            yield break;
        }

        var (read, failure) = EgressUrl.Parse(url);
        if (failure is not null)
        {
            yield return new FieldError("/url", failure.Message);
        }
        else if (!Patterns.AllowsHost(limits.AllowedHosts, read!.IdnHost))
        {
            yield return new FieldError("/url", $"{read.IdnHost} is not among your allowed_hosts.");
        }
    }

    private static IEnumerable<FieldError> Topics(IReadOnlyList<string>? topics)
    {
        if (topics is not { Count: > 0 and <= MaxTopics })
        {
            return [new FieldError("/topics", $"topics is required: 1 to {MaxTopics} patterns, such as orders.*.")];
        }

        return topics.SelectMany((topic, i) => Topic(topic, $"/topics/{i}"));
    }

    private static IReadOnlyList<FieldError> Topic(string? topic, string pointer)
    {
        try
        {
            TopicPattern.Parse(topic ?? "", pointer);
            return [];
        }
        catch (Problem problem)
        {
            return problem.Errors;
        }
    }

    private static IEnumerable<FieldError> Description(string? description)
    {
        if (description?.Length > MaxDescription)
        {
            yield return new FieldError("/description", $"description has at most {MaxDescription} characters.");
        }
    }

    private static IEnumerable<FieldError> Status(string? status)
    {
        if (status is not (null or WebhookRow.Active or WebhookRow.Disabled))
        {
            yield return new FieldError("/status", "status must be active or disabled.");
        }
    }
}
