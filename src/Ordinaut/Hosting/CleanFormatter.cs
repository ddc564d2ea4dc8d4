using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Ordinaut.Tools;

namespace Ordinaut.Hosting;

/// <summary>Writes log lines as another formatter does, without secrets: what a library throws may hold one.</summary>
/// <param name="formatters">All there are, asked for when the first line is written.</param>
/// <param name="inner">The name of the one that writes.</param>
internal sealed class CleanFormatter(Func<IEnumerable<ConsoleFormatter>> formatters, string inner, Redactor redactor)
    : ConsoleFormatter(Clean)
{
    public const string Clean = "clean";

    private readonly Lazy<ConsoleFormatter> _inner = new(() => formatters().First(one => one.Name == inner));

    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        using var line = new StringWriter();
        _inner.Value.Write(logEntry, scopeProvider, line);
        textWriter.Write(redactor.Clean(line.ToString()));
    }
}
