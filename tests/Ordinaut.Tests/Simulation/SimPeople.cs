using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// People and agents who work on the tasks while everything fails: they edit, pause, snooze, cancel, retry and
/// publish through whichever node is up, and remember what they were told had been done.
/// </summary>
internal sealed class SimPeople(Simulation simulation)
{
    private readonly List<Guid> _tasks = [];
    private readonly List<Guid> _runs = [];
    private readonly List<Guid> _toldRuns = [];
    private readonly HashSet<Guid> _toldEvents = [];
    private readonly Dictionary<string, Guid> _claims = [];
    private int _written;

    private World World => simulation.World;

    public void Start()
    {
        for (var i = 0; i < simulation.Options.Users; i++)
        {
            var isFirst = i == 0;
            new Strand(World, $"user-{i}").Start(
                () => Live(isFirst),
                failure => simulation.Violate($"a user met {failure}")
            );
        }
    }

    /// <summary>The last act, without faults: every task rests, so that the queue can run empty.</summary>
    public void PauseAll() =>
        new Strand(World, "last").Start(
            async () =>
            {
                var active = "select id from task where status = 'active'";
                foreach (var id in simulation.Read(session => session.Query(active, row => row.Id(0)))!)
                {
                    await Try(node => node.Operations.Control.Pause(simulation.Owner, id, null));
                }
            },
            failure => simulation.Violate($"the last user met {failure}")
        );

    /// <summary>What a person was told is done must be in the history.</summary>
    public void CheckAcknowledged(IReadOnlyList<HistoryLine> lines, Action<string> violate)
    {
        var runs = lines.Where(line => line.Kind == "queue+").Select(line => line.Run!.Value).ToHashSet();
        var events = lines.Where(line => line.Kind == "event").Select(line => line.Run!.Value).ToHashSet();
        foreach (var lost in _toldRuns.Where(run => !runs.Contains(run)))
        {
            violate($"run {lost} was acknowledged and is not there");
        }

        foreach (var lost in _toldEvents.Where(told => !events.Contains(told)))
        {
            violate($"event {lost} was acknowledged and is not there");
        }
    }

    private async Task Live(bool isFirst)
    {
        var clock = new SimClock(World, (Strand)SynchronizationContext.Current!);
        for (var i = 0; isFirst && i < simulation.Options.Tasks; i++)
        {
            await Create(SimTaskInputs.Any(World, ++_written));
        }

        if (isFirst && simulation.Options.Has(Faults.Poison))
        {
            await Create(SimTaskInputs.Poison(++_written));
        }

        while (World.Elapsed < simulation.Options.Safety)
        {
            await Task.Delay(World.About(simulation.Options.BetweenActs), clock);
            if (World.Elapsed < simulation.Options.Safety)
            {
                // Later it could wake a task after the last act, and a run of that be live at the end.
                await Act();
            }
        }
    }

    private Task Act()
    {
        var task = _tasks.Count == 0 ? Guid.Empty : _tasks[World.Random.Next(_tasks.Count)];
        var run = _runs.Count == 0 ? Guid.Empty : _runs[World.Random.Next(_runs.Count)];
        var caller = simulation.Owner;
        return World.Random.Next(40) switch
        {
            < 4 => Try(node => node.Operations.Control.Pause(caller, task, null)),
            < 10 => Try(node => node.Operations.Control.Resume(caller, task, null)),
            < 13 => Try(node => node.Operations.Control.Snooze(caller, task, new Snooze(World.Random.Next(1, 90)))),
            < 18 => RunNow(task),
            < 22 => Try(node => node.Operations.Tasks.Patch(caller, task, NewSchedule(), null)),
            < 24 => Try(node => node.Operations.Tasks.Patch(caller, task, Json.Parse("""{"title":"edited"}"""), null)),
            24 => Try(node => node.Operations.Control.Cancel(caller, task, null)),
            25 => Try(node => node.Operations.Tasks.Delete(caller, task, null)),
            < 28 => Create(SimTaskInputs.Any(World, ++_written)),
            < 31 => Try(node => node.Operations.Runs.Cancel(caller, run)),
            < 33 => Retry(run),
            33 => Try(node => node.Operations.Runs.Rerun(caller, run, null)),
            < 36 => Look(),
            _ => Publish(),
        };
    }

    private async Task Create(TaskInput input)
    {
        if (await Ask(node => node.Operations.Tasks.Create(simulation.Owner, input)) is { } made)
        {
            _tasks.Add(made.Id);
        }
    }

    private async Task RunNow(Guid task)
    {
        if (await Ask(node => node.Operations.Control.RunNow(simulation.Owner, task, null)) is { } run)
        {
            _runs.Add(run.Id);
            _toldRuns.Add(run.Id);
        }
    }

    private async Task Look()
    {
        var filter = new RunFilter(Limit: 20);
        if (await Ask(node => node.Operations.Runs.List(simulation.Owner, filter)) is { } page)
        {
            _runs.AddRange(page.Items.Select(run => run.Id));
        }
    }

    private Task<string?> Retry(Guid run)
    {
        // Counted before it is known to have happened: the answer may be lost, the retry not.
        simulation.CountRetry(run);
        return Try(node => node.Operations.Runs.Retry(simulation.Owner, run));
    }

    /// <summary>Publishes until told that it is done, each time with the same key: the fact is written once.</summary>
    private async Task Publish()
    {
        var key = $"claim-{++_written}";
        var claim = new IdempotencyClaim(key, "POST /events", [1]);
        var caller = simulation.Owner with { Idempotency = claim };
        var topic = World.Chance(0.5) ? "orders.created" : "orders.paid.late";
        var request = new PublishEvent(topic, Json.Parse($$"""{"claim":"{{key}}"}"""));
        for (var i = 0; i < 5; i++)
        {
            var again = World.Chance(0.1);
            if (await Ask(node => node.Operations.Events.Publish(caller, request)) is { } done)
            {
                _toldEvents.Add(done.EventId);
                if (_claims.TryGetValue(key, out var before) && before != done.EventId)
                {
                    simulation.Violate($"{key} was answered with two events");
                }

                _claims[key] = done.EventId;
                i += again ? 0 : 5;
            }
        }
    }

    private JsonElement NewSchedule()
    {
        var (kind, expression, _) = SimTaskInputs.Schedule(World);
        var text = $"\"{JsonEncodedText.Encode(expression)}\"";
        return Json.Parse($$"""{"schedule_kind":"{{kind}}","schedule_expr":{{text}},"overlap_policy":"skip"}""");
    }

    private Task<string?> Try(Func<SimNode, Task> act) =>
        Ask(async node =>
        {
            await act(node);
            return "done";
        });

    private async Task<T?> Ask<T>(Func<SimNode, Task<T>> act)
        where T : class
    {
        if (simulation.Up is not { Count: > 0 } up)
        {
            return null;
        }

        try
        {
            return await act(up[World.Random.Next(up.Count)]);
        }
        catch (Problem problem) when (problem.Kind != ProblemKind.Invalid)
        {
            return null;
        }
        catch (Problem problem) when (problem.Errors.Any(error => error.Pointer is "/schedule_expr"))
        {
            // A new schedule may have nothing left before the task's end.
            return null;
        }
    }
}
