using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace WeatherMcp;

internal static class Tools
{
    public static IMcpServerBuilder Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        var server = services.AddMcpServer().WithTools<Oddities>();
        return configuration["edition"] == "2" ? server.WithTools<LaterForecasts>() : server.WithTools<Forecasts>();
    }
}

internal sealed record Weather(string City, double TemperatureC, string Summary);

internal sealed class Forecasts
{
    [McpServerTool(Name = "forecast", Title = "Forecast", ReadOnly = true, UseStructuredContent = true)]
    [Description("Tells tomorrow's weather in a city.")]
    public static Weather Forecast([Description("The city's name.")] string city) =>
        new(city, 10 + city.Length, city.Length % 2 == 0 ? "sunny" : "rain");
}

internal sealed class LaterForecasts
{
    [McpServerTool(Name = "forecast", Title = "Forecast", ReadOnly = true, UseStructuredContent = true)]
    [Description("Tells the weather in a city on a day to come.")]
    public static Weather Forecast(
        [Description("The city's name.")] string city,
        [Description("How many days ahead; 1 is tomorrow.")] int days = 1
    ) => new(city, 10 + city.Length + days, "cloudy");
}

/// <summary>How tools can behave that are not so simple.</summary>
internal sealed class Oddities
{
    [McpServerTool(Name = "radar", Title = "Radar")]
    [Description("Collects pictures, which takes its time, and tells how far it is.")]
    public static async Task<string> Radar(
        [Description("How many pictures.")] int pictures,
        IProgress<ProgressNotificationValue> progress,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        for (var i = 1; i <= pictures; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, ct);
            progress.Report(new ProgressNotificationValue { Progress = i, Total = pictures });
        }

        return $"{pictures} pictures";
    }

    [McpServerTool(Name = "station", Title = "Station")]
    [Description("Asks a weather station that does not answer.")]
    public static string Station() => throw new McpException("The station is out of order.");

    [McpServerTool(Name = "environment", Title = "Environment")]
    [Description("Lists the names of the variables that this server can see.")]
    public static string[] Environment() =>
        [.. System.Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal)];
}
