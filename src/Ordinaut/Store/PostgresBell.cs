#pragma warning disable RS0030 // Listens on a connection that is no session.

using System.Collections.Concurrent;
using Npgsql;

namespace Ordinaut.Store;

/// <summary>
/// Carries wake-ups between nodes by NOTIFY. Only a hint: it is sent after the commit and outside of it (in it, every
/// commit of the cluster would stand in one line), at most every few milliseconds, and who hears nothing polls.
/// </summary>
internal sealed partial class PostgresBell(
    PostgresSettings settings,
    Db db,
    Signals signals,
    TimeProvider clock,
    ILogger<PostgresBell> log
) : BackgroundService
{
    private const string Channel = "ordinaut";
    private const string Listen = $"listen {Channel}";

    // Nobody waits for the disk for the sake of a hint.
    private const string Notify =
        $"select set_config('synchronous_commit', 'off', true), pg_notify('{Channel}', @names)";

    /// <summary>The time between two notifications; what is wanted meanwhile goes together.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan AfterLoss = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, bool> _wanted = new();
    private readonly Signal _rung = new(clock);
    private int _listener;

    /// <summary>Completes when this node hears the others for the first time.</summary>
    public TaskCompletionSource Listening { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var (name, signal) in signals.ByName)
        {
            signal.Heard = () =>
            {
                if (_wanted.TryAdd(name, true))
                {
                    _rung.Set();
                }
            };
        }

        await Task.WhenAll(Repeat(Send, stoppingToken), Repeat(Hear, stoppingToken));
    }

    private async Task Send(CancellationToken ct)
    {
        var rung = _rung.Next();
        if (_wanted.IsEmpty)
        {
            await _rung.Wait(rung, Rest, ct);
        }

        var names = _wanted.Keys.Where(name => _wanted.TryRemove(name, out _)).ToList();
        if (names.Count > 0)
        {
            // A reading connection has no transaction around the statement.
            var text = $"{_listener} {string.Join(' ', names)}";
            await db.Read(session => session.Execute(Notify, ("names", text)));
            await Task.Delay(Pause, clock, ct);
        }
    }

    private async Task Hear(CancellationToken ct)
    {
        await using var source = settings.Direct();
        await using var connection = await source.OpenConnectionAsync(ct);
        connection.Notification += (_, news) => Ring(news.Payload);
        await using (var listen = new NpgsqlCommand(Listen, connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        _listener = connection.ProcessID;
        // What was told while nobody listened is gone: everyone looks once.
        signals.ByName.Values.ToList().ForEach(signal => signal.Ring());
        Listening.TrySetResult();
        while (true)
        {
            await connection.WaitAsync(ct);
        }
    }

    private void Ring(string payload)
    {
        var words = payload.Split(' ');
        if (words[0] == $"{_listener}")
        {
            return;
        }

        foreach (var name in words.Skip(1))
        {
            if (signals.ByName.TryGetValue(name, out var signal))
            {
                signal.Ring();
            }
        }
    }

    private async Task Repeat(Func<CancellationToken, Task> once, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await once(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is Problem or NpgsqlException)
            {
                Log.Silent(log, failure.Message);
                await Task.Delay(AfterLoss, clock, CancellationToken.None);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "bell.silent: {Reason}")]
        public static partial void Silent(ILogger log, string reason);
    }
}
