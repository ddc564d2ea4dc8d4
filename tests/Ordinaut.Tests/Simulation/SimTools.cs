using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Simulation;

/// <summary>What the outside world saw: the effects of every call, counted by idempotency key.</summary>
internal sealed class Sink(World world, Simulation simulation)
{
    private const string SelectLease = "select lease_owner, state, leased_until from queue where run_id = @run_id";

    private readonly Dictionary<string, Guid> _runs = [];
    private readonly Dictionary<string, int> _unsafe = [];
    private readonly HashSet<string> _keyed = [];

    public int Calls { get; private set; }

    public int Repeats { get; private set; }

    public HashSet<Guid> Told { get; } = [];

    /// <summary>A step begins: its node must hold the run's lease now, in the database's eyes.</summary>
    public void Begin(SimNode node, ToolCall call, Effect effect)
    {
        world.AssertThread();
        Calls++;
        var lease = simulation.Read(session =>
            session.First(
                SelectLease,
                row => (Owner: row.TextOrNull(0), State: row.Int(1), Until: row.InstantOrNull(2)),
                ("run_id", call.RunId)
            )
        );
        var held = lease.Owner == node.WorkerName && lease.State == 2;
        if ((!held || lease.Until <= simulation.Now) && !simulation.HasLeapt)
        {
            simulation.Violate($"{node.WorkerName} began a step ({effect}) of run {call.RunId} without its lease");
        }
    }

    public void Effect(ToolCall call, Effect effect)
    {
        Told.Add(call.RunId);
        if (_runs.TryGetValue(call.IdempotencyKey, out var run) && run != call.RunId)
        {
            simulation.Violate($"runs {run} and {call.RunId} share the idempotency key {call.IdempotencyKey}");
        }

        _runs[call.IdempotencyKey] = call.RunId;
        if (effect == Ordinaut.Tools.Effect.Unsafe)
        {
            CountUnsafe(call);
        }
        else if (!_keyed.Add(call.IdempotencyKey))
        {
            Repeats++;
        }
    }

    private void CountUnsafe(ToolCall call)
    {
        var count = _unsafe.GetValueOrDefault(call.IdempotencyKey) + 1;
        _unsafe[call.IdempotencyKey] = count;
        if (count > 1 + simulation.RetriesByPeople(call.RunId))
        {
            simulation.Violate($"the unsafe step {call.IdempotencyKey} of run {call.RunId} took effect {count} times");
        }
    }
}

/// <summary>A tool of one node with a way to misbehave.</summary>
internal sealed class SimTool(
    SimNode node,
    string name,
    Effect effect,
    Func<SimTool, ToolCall, CancellationToken, Task<ToolResult>> act
) : ITool
{
    private static readonly JsonElement AnyObject = Json.Parse("""{"type": "object"}""");
    private static readonly ToolResult Done = Ok("""{"ok": true}""");

    public ToolDescription Description { get; } =
        new($"sim.{name}", name, name, AnyObject, AnyObject, effect) { Timeout = TimeSpan.FromSeconds(4) };

    public static IReadOnlyList<ITool> All(SimNode node) =>
        [
            new SimTool(node, "echo", Effect.Idempotent, (_, _, _) => Task.FromResult(Done)),
            new SimTool(node, "keyed", Effect.Keyed, (tool, call, ct) => tool.Take(call, 0.8, ct)),
            new SimTool(node, "unsafe", Effect.Unsafe, (tool, call, ct) => tool.Take(call, 1, ct)),
            new SimTool(node, "flaky", Effect.Keyed, (tool, call, ct) => tool.Stumble(call, ct)),
            new SimTool(node, "slow", Effect.Keyed, (tool, call, ct) => tool.TakeLong(call, ct)),
            new SimTool(node, "slow-unsafe", Effect.Unsafe, (tool, call, ct) => tool.TakeLong(call, ct)),
            new SimTool(node, "late", Effect.Keyed, (tool, call, _) => tool.TakeLong(call, CancellationToken.None)),
            new SimTool(node, "poison", Effect.Keyed, (tool, _, _) => tool.Die()),
            new SimTool(node, "check", Effect.Idempotent, (tool, _, ct) => tool.Look(ct)),
        ];

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        if (node.Strand.IsDead)
        {
            await Strand.Never();
        }

        if (Description.Name != "sim.check")
        {
            node.Simulation.Sink.Begin(node, call, effect);
        }

        return await act(this, call, ct);
    }

    private static ToolResult.Ok Ok(string json) => new ToolResult.Ok(Json.Parse(json));

    private World World => node.Simulation.World;

    private bool Suffers(Faults fault, double share) => node.Simulation.Strikes(fault) && World.Chance(share);

    /// <summary>The effect first, then the wait: a crash in between leaves an effect that nobody recorded.</summary>
    private async Task<ToolResult> Take(ToolCall call, double seconds, CancellationToken ct)
    {
        node.Simulation.Sink.Effect(call, effect);
        await Wait(seconds, ct);
        return Done;
    }

    private async Task<ToolResult> TakeLong(ToolCall call, CancellationToken ct)
    {
        var fault = ct.CanBeCanceled ? Faults.ToolTimeout : Faults.LateSuccess;
        await Wait(Suffers(fault, 0.3) ? 8 : 1.5, ct);
        node.Simulation.Sink.Effect(call, effect);
        return Done;
    }

    private async Task<ToolResult> Stumble(ToolCall call, CancellationToken ct)
    {
        await Wait(0.3, ct);
        if (Suffers(Faults.ToolRetryable, 0.4))
        {
            TimeSpan? after = World.Chance(0.3) ? TimeSpan.FromSeconds(World.Random.Next(1, 6)) : null;
            node.Simulation.Count(Faults.ToolRetryable);
            return new ToolResult.Failed("http_status", "503", Retryable: !World.Chance(0.1), after);
        }

        return await Take(call, 0.1, ct);
    }

    private async Task<ToolResult> Die()
    {
        if (node.Simulation.Strikes(Faults.Poison))
        {
            node.Simulation.Count(Faults.Poison);
            node.Die();
            await Strand.Never();
        }

        return Done;
    }

    private async Task<ToolResult> Look(CancellationToken ct)
    {
        await Wait(0.2, ct);
        return Suffers(Faults.ToolRetryable, 0.1)
            ? new ToolResult.Failed("http_status", "500", Retryable: true)
            : Ok(World.Chance(0.4) ? """{"ok": true}""" : """{"ok": false}""");
    }

    private Task Wait(double seconds, CancellationToken ct) =>
        Task.Delay(World.UpTo(TimeSpan.FromSeconds(seconds)), node.Clock, ct);
}
