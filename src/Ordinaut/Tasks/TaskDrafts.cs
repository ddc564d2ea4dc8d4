using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Expressions;
using Ordinaut.Pipelines;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Tasks;

/// <summary>Checks what a client wrote, completely, and places it in time: the way from input to a task.</summary>
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

    public static async ValueTask<TaskDefinition> FirstVersion(Session session, TaskDraft draft, Guid id, Lineage line)
    {
        var task = new TaskDefinition
        {
            Id = id,
            OwnerId = draft.OwnerId,
            Status = TaskStatus.Active,
            Version = 1,
            CreatedAt = session.Now,
            UpdatedAt = session.Now,
            Settings = draft.Settings,
            Granted = draft.Granted,
            Depth = line.Depth,
            ParentTaskId = line.Parent,
            RootTaskId = line.Root,
        };
        return await Place(session, task, draft);
    }

    /// <summary>
    /// The task with its new settings. The cursor stays where it is unless the schedule itself changed, so an edit
    /// of the title does not lose a firing that is about to happen.
    /// </summary>
    public static async ValueTask<TaskDefinition> NextVersion(Session session, TaskDefinition task, TaskDraft draft)
    {
        var next = task with
        {
            Version = task.Version + 1,
            OwnerId = draft.OwnerId,
            UpdatedAt = session.Now,
            Settings = draft.Settings,
            Granted = draft.Granted,
        };
        if (SameSchedule(task.Settings, draft.Settings))
        {
            if (!task.Settings.Exclude.SequenceEqual(draft.Settings.Exclude))
            {
                var plan = await SchedulePlans.Parse(session, next.ScheduleSpec, draft.Settings.Exclude, next.OwnerId);
                RequireWanted(plan, next.NextNominal, draft.Settings);
            }

            return next with
            {
                NextDue = next.NextNominal is { } at && task.SnoozedUntil is null ? Due(next, at) : task.NextDue,
            };
        }

        var status = task.Status == TaskStatus.Completed ? TaskStatus.Active : task.Status;
        var placed = await Place(session, next with { Status = status, SnoozedUntil = null }, draft);
        return status == TaskStatus.Proposed ? Proposals.Unplaced(placed) : placed;
    }

    private const int MaxFindings = 100;

    private static readonly FrozenSet<string> CheckRoots = FrozenSet.ToFrozenSet(["now"]);

    /// <summary>The task in time, from now on.</summary>
    public static async ValueTask<TaskDefinition> Place(Session session, TaskDefinition task, TaskDraft draft)
    {
        var settings = task.Settings;
        var plan = await SchedulePlans.Parse(session, task.ScheduleSpec, settings.Exclude, task.OwnerId);
        var first = plan.First(session.Now, settings.StartsAt, settings.EndsAt);
        if (first is null && settings.ScheduleKind == ScheduleKind.Once && draft.RunsLate)
        {
            first = plan.Schedule.Next(DateTimeOffset.MinValue);
        }

        if (first is null && settings.ScheduleKind != ScheduleKind.Event)
        {
            throw NeverFires(settings);
        }

        RequireWanted(plan, first, settings);
        return task with { NextNominal = first, NextDue = first is { } at ? Due(task, at) : null };
    }

    private static void RequireWanted(SchedulePlan plan, DateTimeOffset? first, TaskSettings settings)
    {
        if (first is not null && plan.Exclusions is not null && plan.NextWanted(first, settings.EndsAt) is null)
        {
            throw Problem.Invalid("/exclude", "exclude leaves out every occurrence that is to come; exclude less.");
        }
    }

    private static Problem NeverFires(TaskSettings settings) =>
        settings.ScheduleKind == ScheduleKind.Once
            ? Problem.Invalid(
                "/schedule_expr",
                $"schedule_expr '{settings.ScheduleExpr}' is in the past; give a time to come, or set misfire_policy "
                    + "to run_once to run it at once."
            )
            : Problem.Invalid("/schedule_expr", "The schedule has no occurrence between now, starts_at and ends_at.");

    private static DateTimeOffset Due(TaskDefinition task, DateTimeOffset nominal) =>
        nominal + Jitter.For(task.Id, task.Settings.JitterSeconds);

    public static bool SameSchedule(TaskSettings a, TaskSettings b) =>
        (a.ScheduleKind, a.ScheduleExpr, a.Timezone, a.StartsAt, a.EndsAt)
        == (b.ScheduleKind, b.ScheduleExpr, b.Timezone, b.StartsAt, b.EndsAt);

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
        settings = settings with
        {
            Timezone = Schedule(caller, settings, edited?.CreatedAt, findings) ?? settings.Timezone,
        };
        EventFilter(settings, findings);
        var payload = Payload(input, caller, settings.ScheduleKind, findings);
        if (findings.Count == 0)
        {
            TaskRights.CheckHosts(caller, TaskReach.Of(settings, Json.Parse(payload)), findings);
        }

        var runsLate =
            Word<MisfirePolicy>.TryParse(input.MisfirePolicy, out var policy) && policy != MisfirePolicy.Skip;
        return (new TaskDraft(owner, settings, payload) { RunsLate = runsLate }, findings);
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
    private string? Schedule(Caller caller, TaskSettings settings, DateTimeOffset? createdAt, List<FieldError> findings)
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
            CheckCondition(caller, schedule, findings);
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
    private void CheckCondition(Caller caller, Schedule schedule, List<FieldError> findings)
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

    private string Payload(TaskInput input, Caller caller, ScheduleKind kind, List<FieldError> findings)
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
        }

        return payload.GetRawText();
    }
}
