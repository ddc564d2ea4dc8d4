using Microsoft.Extensions.Logging;

namespace Ordinaut.Tests.Tools;

/// <summary>Keeps what was logged, as an operator would read it.</summary>
internal sealed class RecordedLog<T> : ILogger<T>
{
    public List<(LogLevel Level, string? Name, string Text, Exception? Crash)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Entries.Add((logLevel, eventId.Name, formatter(state, exception), exception));
}
