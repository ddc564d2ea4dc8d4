using System.Collections.Concurrent;

namespace Ordinaut.Agents;

/// <summary>
/// Slows down guessing: after too many failed logins for one id, a person's are not looked at for a while, and an
/// agent's are told so (but for the right one).
/// </summary>
internal sealed class LoginBackoff(TimeProvider clock)
{
    /// <summary>
    /// Failed logins of a person or an agent within <see cref="Window"/>. A person's next one is refused unseen; an
    /// agent's, if it is wrong, is told to wait (docs/security.md#keys).
    /// </summary>
    public const int MaxFailures = 10;

    /// <summary>
    /// The most ids watched; when full, watching starts over, which costs an attacker 10,000 ids a round.
    /// </summary>
    public const int Capacity = 10_000;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Failures> _failures = new();

    /// <summary>Throws a <see cref="ProblemKind.TooMany"/> problem while the id is slowed down.</summary>
    public void Check(Guid agentId)
    {
        if (!_failures.TryGetValue(agentId, out var failures))
        {
            return;
        }

        var left = Window - clock.GetElapsedTime(failures.Since);
        if (failures.Count >= MaxFailures && left > TimeSpan.Zero)
        {
            throw new Problem(
                ProblemKind.TooMany,
                $"There were {MaxFailures} failed logins under this name within a minute; wait before the next one."
            )
            {
                RetryAfter = left,
            };
        }
    }

    public void Failed(Guid agentId)
    {
        if (_failures.Count >= Capacity)
        {
            _failures.Clear();
        }

        _failures.AddOrUpdate(agentId, _ => new Failures(1, clock.GetTimestamp()), (_, seen) => Next(seen));
    }

    public void Succeeded(Guid agentId) => _failures.TryRemove(agentId, out _);

    private Failures Next(Failures seen) =>
        clock.GetElapsedTime(seen.Since) < Window
            ? seen with
            {
                Count = seen.Count + 1,
            }
            : new Failures(1, clock.GetTimestamp());

    private sealed record Failures(int Count, long Since);
}
