using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Imports;

/// <summary>
/// Brings agents and tasks of the original system here, in one transaction, so that a failure leaves nothing half done.
/// Tasks pass every check of a new task, and are paused; what was brought before is left as it is.
/// </summary>
internal sealed class OriginalImport(Db db, TaskDrafts drafts, NewTasks newTasks, AuditLog audit, Ids ids)
{
    /// <summary>The role of every agent: what any of them could do there.</summary>
    public const string Role = "agent";

    // Two imports at once would each find nothing there.
    private const string TakeTurn = "lock table agent in share row exclusive mode";

    /// <param name="isRehearsal">Whether all is taken back in the end, so that only the report remains.</param>
    public async Task<ImportReport> Run(OriginalRows rows, bool isRehearsal)
    {
        try
        {
            return await db.Write(async session =>
            {
                await session.Lock(TakeTurn);
                var report = await Bring(session, rows);
                return isRehearsal ? throw new Rehearsed(report) : report;
            });
        }
        catch (Rehearsed rehearsed)
        {
            return rehearsed.Report;
        }
    }

    private async ValueTask<ImportReport> Bring(Session session, OriginalRows rows)
    {
        var caller = new Caller(await FirstAdmin(session), Scope.Admin);
        var lines = new List<ImportLine>();
        foreach (var agent in rows.Agents)
        {
            lines.Add(await Bring(session, caller, agent));
        }

        var owners = lines.ToDictionary(line => line.OriginalId, line => line);
        var known = await Known(session, caller);
        var wanted = new List<(OriginalTask Task, TaskDraft Draft, IReadOnlyList<string> Changes)>();
        foreach (var task in rows.Tasks)
        {
            var (line, draft, changes) = Look(caller, task, owners.GetValueOrDefault(task.CreatedBy), known);
            if (draft is null)
            {
                lines.Add(line);
            }
            else
            {
                wanted.Add((task, draft with { IsPaused = true }, changes));
            }
        }

        var made = await newTasks.Write(session, [.. wanted.Select(one => new Change<TaskDraft>(caller, one.Draft))]);
        lines.AddRange(wanted.Zip(made, (one, answer) => Line(one.Task, answer, one.Changes)));
        return new ImportReport(lines);
    }

    private async ValueTask<ImportLine> Bring(Session session, Caller caller, OriginalAgent agent)
    {
        ImportLine Line(ImportOutcome outcome, Guid? id, params IReadOnlyList<string> notes) =>
            new("agent", agent.Id, agent.Name, outcome, id, notes);

        if (await AgentStore.IdOf(session, agent.Name) is { } present)
        {
            return (await AgentStore.Get(session, present))!.IsAdmin
                ? Line(
                    ImportOutcome.Refused,
                    null,
                    "name: is an admin's here, whose rights its tasks would have; rename one of them."
                )
                : Line(ImportOutcome.Present, present);
        }

        var notes = new List<string>();
        if (agent.Scopes.Count > 0)
        {
            notes.Add(
                $"scopes: {string.Join(", ", agent.Scopes)} mean nothing here; it has those of the role '{Role}'."
            );
        }

        var input = new AgentInput(agent.Name, WebhookUrl: agent.WebhookUrl, Role: Role);
        var findings = Findings(input);
        if (findings.Count > 0 && Findings(input with { WebhookUrl = null }).Count == 0)
        {
            notes.Add($"webhook_url: is left out. {findings[0].Detail}");
            input = input with { WebhookUrl = null };
        }
        else if (findings.Count > 0)
        {
            return Line(ImportOutcome.Refused, null, [.. findings.Select(Told)]);
        }

        var made = Agent.New(ids.Next(), input, AgentCheck.Check(input), session.Now) with
        {
            CreatedBy = caller.AgentId,
        };
        await AgentStore.Insert(session, made);
        await audit.Append(session, caller, made.Entry("agent.created"));
        return Line(ImportOutcome.Imported, made.Id, notes);
    }

    /// <summary>A draft of what is to be brought; else what becomes of it.</summary>
    private (ImportLine Line, TaskDraft? Draft, IReadOnlyList<string> Changes) Look(
        Caller caller,
        OriginalTask task,
        ImportLine? owner,
        Dictionary<Guid, Guid> known
    )
    {
        (ImportLine, TaskDraft?, IReadOnlyList<string>) Ends(
            ImportOutcome outcome,
            Guid? id,
            params IReadOnlyList<string> notes
        ) => (new ImportLine("task", task.Id, task.Title, outcome, id, notes), null, []);

        if (known.TryGetValue(task.Id, out var id))
        {
            return Ends(ImportOutcome.Present, id);
        }

        if (task.Status == OriginalTask.Canceled)
        {
            return Ends(ImportOutcome.Left, null, "It is canceled there.");
        }

        if (owner?.Id is not { } ownerId)
        {
            return Ends(ImportOutcome.Refused, null, "created_by: its agent is not here; see what became of that.");
        }

        try
        {
            var (input, changes) = Translation.Of(task, ownerId);
            return (null!, drafts.Check(caller, input), changes);
        }
        catch (Problem problem)
        {
            return Ends(ImportOutcome.Refused, null, [.. Told(problem)]);
        }
    }

    private static ImportLine Line(OriginalTask task, Answer<TaskDefinition> answer, IReadOnlyList<string> changes)
    {
        try
        {
            return new ImportLine(
                "task",
                task.Id,
                task.Title,
                ImportOutcome.Imported,
                answer.ValueOrThrow().Id,
                changes
            );
        }
        catch (Problem problem)
        {
            return new ImportLine("task", task.Id, task.Title, ImportOutcome.Refused, null, [.. Told(problem)]);
        }
    }

    /// <summary>The tasks that earlier imports brought: their ids there, and here.</summary>
    private static async ValueTask<Dictionary<Guid, Guid>> Known(Session session, Caller caller)
    {
        var known = new Dictionary<Guid, Guid>();
        Guid? after = null;
        while (true)
        {
            var filter = new TaskFilter(Tag: Translation.Tag, Limit: Pages.Most, After: after);
            var page = await TaskListing.Page(session, caller, filter);
            foreach (var task in page.Select(found => found.Task))
            {
                if (OriginOf(task.Settings.Metadata) is { } origin)
                {
                    known[origin] = task.Id;
                }
            }

            if (page.Count <= Pages.Most)
            {
                return known;
            }

            after = page[^2].Task.Id;
        }
    }

    private static Guid? OriginOf(JsonElement? metadata) =>
        metadata is { ValueKind: JsonValueKind.Object } members
        && members.TryGetProperty(Translation.Origin, out var origin)
        && origin.ValueKind == JsonValueKind.Object
        && origin.TryGetProperty(Translation.OriginId, out var id)
        && id.ValueKind == JsonValueKind.String
        && id.TryGetGuid(out var value)
            ? value
            : null;

    /// <summary>In whose name it is done: the admin of the first start, or who came after it.</summary>
    private static async ValueTask<Guid> FirstAdmin(Session session)
    {
        var agents = await AgentStore.Page(session, Guid.Empty, all: true, Guid.Empty, int.MaxValue);
        return agents.First(agent => agent.IsAdmin).Id;
    }

    private static IReadOnlyList<FieldError> Findings(AgentInput input)
    {
        try
        {
            AgentCheck.Check(input);
            return [];
        }
        catch (Problem problem)
        {
            return problem.Errors;
        }
    }

    private static IEnumerable<string> Told(Problem problem) =>
        problem.Errors.Count > 0 ? problem.Errors.Select(Told) : [problem.Message];

    private static string Told(FieldError finding) => $"{ProblemViews.Field(finding.Pointer)}: {finding.Detail}";

    /// <summary>Carries the report past the transaction that it undoes.</summary>
    private sealed class Rehearsed(ImportReport report) : Exception
    {
        public ImportReport Report { get; } = report;
    }
}
