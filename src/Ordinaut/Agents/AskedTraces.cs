namespace Ordinaut.Agents;

/// <summary>
/// Whose word counts that a trace is kept: that of callers who are let in, so often a second each. The flag costs a
/// caller nothing and the collector a span, which pushes out another's.
/// </summary>
internal sealed class AskedTraces(TimeProvider clock)
{
    /// <summary>Traces a second that one agent, or address without a token, has kept at its word.</summary>
    public const int PerSecond = 10;

    private readonly RateLimit _limit = new("traces", PerSecond, clock, shared: null);

    /// <summary>Has the request at work here kept, if its caller said so and did not say so too often.</summary>
    public async ValueTask Keep(Guid caller)
    {
        if (Tracing.IsHeld && await IsLet(caller))
        {
            Tracing.Release();
        }
    }

    public async ValueTask<bool> IsLet(Guid caller) => (await _limit.Take(caller)).IsLet;
}
