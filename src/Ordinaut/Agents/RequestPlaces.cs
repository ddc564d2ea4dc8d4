using System.Collections.Concurrent;

namespace Ordinaut.Agents;

/// <summary>
/// How many requests of one agent are worked on at once. More of its own wait behind them; nobody else does, however
/// many they are and however much each of them costs.
/// </summary>
/// <param name="perAgent">The limit; 0 for none.</param>
internal sealed class RequestPlaces(int perAgent, TimeProvider clock)
{
    /// <summary>How many of an agent may wait; the next is refused at once.</summary>
    public const int MaxWaiting = 1_000;

    /// <summary>How long one may wait; 5 s.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>As many as there are agents: only who has a token comes here.</summary>
    private readonly ConcurrentDictionary<Guid, Line> _lines = new();

    public bool IsOn => perAgent > 0;

    /// <summary>Returns when there is a place, which is given back by disposing of it.</summary>
    /// <exception cref="Problem">Too many wait, or it took too long.</exception>
    public async ValueTask<IDisposable> Take(Guid agentId, CancellationToken ct)
    {
        var line = _lines.GetOrAdd(agentId, _ => new Line(perAgent));
        // Who comes while others wait goes behind them.
        if (!line.TryTake())
        {
            await line.Wait(Refusal, clock, ct);
        }

        return line;
    }

    private Problem Refusal()
    {
        Meters.RequestLimited("places");
        return new Problem(
            ProblemKind.TooMany,
            $"At most {perAgent} requests of an agent are worked on at once; send the next when those are answered."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>The requests of one agent; disposing of it gives one place back.</summary>
    private sealed class Line(int places) : IDisposable
    {
        private readonly SemaphoreSlim _free = new(places);
        private int _waiting;

        public bool TryTake() => Volatile.Read(ref _waiting) == 0 && _free.Wait(0);

        public async Task Wait(Func<Problem> refusal, TimeProvider clock, CancellationToken ct)
        {
            try
            {
                if (Interlocked.Increment(ref _waiting) > MaxWaiting)
                {
                    throw refusal();
                }

                using var late = new CancellationTokenSource(Patience, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
                await _free.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw refusal();
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        public void Dispose() => _free.Release();
    }
}
