using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

/// <summary>A node that does nothing but hear and tell.</summary>
internal sealed record Listener(Db Db, Signals Signals, PostgresBell Ringer) : IDisposable
{
    public static async Task<Listener> Start(PostgresSettings settings)
    {
        var db = await Db.Open(settings, TimeProvider.System);
        var signals = new Signals(TimeProvider.System);
        var ringer = new PostgresBell(settings, db, signals, TimeProvider.System, NullLogger<PostgresBell>.Instance);
        await ringer.StartAsync(CancellationToken.None);
        await ringer.Listening.Task;
        return new Listener(db, signals, ringer);
    }

    public void Dispose()
    {
        Ringer.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        Ringer.Dispose();
        Db.Dispose();
    }
}
