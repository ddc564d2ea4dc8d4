using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Ordinaut.Hosting;

/// <summary>
/// A log line as one JSON object (<c>docs/telemetry.md</c>): when, how severe, the event's stable name, whose work it
/// was, the trace it belongs to, and of the line's own values those that are on a list. What a library logs has no
/// fields of its own, for nobody looked at them.
/// </summary>
internal sealed partial class JsonLines(TimeProvider clock) : ConsoleFormatter(Lines)
{
    public const string Lines = "lines";

    private const string Ours = "Ordinaut.";

    /// <summary>The values that become fields, by their names in messages.</summary>
    public static readonly FrozenDictionary<string, string> Fields = new[]
    {
        "RequestId",
        "AgentId",
        "TaskId",
        "RunId",
        "MonitorId",
        "Epoch",
        "Attempt",
        "State",
        "Worker",
        "Loop",
        "Reason",
        "Method",
        "Route",
        "Path",
        "Status",
        "Milliseconds",
        "Host",
        "Address",
        "Port",
        "Server",
        "Source",
        "Stream",
        "Tool",
        "Command",
        "Code",
        "Words",
        "What",
        "About",
        "LeftOut",
        "Number",
        "Told",
        "Hash",
        "NotAfter",
        "App",
        "Caller",
        "Part",
        "Level",
    }.ToFrozenDictionary(name => name, JsonNamingPolicy.SnakeCaseLower.ConvertName);

    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var fields = FieldsOf(logEntry.Category, logEntry.State, scopeProvider);
        var buffer = new ArrayBufferWriter<byte>();
        using (var line = new Utf8JsonWriter(buffer))
        {
            line.WriteStartObject();
            line.WriteString("time", clock.GetUtcNow());
            line.WriteString("level", logEntry.LogLevel.ToString().ToLowerInvariant());
            line.WriteString("event", EventOf(logEntry.Category, logEntry.EventId, message));
            line.WriteString("category", logEntry.Category);
            line.WriteString("message", message);
            WriteTrace(line);
            foreach (var (name, value) in fields)
            {
                WriteField(line, name, value);
            }

            if (logEntry.Exception is { } exception)
            {
                line.WriteString("exception", exception.ToString());
            }

            line.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>Whose work a line is about, and those of its own values that are on the list, by field.</summary>
    public static Dictionary<string, object> FieldsOf(string category, object? state, IExternalScopeProvider? scopes)
    {
        var fields = new Dictionary<string, object>();
        scopes?.ForEachScope(Gather, fields);
        if (IsOurs(category))
        {
            Gather(state, fields);
        }

        return fields;
    }

    /// <summary>The stable name of what happened; of a library's line the name that it was given.</summary>
    public static string? EventOf(string category, EventId id, string message) =>
        IsOurs(category) ? EventOf(id, message) : id.Name;

    /// <summary>The name that a message begins with, or that it was given.</summary>
    public static string? EventOf(EventId id, string message) =>
        id.Name?.Contains('.', StringComparison.Ordinal) == true ? id.Name
        : Beginning().Match(message) is { Success: true } name ? name.Value
        : null;

    private static bool IsOurs(string category) => category.StartsWith(Ours, StringComparison.Ordinal);

    /// <summary>What is nearer to the line stands in the place of what is around it.</summary>
    private static void Gather(object? around, Dictionary<string, object> fields)
    {
        if (around is not IEnumerable<KeyValuePair<string, object?>> values)
        {
            return;
        }

        foreach (var (name, value) in values)
        {
            if (value is not null && Fields.TryGetValue(name, out var field))
            {
                fields[field] = value;
            }
        }
    }

    private static void WriteTrace(Utf8JsonWriter line)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } span)
        {
            line.WriteString("trace_id", span.TraceId.ToHexString());
            line.WriteString("span_id", span.SpanId.ToHexString());
        }
    }

    private static void WriteField(Utf8JsonWriter line, string name, object value)
    {
        switch (value)
        {
            case int number:
                line.WriteNumber(name, number);
                break;
            case long number:
                line.WriteNumber(name, number);
                break;
            case double number:
                line.WriteNumber(name, number);
                break;
            default:
                line.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    [GeneratedRegex(@"^[a-z_]+(\.[a-z_]+)+(?=[: ]|$)")]
    private static partial Regex Beginning();
}
