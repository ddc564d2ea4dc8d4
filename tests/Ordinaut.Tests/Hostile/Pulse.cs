namespace Ordinaut.Tests.Hostile;

/// <summary>
/// How long the machine lets somebody wait who only wants to run: a thread that sleeps, and sees how late it wakes.
/// What it measures is the processor's share, which server, clients and neighbours take from each other.
/// </summary>
internal sealed class Pulse : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(5);

    private readonly Lock _turn = new();
    private readonly Thread _thread;
    private List<double> _late = [];
    private volatile bool _isOver;

    public Pulse()
    {
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The milliseconds of each beat since the last call.</summary>
    public IReadOnlyList<double> Take()
    {
        lock (_turn)
        {
            var taken = _late;
            _late = [];
            return taken;
        }
    }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_isOver)
        {
            var began = TimeProvider.System.GetTimestamp();
            Thread.Sleep(Beat);
            var late = TimeProvider.System.GetElapsedTime(began) - Beat;
            lock (_turn)
            {
                _late.Add(late.TotalMilliseconds);
            }
        }
    }
}
