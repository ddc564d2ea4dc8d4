using System.Globalization;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using Ordinaut.Tools;

namespace Ordinaut.Hosting;

/// <summary>
/// The log as a collector gets it: the lines of standard error, with the same fields (<see cref="JsonLines"/>) and as
/// clean of secrets. The library would send whatever a scope holds, so it is given no scopes and no exceptions.
/// </summary>
internal sealed class OtlpLog(OpenTelemetryLoggerProvider collector, Redactor redactor)
    : ILoggerProvider,
        ISupportExternalScope
{
    private readonly OpenTelemetryLoggerProvider _collector = collector;
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public static void Add(IServiceCollection services, OrdinautOptions options)
    {
        services.Configure<OpenTelemetryLoggerOptions>(log =>
        {
            var resource = ResourceBuilder.CreateDefault();
            OtlpSettings.Describe(resource, options);
            log.SetResourceBuilder(resource);
            log.IncludeFormattedMessage = true;
            log.AddProcessor(new HastyLogs(new OtlpLogExporter(OtlpSettings.Exporter(options, "v1/logs"))));
        });
        services.AddSingleton<ILoggerProvider>(provider => new OtlpLog(
            new OpenTelemetryLoggerProvider(provider.GetRequiredService<IOptionsMonitor<OpenTelemetryLoggerOptions>>()),
            provider.GetRequiredService<Redactor>()
        ));
    }

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void Dispose() => _collector.Dispose();

    private object Clean(object value) =>
        value is int or long or double ? value : Clean(Convert.ToString(value, CultureInfo.InvariantCulture)!);

    private string Clean(string text) => redactor.Clean(text);

    private sealed class Line(OtlpLog log, string category) : ILogger
    {
        private readonly ILogger _collector = log._collector.CreateLogger(category);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var message = log.Clean(formatter(state, exception));
            var fields = JsonLines
                .FieldsOf(category, state, log._scopes)
                .Select(field => KeyValuePair.Create(field.Key, (object?)log.Clean(field.Value)))
                .ToList();
            if (exception is not null)
            {
                fields.Add(KeyValuePair.Create("exception.stacktrace", (object?)log.Clean(exception.ToString())));
            }

            var name = new EventId(eventId.Id, JsonLines.EventOf(category, eventId, message));
            _collector.Log(logLevel, name, fields, null, (_, _) => message);
        }
    }
}
