using Microsoft.Extensions.Logging.Console;
using Ordinaut.Nodes;
using Ordinaut.Tools;

namespace Ordinaut.Hosting;

/// <summary>Where the log goes, in what form, and how much of it.</summary>
internal static class Logging
{
    public static void Add(ILoggingBuilder logging, OrdinautOptions options, LogLevels levels)
    {
        // What is written decides the filter alone, each time anew: it may be changed while the server runs.
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter((category, level) => levels.Lets(category, level));
        var isJson = options.LogFormat == "json";
        if (isJson)
        {
            logging.AddConsole().Services.AddSingleton<ConsoleFormatter, JsonLines>();
        }
        else
        {
            logging.AddSimpleConsole(console => console.SingleLine = true);
        }

        logging.Services.AddSingleton<ConsoleFormatter>(provider => new CleanFormatter(
            provider.GetServices<ConsoleFormatter>,
            isJson ? JsonLines.Lines : ConsoleFormatterNames.Simple,
            provider.GetRequiredService<Redactor>()
        ));

        // What keeps the host from starting is thrown, too, and told in a sentence; a loop that dies is critical.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // The library logs what clients do wrong; they are told, and a defect is logged by us with the request's id.
        logging.AddFilter("ModelContextProtocol.Server.McpServer", LogLevel.Critical);

        // Standard output belongs to the one line that says where the server is.
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            console.FormatterName = CleanFormatter.Clean;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
    }
}
