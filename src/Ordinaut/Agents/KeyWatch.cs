namespace Ordinaut.Agents;

/// <summary>Loop: takes over keys that other nodes made, and makes one when the newest is past its time.</summary>
internal sealed class KeyWatch(
    SigningKeys keys,
    KeyRotation rotation,
    Signals signals,
    TimeProvider clock,
    ILogger<KeyWatch> log
) : BackgroundService
{
    /// <summary>How old what a node knows of the keys may be.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(log, "keys"), Interval, clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        var changed = signals.Keys.Next();
        await keys.Refresh();
        await rotation.RotateWhenDue();
        await signals.Keys.Wait(changed, Interval, ct);
    }
}
