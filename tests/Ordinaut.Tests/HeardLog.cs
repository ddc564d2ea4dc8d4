using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ordinaut.Tests;

/// <summary>What one part of a running program tells its log.</summary>
internal sealed class HeardLog(string category) : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public static HeardLog Of<T>(OrdinautApp app)
    {
        var heard = new HeardLog(typeof(T).FullName!);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(heard);
        return heard;
    }

    /// <summary>What it told since it was last asked.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = new List<string>();
        while (_lines.TryDequeue(out var line))
        {
            taken.Add(line);
        }

        return taken;
    }

    public ILogger CreateLogger(string categoryName) => new Ear(categoryName == category ? _lines : null);

    public void Dispose() { }

    private sealed class Ear(ConcurrentQueue<string>? lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => lines is not null;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => lines?.Enqueue(formatter(state, exception));
    }
}
