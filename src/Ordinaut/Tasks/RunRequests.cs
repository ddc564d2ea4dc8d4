using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Writes runs that are asked for, beside their schedules; any number with the same statements.</summary>
internal sealed class RunRequests(RunIntake intake, TaskJournal journal, Ids ids)
{
    public async ValueTask<IReadOnlyList<Answer<RunView>>> Write(
        Session session,
        IReadOnlyList<Change<RunRequest>> asked
    )
    {
        var tasks = await TaskStore.ShareOwned(session, [.. asked.Select(one => (one.Caller, one.Item.TaskId))]);
        var answers = new Answer<RunView>[asked.Count];
        var wishes = new List<(int Place, Wish Wish)>(asked.Count);
        for (var place = 0; place < asked.Count; place++)
        {
            if (tasks[place] is not { } task)
            {
                answers[place] = new(Problem.NotFound("task", asked[place].Item.TaskId.ToString()));
            }
            else if (TaskControl.Obstacle(task) is { } obstacle)
            {
                answers[place] = new(obstacle);
            }
            else
            {
                wishes.Add((place, new Wish(task, Occurrence(session, asked[place]))));
            }
        }

        var admissions = await intake.Admit(session, [.. wishes.Select(wanted => wanted.Wish)]);
        var queued = new List<(Caller, TaskDefinition)>(wishes.Count);
        foreach (var ((place, wish), admission) in wishes.Zip(admissions))
        {
            answers[place] = admission switch
            {
                Admission.Queued made => new(RunViews.Unclaimed(made.Run)),
                Admission.Skipped skipped => new(Problem.Conflict(skipped.Detail)),
                _ => new(Problem.Conflict("The run exists already.")),
            };
            if (admission is Admission.Queued)
            {
                queued.Add((asked[place].Caller, wish.Task));
            }
        }

        await journal.Tell(session, "task.run_requested", queued);
        return answers;
    }

    private OccurrenceRequest Occurrence(Session session, Change<RunRequest> asked) =>
        new(session.Now, OccurrenceKeys.Manual(ids.Next()), Trigger.Manual)
        {
            Depth = asked.Caller.Depth,
            Input = RunTrace.Input(asked.Caller.Trace, asked.Item.Input),
        };
}

/// <summary>A run that is asked for.</summary>
/// <param name="Input">What it is given beyond its task, as JSON text.</param>
internal sealed record RunRequest(Guid TaskId, string? Input);
