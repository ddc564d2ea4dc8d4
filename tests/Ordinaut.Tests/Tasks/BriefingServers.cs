using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Tasks;

/// <summary>What the messenger was sent.</summary>
internal sealed record Delivery(string? IdempotencyKey, string Text);

/// <summary>
/// What the briefing of the README talks to: a calendar, a weather service and a messenger, each an HTTP server on a
/// loopback port of its own.
/// </summary>
internal sealed class BriefingServers : IAsyncDisposable
{
    public const string SamplePath = "samples/morning-briefing.json";

    private readonly List<WebApplication> _servers = [];
    private int _forecasts;

    private BriefingServers() { }

    /// <summary>The README's task, with these servers' addresses in its params.</summary>
    public required JsonObject Sample { get; init; }

    /// <summary><c>host:port</c> of each, as an operator allows them.</summary>
    public string Addresses => string.Join(',', _servers.Select(server => new Uri(server.Urls.Single()).Authority));

    /// <summary>The meetings of a day; one that names the day unless a test says otherwise.</summary>
    public Func<DateOnly, string[]> Meetings { get; set; } = day => [$"Review of {day:dd.MM.}"];

    /// <summary>How likely rain is, in percent.</summary>
    public int Rain { get; set; }

    /// <summary>How often the messenger says that it is busy before it takes a message.</summary>
    public int BusyTimes { get; set; }

    /// <summary>From and until of each question to the calendar.</summary>
    public ConcurrentQueue<(string From, string Until)> Questions { get; } = [];

    /// <summary>What came to the messenger while it was busy.</summary>
    public ConcurrentQueue<Delivery> Refused { get; } = [];

    public ConcurrentQueue<Delivery> Messages { get; } = [];

    public static async Task<BriefingServers> Open()
    {
        var sample = File.ReadAllText(Path.Combine(Repository.Root, SamplePath));
        var servers = new BriefingServers { Sample = JsonNode.Parse(sample)!.AsObject() };
        await servers.Host("calendar", servers.Calendar);
        await servers.Host("weather", servers.Weather);
        await servers.Host("messenger", servers.Messenger);
        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private async Task Host(string name, RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        _servers.Add(server);
        Sample["payload"]!["params"]![name] = server.Urls.Single() + "/" + name;
    }

    private Task Calendar(HttpContext http)
    {
        var (from, until) = (http.Request.Query["from"].Single()!, http.Request.Query["until"].Single()!);
        Questions.Enqueue((from, until));
        var meetings = Meetings(DateOnly.FromDateTime(CoreBundle.At(from).UtcDateTime));
        return http.Response.WriteAsJsonAsync(new { events = meetings.Select(title => new { title }) });
    }

    /// <summary>A degree warmer each time it is asked, so that a message shows which answer it was made from.</summary>
    private Task Weather(HttpContext http) =>
        http.Response.WriteAsJsonAsync(
            new
            {
                sky = "clouds over " + http.Request.Query["city"].Single(),
                celsius = Interlocked.Increment(ref _forecasts),
                rain_percent = Rain,
            }
        );

    private async Task Messenger(HttpContext http)
    {
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(http.Request.Body);
        var key = http.Request.Headers["Idempotency-Key"].SingleOrDefault();
        var isBusy = BusyTimes-- > 0;
        (isBusy ? Refused : Messages).Enqueue(new Delivery(key, body.GetProperty("text").GetString()!));
        http.Response.StatusCode = isBusy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status202Accepted;
    }
}
