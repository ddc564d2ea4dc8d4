using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>What listeners are told as it happens.</summary>
public sealed class LiveFeedStories
{
    [Fact]
    public void A_listener_hears_the_steps_and_states_of_runs_it_may_see() =>
        Story.Play(async core =>
        {
            using var leave = new CancellationTokenSource();
            var ann = Listen(core, core.Ann, null, leave.Token);
            var bob = Listen(core, core.Bob, null, leave.Token);
            var admin = Listen(core, core.Admin, null, leave.Token);
            var task = await core.Tasks.Create(core.Ann, Idle());

            await core.RunAtOnce(task.Id);

            await Story.Until(() => ann.Heard.Count + admin.Heard.Count >= 6);
            Assert.Equal(["run running", "step succeeded", "run succeeded"], ann.Heard.Select(Short));
            Assert.Equal(3, admin.Heard.Count);
            Assert.Empty(bob.Heard);
            Assert.Equal(3, ann.Heard.Select(message => message.Id).Distinct().Count());
            await leave.CancelAsync();
        });

    [Fact]
    public void An_event_is_heard_by_its_owner_with_the_scope_for_events_and_not_at_one_run() =>
        Story.Play(async core =>
        {
            using var leave = new CancellationTokenSource();
            var ann = Listen(core, core.Ann, null, leave.Token);
            var others = new[]
            {
                Listen(core, core.Bob, null, leave.Token),
                Listen(core, core.Ann, core.Ids.Next(), leave.Token),
                Listen(core, core.Ann with { Scopes = Scope.RunsRead }, null, leave.Token),
            };

            var message = new LiveMessage("event", "1", Json.Parse("""{"state": "told"}"""));
            core.Feed.Tell(new LiveNews(core.Ann.AgentId, null, message));

            await Story.Until(() => ann.Heard.Count >= 1);
            Assert.Equal("event told", Short(Assert.Single(ann.Heard)));
            Assert.All(others, other => Assert.Empty(other.Heard));
            await leave.CancelAsync();
        });

    [Fact]
    public void Each_step_is_told_as_it_ends() =>
        Story.Play(async core =>
        {
            using var leave = new CancellationTokenSource();
            var gate = core.Work.Hold();
            var heard = Listen(core, core.Ann, null, leave.Token);
            const string Before = """{"id": "a", "uses": "test.read"}""";
            var task = await core.Tasks.Create(
                core.Ann,
                Idle(Before, WorkStep, """{"id": "c", "uses": "test.read"}""")
            );

            await core.RunAtOnce(task.Id);
            await Story.Until(() => heard.Heard.Count >= 2);
            Assert.Equal(["run running", "step succeeded"], heard.Heard.Select(Short));
            gate.SetResult();
            await core.Settle();
            await Story.Until(() => heard.Heard.Count >= 5);

            Assert.Equal(
                ["a", "work", "c"],
                heard.Heard.Where(m => m.Event == "step").Select(m => m.Data.GetProperty("step").GetString())
            );
            Assert.Equal("run succeeded", Short(heard.Heard[^1]));
            await leave.CancelAsync();
        });

    [Fact]
    public void A_listener_to_one_run_hears_of_that_one_only() =>
        Story.Play(async core =>
        {
            using var leave = new CancellationTokenSource();
            core.Clockwork.Forget(core.Worker);
            var task = await core.Tasks.Create(core.Ann, Idle());
            var first = await core.Control.RunNow(core.Ann, task.Id, null);
            await core.Control.RunNow(core.Ann, task.Id, null);
            var heard = Listen(core, core.Ann, first.Id, leave.Token);
            core.Hire("w2");

            await core.Settle();

            await Story.Until(() => heard.Heard.Count >= 3);
            Assert.Equal(["run running", "step succeeded", "run succeeded"], heard.Heard.Select(Short));
            await leave.CancelAsync();
        });

    [Fact]
    public void The_end_of_a_run_that_never_started_is_heard_too() =>
        Story.Play(async core =>
        {
            using var leave = new CancellationTokenSource();
            core.Clockwork.Forget(core.Worker);
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.Control.RunNow(core.Ann, task.Id, null);
            var heard = Listen(core, core.Ann, run.Id, leave.Token);

            await core.Runs.Cancel(core.Ann, run.Id);

            await Story.Until(() => heard.Heard.Count >= 1);
            Assert.Equal(["run canceled"], heard.Heard.Select(Short));
            await leave.CancelAsync();
        });

    [Fact]
    public void A_lost_worker_is_heard_of() =>
        Story.Play(async core =>
        {
            using var leave = new CancellationTokenSource();
            core.Work.Freeze();
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            var heard = Listen(core, core.Ann, run.Id, leave.Token);
            core.Clockwork.Forget(core.Worker);

            await core.Advance(TimeSpan.FromSeconds(31));

            await Story.Until(() => heard.Heard.Count >= 1);
            Assert.Equal(["run queued"], heard.Heard.Select(Short));
            await leave.CancelAsync();
        });

    [Fact]
    public void One_listener_too_many_is_refused_and_a_place_is_free_when_one_leaves() =>
        Story.Play(async core =>
        {
            using var leave = new CancellationTokenSource();
            var listeners = new List<Listener>();
            for (var i = 0; i < LiveFeed.MaxListeners; i++)
            {
                listeners.Add(Listen(core, core.Ann, null, leave.Token));
            }

            await Refused(ProblemKind.TooMany, () => One(core));

            await leave.CancelAsync();
            await Story.Until(() => listeners.TrueForAll(listener => listener.HasLeft));
            using var soon = new CancellationTokenSource();
            var last = Listen(core, core.Ann, null, soon.Token);
            await soon.CancelAsync();
            await Story.Until(() => last.HasLeft);
        });

    private static async Task One(CoreBundle core)
    {
        await foreach (var _ in core.Feed.Subscribe(core.Ann, null))
        {
            return;
        }
    }

    private static Listener Listen(CoreBundle core, Caller caller, Guid? runId, CancellationToken ct)
    {
        var listener = new Listener();
        _ = listener.Take(core.Feed.Subscribe(caller, runId, ct));
        return listener;
    }

    private static string Short(LiveMessage message) =>
        $"{message.Event} {message.Data.GetProperty("state").GetString()}";

    /// <summary>Takes messages down as they come.</summary>
    private sealed class Listener
    {
        public List<LiveMessage> Heard { get; } = [];

        public bool HasLeft { get; private set; }

        public async Task Take(IAsyncEnumerable<LiveMessage> messages)
        {
            try
            {
                await foreach (var message in messages)
                {
                    Heard.Add(message);
                }
            }
            catch (OperationCanceledException)
            {
                HasLeft = true;
            }
        }
    }
}
