using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ordinaut.Tests.Faults;

/// <summary>What a proxy does with what it is to pass on.</summary>
internal enum Weather
{
    Fair,

    /// <summary>Nothing arrives and nobody is told, as behind a firewall that drops.</summary>
    Drop,

    /// <summary>Connections are cut and none is taken.</summary>
    Reject,

    /// <summary>One piece in ten comes late by what a lost packet costs.</summary>
    Lossy,

    /// <summary>Who listens for notifications hears none; all else passes.</summary>
    Deaf,
}

/// <summary>A TCP proxy on loopback between a node and its database, with weather; it takes no privilege.</summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    /// <summary>The least that TCP waits before it sends a lost packet again.</summary>
    private static readonly TimeSpan Retransmission = TimeSpan.FromMilliseconds(200);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Lock _turn = new();
    private readonly Random _random = new(Campaign.Seed);
    private readonly int _target;
    private volatile Weather _weather;

    public ChaosProxy(int target)
    {
        _target = target;
        _listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Pieces that came late.</summary>
    public int Late { get; private set; }

    /// <summary>Connections that were made deaf.</summary>
    public int Deafened { get; private set; }

    public Weather Weather
    {
        get => _weather;
        set
        {
            _weather = value;
            if (value == Weather.Reject)
            {
                Cut();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Cut();
        _stop.Dispose();
    }

    private void Cut()
    {
        foreach (var client in _open.Keys)
        {
            client.Dispose();
        }
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                _ = Serve(await _listener.AcceptTcpClientAsync(_stop.Token), _stop.Token);
            }
        }
        catch (Exception failure)
            when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy ends.
        }
    }

    private async Task Serve(TcpClient near, CancellationToken stop)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                _open[near] = true;
                if (_weather == Weather.Reject)
                {
                    return;
                }

                await far.ConnectAsync(IPAddress.Loopback, _target, stop);
                near.NoDelay = far.NoDelay = true;
                var deaf = new Deafness();
                var up = Pump(near.GetStream(), far.GetStream(), deaf, isUp: true, stop);
                var down = Pump(far.GetStream(), near.GetStream(), deaf, isUp: false, stop);
                await Task.WhenAny(up, down);
            }
            catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
            {
                // One side has gone: so does the other.
            }
            finally
            {
                _open.TryRemove(near, out _);
            }
        }
    }

    private async Task Pump(NetworkStream from, NetworkStream to, Deafness deaf, bool isUp, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, stop) is > 0 and var read)
            {
                await Weathered(stop);
                if (isUp && _weather == Weather.Deaf && buffer.AsSpan(0, read).IndexOf("listen ordinaut"u8) >= 0)
                {
                    deaf.Answers = 1;
                    Deafened++;
                }

                // The listener still has the answer to its wish; after it, silence.
                if (isUp || deaf.Answers is null || deaf.Answers-- > 0)
                {
                    await to.WriteAsync(buffer.AsMemory(0, read), stop);
                }
            }
        }
        catch (Exception failure)
            when (failure is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection has ended, or the proxy.
        }
    }

    private async ValueTask Weathered(CancellationToken stop)
    {
        if (_weather == Weather.Lossy && IsUnlucky())
        {
            await Task.Delay(Retransmission, stop);
        }

        while (_weather == Weather.Drop)
        {
            await Task.Delay(20, stop);
        }
    }

    private bool IsUnlucky()
    {
        lock (_turn)
        {
            var isUnlucky = _random.Next(10) == 0;
            Late += isUnlucky ? 1 : 0;
            return isUnlucky;
        }
    }

    /// <summary>How many answers a connection still hears; null: all.</summary>
    private sealed class Deafness
    {
        public int? Answers { get; set; }
    }
}
