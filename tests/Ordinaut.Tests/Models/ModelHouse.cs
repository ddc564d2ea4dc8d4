using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Models;
using Ordinaut.Store;
using Ordinaut.Tests.Store;
using Ordinaut.Tests.Tools;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Models;

/// <summary><c>llm.generate</c> with an endpoint on loopback that says what it is told to.</summary>
internal sealed class ModelHouse : IAsyncDisposable
{
    public const string ApiKey = "sk-loud-and-secret";
    public const string Model = "small-1";
    public const int PerDay = 20_000;

    public const string Prices = """
        {"version": "2027-03", "currency": "USD", "models": {"small-1": {"input": 2, "output": 10.5}}}
        """;

    private readonly TestFolder _folder = new();
    private readonly ConcurrentQueue<byte[]> _answers = [];
    private readonly TaskCompletionSource _asked = new();
    private Db _db = null!;
    private ModelClient _client = null!;

    private ModelHouse() =>
        Server = new FakeServer(_ =>
        {
            _asked.TrySetResult();
            return _answers.TryDequeue(out var next) ? next : [];
        });

    public FakeServer Server { get; }

    public TokenBudget Budget { get; private set; } = null!;

    public ITool Tool { get; private set; } = null!;

    /// <param name="clock">Of the question's time limit.</param>
    public static async Task<ModelHouse> Open(TimeProvider? clock = null, string? url = null)
    {
        var house = new ModelHouse();
        house._db = await house._folder.Open();
        house.Budget = new TokenBudget(house._db, new TokenLimits(PerDay));
        var settings = new ModelSettings(new Uri(url ?? house.Server.Url + "v1"), ApiKey)
        {
            Names = [Model, "large-1"],
            Timeout = TimeSpan.FromSeconds(20),
            Prices = ModelPrices.Read(Encoding.UTF8.GetBytes(Prices)),
        };
        house._client = new ModelClient(
            settings,
            EgressNetwork.Real,
            clock ?? TimeProvider.System,
            NullLogger<Egress>.Instance
        );
        house.Tool = GenerateTool.All(new ModelDesk(settings, house._client, house.Budget))[0];
        return house;
    }

    /// <summary>The endpoint will say this in its next answer.</summary>
    public void Says(string text, int inputTokens = 100, int outputTokens = 20, string reason = "stop") =>
        Answers(200, "Content-Type: application/json\r\n", Completion(text, inputTokens, outputTokens, reason));

    public void Answers(int status, string headers, string body) =>
        _answers.Enqueue(FakeServer.Answer(status, headers, body));

    public void Answers(byte[] wire) => _answers.Enqueue(wire);

    public Task<ToolResult> Ask(string input) => Tool.Run(input);

    public Task<long> SpentToday() => Budget.Today(Guid.Empty);

    /// <summary>Ends when a first question has arrived.</summary>
    public Task Asked => _asked.Task;

    /// <summary>The questions as they arrived.</summary>
    public List<JsonElement> Questions() => [.. Server.Requests.Select(request => JsonElement.Parse(request.Text))];

    public static string Completion(string text, int inputTokens, int outputTokens, string reason) =>
        $$$"""
            {
              "id": "c1", "object": "chat.completion", "model": "small-1-2027",
              "choices": [{
                "index": 0, "finish_reason": "{{{reason}}}",
                "message": {"role": "assistant", "content": "{{{JsonEncodedText.Encode(text)}}}"}
              }],
              "usage": {"prompt_tokens": {{{inputTokens}}}, "completion_tokens": {{{outputTokens}}}}
            }
            """;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _client.Dispose();
        _db.Dispose();
        _folder.Dispose();
    }
}
