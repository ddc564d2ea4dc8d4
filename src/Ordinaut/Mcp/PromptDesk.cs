using System.Text.Json;
using ModelContextProtocol.Protocol;
using Ordinaut.Agents;
using Ordinaut.Runs;

namespace Ordinaut.Mcp;

/// <summary>What a person can start from a menu: plan a routine, explain a failure, review the schedules.</summary>
internal sealed class PromptDesk(RunOperations runs)
{
    public const string RunId = "run_id";

    private const string Plan = "plan_routine";
    private const string Explain = "explain_failure";
    private const string Review = "review_schedules";
    private const string Wish = "wish";

    private static readonly TimeSpan ListAge = TimeSpan.FromHours(1);

    public static ListPromptsResult List() =>
        new()
        {
            Prompts =
            [
                Shown(
                    Plan,
                    "Plan a routine",
                    "From a wish in words to a running schedule.",
                    (Wish, "What should happen, and when.")
                ),
                Shown(
                    Explain,
                    "Explain a failure",
                    "What went wrong in a run, and what to do.",
                    (RunId, "The run that failed.")
                ),
                Shown(
                    Review,
                    "Review my schedules",
                    "What is scheduled, what fails, what overlaps, what is never used."
                ),
            ],
            TimeToLive = ListAge,
            CacheScope = CacheScope.Public,
        };

    /// <exception cref="Problem">There is no such prompt, or an argument is missing.</exception>
    public async Task<GetPromptResult> Get(Caller caller, GetPromptRequestParams request) =>
        request.Name switch
        {
            Plan => Say(PlanOf(Argument(request, Wish))),
            Explain => await ExplanationOf(caller, Argument(request, RunId)),
            Review => Say(ReviewText),
            _ => throw Problem.NotFound("prompt", request.Name),
        };

    private static string PlanOf(string wish) =>
        $"""
            Set up this routine with Ordinaut: {wish}

            1. Call whoami for the server's clock. Ask me for the time zone if the wish names a time of day and I have
               not said where.
            2. Call parse_schedule with the words about time, or write the schedule and call preview_schedule when the
               words are refused. Read the sentence and the next three local times back to me before you go on;
               mention notes on daylight saving.
            3. Find the tools in list_tools, write the pipeline, and call check_pipeline until it has no findings.
            4. Call create_task with an idempotency_key, then run_task with wait_seconds to try it once, unless a run
               does something that cannot be undone: then ask me first.
            5. Tell me the task's id, when it runs next, and how to pause it.
            """;

    private const string ReviewText = """
        Review my schedules in Ordinaut. Use list_tasks, run_summary, and for each active task task_stats; for whatever
        failed or was skipped lately list_occurrences and why. Then tell me, worst first: what fails and why; what was
        skipped and why; what overlaps or fires at the same minute without need; what is paused or has not run for long.
        Suggest the change for each, as the call you would make, and make none before I say so.
        """;

    private async Task<GetPromptResult> ExplanationOf(Caller caller, string text)
    {
        if (!Guid.TryParseExact(text, "D", out var id))
        {
            throw Problem.NotFound("run", text);
        }

        var run = await runs.Get(caller, id);
        var answer = Say(
            $"""
            Explain why this run of Ordinaut did not succeed, to someone who did not write it. Look at its task with
            get_task (task_id {run.TaskId}), and at earlier runs with list_runs: is it new, or did it ever work?
            Say which step failed, with what input, what the message means, and whether trying again can help. Then
            suggest one of: retry_run (goes on at the failed step), update_task (mend the pipeline first), or nothing.
            """
        );
        answer.Messages.Add(
            new PromptMessage { Role = Role.User, Content = ResourceDesk.Embed(ResourceDesk.UriOfRun(id), run) }
        );
        return answer;
    }

    private static GetPromptResult Say(string text) =>
        new()
        {
            Messages =
            [
                new PromptMessage
                {
                    Role = Role.User,
                    Content = new TextContentBlock { Text = text },
                },
            ],
        };

    private static string Argument(GetPromptRequestParams request, string name) =>
        request.Arguments?.TryGetValue(name, out var value) == true && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Problem.Invalid("/" + name, $"The prompt needs the argument '{name}', a text.");

    private static Prompt Shown(
        string name,
        string title,
        string description,
        params (string Name, string Description)[] arguments
    ) =>
        new()
        {
            Name = name,
            Title = title,
            Description = description,
            Arguments =
            [
                .. arguments.Select(argument => new PromptArgument
                {
                    Name = argument.Name,
                    Description = argument.Description,
                    Required = true,
                }),
            ],
        };
}
