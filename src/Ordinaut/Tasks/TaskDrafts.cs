using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Expressions;
using Ordinaut.Pipelines;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.Tasks;

/// <summary>Checks what a client wrote, completely; <see cref="TaskPlacement"/> then makes it a task.</summary>
internal sealed class TaskDrafts(ToolCatalog tools, TaskDefaults defaults)
{
    /// <summary>Every finding at once, or a draft that can be stored.</summary>
    /// <param name="edited">The task being changed; null when a new one is made.</param>
    public TaskDraft Check(Caller caller, TaskInput input, TaskDefinition? edited = null)
    {
        var (draft, findings) = Examine(caller, input, edited);
        return findings.Count == 0 ? draft : throw Problem.Invalid(findings);
    }

    public IReadOnlyList<TaskDraft> CheckMany(Caller caller, IReadOnlyList<TaskInput> inputs)
    {
        var drafts = new List<TaskDraft>(inputs.Count);
        var findings = new List<FieldError>();
        for (var i = 0; i < inputs.Count && findings.Count < MaxFindings; i++)
        {
            if (inputs[i] is null)
            {
                findings.Add(new FieldError($"/create/{i}", "Each entry must be a task."));
                continue;
            }

            var (draft, found) = Examine(caller, inputs[i], null);
            drafts.Add(draft);
            findings.AddRange(InBulk(found, i));
        }

        return findings.Count == 0 ? drafts : throw Problem.Invalid(findings);
    }

    /// <summary>Findings of one task of a bulk, with pointers from the request's root.</summary>
    public static IEnumerable<FieldError> InBulk(IEnumerable<FieldError> findings, int index) =>
        findings.Select(finding => finding with { Pointer = $"/create/{index}{finding.Pointer}" });

    private const int MaxFindings = 100;

    private static readonly FrozenSet<string> CheckRoots = FrozenSet.ToFrozenSet(["now"]);

    private (TaskDraft Draft, IReadOnlyList<FieldError> Findings) Examine(
        Caller caller,
        TaskInput input,
        TaskDefinition? edited
    )
    {
        var check = new TaskCheck(input, defaults.Timezone);
        var settings = check.Settings();
        var findings = new List<FieldError>(check.Findings);
        var owner = Owner(caller, input, edited, findings);
        var secrets = new List<SecretReading>();
        var zone = Schedule(caller, settings, edited?.CreatedAt, secrets, findings);
        settings = settings with { Timezone = zone ?? settings.Timezone };
        EventFilter(settings, findings);
        var payload = Payload(input, caller, settings.ScheduleKind, secrets, findings);
        if (findings.Count == 0)
        {
            TaskRights.CheckHosts(caller, TaskReach.Of(settings, Json.Parse(payload)), findings);
        }

        var runsLate =
            Word<MisfirePolicy>.TryParse(input.MisfirePolicy, out var policy) && policy != MisfirePolicy.Skip;
        return (new TaskDraft(owner, settings, payload) { RunsLate = runsLate, Secrets = secrets }, findings);
    }

    private static Guid Owner(Caller caller, TaskInput input, TaskDefinition? edited, List<FieldError> findings)
    {
        var owner = edited?.OwnerId ?? caller.AgentId;
        if (input.CreatedBy is { } wanted && wanted != owner)
        {
            if (edited is null && caller.SeesAll)
            {
                return wanted;
            }

            var rule = edited is null ? "created_by must be the calling agent" : "A task keeps its owner";
            findings.Add(new FieldError("/created_by", $"{rule}; leave it out."));
        }

        return owner;
    }

    /// <summary>Parses the schedule; the zone's canonical spelling comes back. The words are already checked.</summary>
    private string? Schedule(
        Caller caller,
        TaskSettings settings,
        DateTimeOffset? createdAt,
        List<SecretReading> secrets,
        List<FieldError> findings
    )
    {
        if (findings.Any(f => f.Pointer is "/schedule_kind" or "/schedule_expr"))
        {
            return null;
        }

        try
        {
            var anchor = createdAt ?? defaults.Now();
            var spec = new ScheduleSpec(settings.ScheduleKind, settings.ScheduleExpr!, settings.Timezone, anchor);
            var schedule = Schedules.Schedule.Parse(spec);
            CheckCondition(caller, schedule, secrets, findings);
            Exclusions.Parse(settings.Exclude, _ => new CalendarDays([]), schedule.Timezone, anchor);
            return schedule.Timezone;
        }
        catch (Problem problem)
        {
            findings.AddRange(problem.Errors);
            return null;
        }
    }

    /// <summary>A check is a pipeline of one step that knows nothing but the time.</summary>
    private void CheckCondition(
        Caller caller,
        Schedule schedule,
        List<SecretReading> secrets,
        List<FieldError> findings
    )
    {
        if (schedule is not ConditionSchedule condition)
        {
            return;
        }

        var step = JsonObject.Create(condition.Check)!;
        step["id"] = "check";
        var payload = Json.OfNode(new JsonObject { ["pipeline"] = new JsonArray(step) });
        var (pipeline, faults) = PipelineCheck.Check(
            payload,
            name => tools.Find(name)?.Description,
            CheckRoots,
            tools.Names
        );
        var found = faults.ToList();
        if (pipeline is not null)
        {
            TaskRights.Check(caller, pipeline, tools, found);
        }

        findings.AddRange(found.Select(f => new FieldError("/schedule_expr", $"check: {f.Detail}")));
        secrets.AddRange(pipeline?.Secrets.Select(secret => secret with { Pointer = "/schedule_expr" }) ?? []);
        CheckExpression("/schedule_expr", condition.When, findings);
    }

    private static void EventFilter(TaskSettings settings, List<FieldError> findings)
    {
        if (settings.EventFilter is not null)
        {
            CheckExpression("/event_filter", settings.EventFilter, findings);
        }
    }

    private static void CheckExpression(string pointer, string expression, List<FieldError> findings)
    {
        try
        {
            Condition.Parse(expression);
        }
        catch (ExpressionException failure)
        {
            findings.Add(new FieldError(pointer, failure.Message));
        }
    }

    private string Payload(
        TaskInput input,
        Caller caller,
        ScheduleKind kind,
        List<SecretReading> secrets,
        List<FieldError> findings
    )
    {
        if (input.Payload is not { } payload)
        {
            findings.Add(
                new FieldError("/payload", "payload is required: {\"pipeline\": [{\"id\": …, \"uses\": …}]}.")
            );
            return "{}";
        }

        var (pipeline, found) = PipelineCheck.Check(
            payload,
            name => tools.Find(name)?.Description,
            toolNames: tools.Names,
            hasEvent: kind is ScheduleKind.Event or ScheduleKind.Condition
        );
        findings.AddRange(found);
        if (pipeline is not null)
        {
            TaskRights.Check(caller, pipeline, tools, findings);
            secrets.AddRange(pipeline.Secrets);
        }

        return payload.GetRawText();
    }
}
