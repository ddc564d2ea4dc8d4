using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Models;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Http;
using Ordinaut.Tests.Tools;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Models;

/// <summary>An answer that comes in pieces, and who hears how long it is so far.</summary>
public sealed class StreamedAnswerTests
{
    private const string Usage = """data: {"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20}}""";
    private const string Done = "data: [DONE]";

    [Fact]
    public async Task Pieces_become_one_answer_and_its_price()
    {
        await using var house = await ModelHouse.Open();
        house.Answers(200, "", Lines(": hello", Piece("Two “wo"), Piece("rds” ü"), Finish("stop"), Usage, Done));

        var (result, told) = await Ask(house);

        var output = result.Output();
        Assert.Equal("Two “words” ü", output.GetProperty("text").GetString());
        Assert.Equal("stop", output.GetProperty("finish_reason").GetString());
        Assert.Equal(20, output.GetProperty("usage").GetProperty("output_tokens").GetInt32());
        Assert.Equal(120, await house.SpentToday());
        Assert.Equal(7, told[0]);
        var question = Assert.Single(house.Questions());
        Assert.True(question.GetProperty("stream").GetBoolean());
        Assert.True(question.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
    }

    [Fact]
    public async Task An_endpoint_that_answers_in_one_piece_is_understood()
    {
        await using var house = await ModelHouse.Open();
        house.Says("Hi");

        var (result, told) = await Ask(house);

        Assert.Equal("Hi", result.Output().GetProperty("text").GetString());
        Assert.Empty(told);
    }

    [Theory]
    [InlineData("", "answer_invalid")]
    [InlineData("data: nonsense", "answer_invalid")]
    [InlineData("data: []", "answer_invalid")]
    [InlineData("""data: {"error":{"message":"overloaded"}}""", "answer_invalid")]
    [InlineData("""data: {"choices":[{"delta":{"content":"\ud800"}}]}""", "answer_invalid")]
    [InlineData("""data: {"choices":[{"delta":{"refusal":"I will not."}}]}""", "model_refused")]
    public async Task A_stream_that_breaks_off_or_is_none_is_a_failure(string line, string code)
    {
        await using var house = await ModelHouse.Open();
        house.Answers(200, "", Lines("data:{\"choices\":[1]}", line));

        var (result, _) = await Ask(house);

        Assert.Equal(code, result.Failure().Code);
        // Nobody knows what it cost, so all that was taken stays taken.
        Assert.InRange(await house.SpentToday(), Chat.DefaultMaxTokens, ModelHouse.PerDay);
    }

    [Fact]
    public async Task A_refusal_is_told_as_ever()
    {
        await using var house = await ModelHouse.Open();
        house.Answers(429, "Retry-After: 7\r\n", """{"error": {"message": "Too much."}}""");

        var failure = (await Ask(house)).Result.Failure();

        Assert.Equal(("model_status", TimeSpan.FromSeconds(7)), (failure.Code, failure.RetryAfter));
        Assert.Contains("Too much.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, await house.SpentToday());
    }

    [Fact]
    public async Task A_flood_in_one_piece_is_no_answer()
    {
        await using var house = await ModelHouse.Open();
        house.Says(new string('x', ModelClient.MaxAnswerBytes));

        Assert.Equal("answer_invalid", (await Ask(house)).Result.Failure().Code);
    }

    [Fact]
    public async Task A_flood_of_pieces_is_cut_off()
    {
        await using var house = await ModelHouse.Open();
        house.Answers(200, "", Lines(": " + new string('x', ModelClient.MaxStreamBytes)));

        Assert.Equal("response_too_large", (await Ask(house)).Result.Failure().Code);
    }

    [Fact]
    public void The_length_is_told_at_once_and_then_at_a_pace()
    {
        var clock = new FakeTimeProvider();
        var told = new List<long>();
        var stream = new ModelStream(told.Add, clock);

        foreach (var wait in new[] { TimeSpan.Zero, Pace.Interval - TimeSpan.FromTicks(1), TimeSpan.FromTicks(1) })
        {
            clock.Advance(wait);
            // The bytes come as they like, also in the middle of a character.
            Array.ForEach(Encoding.UTF8.GetBytes(Piece("ü") + "\n\n"), one => stream.Hear(new[] { one }));
        }

        Assert.Equal([1, 3], told);
    }

    [Fact]
    public async Task Who_follows_the_run_hears_how_long_the_answer_is()
    {
        await using var server = new FakeServer(_ =>
            FakeServer.Answer(200, "", Lines(Piece("Once"), Piece(" upon"), Finish("stop"), Usage, Done))
        );
        await using var app = await OrdinautApp.Start(configure: options =>
            options with
            {
                LlmUrl = server.Url + "v1",
                LlmModels = "small-1",
            }
        );
        var admin = await app.AsAdmin();
        var task = await admin.Post<TaskView>("/tasks", Asks, 201);
        var run = (await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202)).Id;
        await app.When(admin, run, shown => shown.GetProperty("state").GetString() == "waiting");
        using var hears = await StreamListener.Open(app, admin, $"/runs/{run}/events");
        using var hearsAll = await StreamListener.Open(app, admin, "/stream");

        var approval = Assert.Single((await admin.Get<Page<ApprovalView>>("/approvals")).Items);
        var boss = await app.AsAgent("admin");
        await OrdinautApp.Expect(await boss.Send("POST", $"/approvals/{approval.Id}/approve", "{}"), 200);

        var told = await hears.Rest();
        var grown = told.First(message => message.Event == "progress").Data;
        Assert.Equal(("tell", 4), (grown.GetProperty("step").GetString(), grown.GetProperty("characters").GetInt32()));
        Assert.Equal("run succeeded", told[^1].Short);
        Assert.DoesNotContain(await hearsAll.Until("run succeeded"), message => message.Event == "progress");
        var text = (await app.Finished(admin, run)).GetProperty("output").GetProperty("text").GetString();
        Assert.Equal("Once upon", text);
    }

    private const string Asks = """
        {"title": "Tale", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
         "payload": {"pipeline": [
           {"id": "may", "uses": "approval.request", "with": {"title": "May I?"}},
           {"id": "tell", "uses": "llm.generate", "with": {"instruction": "Tell a tale"}}]}}
        """;

    private static async Task<(ToolResult Result, List<long> Told)> Ask(ModelHouse house)
    {
        var told = new List<long>();
        var call = ToolCalls.With("""{"instruction": "x"}""") with
        {
            Tell = progress => told.Add(progress.Characters!.Value),
        };
        return (await house.Tool.Run(call, TimeProvider.System), told);
    }

    private static string Lines(params string[] lines) => string.Concat(lines.Select(line => line + "\n\n"));

    private static string Piece(string text) =>
        $$"""data: {"choices":[{"index":0,"delta":{"content":"{{JsonEncodedText.Encode(text)}}"} }]}""";

    private static string Finish(string reason) =>
        $$"""data: {"choices":[{"index":0,"delta":{},"finish_reason":"{{reason}}"}]}""";
}
