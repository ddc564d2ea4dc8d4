using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ordinaut.Tests.Faults;

/// <summary>One call that a step made of the world outside.</summary>
/// <param name="At">When it arrived, by this process's clock.</param>
internal sealed record SinkCall(string Kind, Guid Run, string Step, string? Key, DateTimeOffset At)
{
    /// <summary>Whether the caller hung up before it had its answer.</summary>
    public bool IsAborted { get; set; }
}

/// <summary>
/// The world outside: an HTTP server in the test's process that outlives every node and writes down what steps ask of
/// it, at <c>/{kind}/{run}/{step}?hold=milliseconds</c>. Kinds are <c>keyed</c> and <c>unsafe</c>.
/// </summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SinkCall> _calls = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Sink(WebApplication app) => _app = app;

    public IReadOnlyCollection<SinkCall> Calls => _calls;

    public int Port { get; private set; }

    /// <summary>The address under which nodes reach it, as a step's <c>url</c>.</summary>
    public string Url(string kind, string step, int holdMilliseconds = 0, string host = "127.0.0.1") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"http://{host}:{Port}/{kind}/${{run.id}}/{step}?hold={holdMilliseconds}"
        );

    public static async Task<Sink> Start(string address = "127.0.0.1")
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://{address}:0");
        var app = builder.Build();
        var sink = new Sink(app);
        app.Run(sink.Answer);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        sink.Port = new Uri(addresses.Addresses.First().Replace("0.0.0.0", "127.0.0.1")).Port;
        return sink;
    }

    /// <summary>Lets every call that is held have its answer, now and from here on.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Returns when a call has arrived that is later than an instant.</summary>
    public Task HeardAfter(DateTimeOffset at, TimeSpan patience) =>
        Campaign.Until("a call of a step", patience, () => _calls.Any(call => call.At > at));

    public async ValueTask DisposeAsync()
    {
        Release();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(late.Token);
        await _app.DisposeAsync();
    }

    private async Task Answer(HttpContext http)
    {
        var parts = http.Request.Path.Value!.Split('/');
        var key = http.Request.Headers["Idempotency-Key"].FirstOrDefault();
        var call = new SinkCall(parts[1], Guid.Parse(parts[2]), parts[3], key, DateTimeOffset.UtcNow);
        _calls.Enqueue(call);
        var hold = int.Parse(http.Request.Query["hold"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        try
        {
            var time = Task.Delay(hold, http.RequestAborted);
            await await Task.WhenAny(time, _released.Task.WaitAsync(http.RequestAborted));
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("{}", http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            call.IsAborted = true;
        }
    }
}
