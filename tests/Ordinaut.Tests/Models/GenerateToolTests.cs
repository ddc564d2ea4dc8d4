using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Models;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Models;

public sealed class GenerateToolTests
{
    private const string Wanted = """
        {"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}
        """;

    private const string Structured = $$"""{"instruction":"Count","data":["a","b"],"schema":{{Wanted}} }""";

    [Fact]
    public async Task Instruction_and_data_go_apart_and_the_answer_has_its_price()
    {
        await using var house = await ModelHouse.Open();
        house.Says("Two “words” ü", 1_000, 200);

        var output = await house.Ask("""{"instruction":"Count","data":{"w":["ü","b"]}}""").Output();

        var sent = house.Server.Only;
        Assert.Equal(("POST", "/v1/chat/completions"), (sent.Method, sent.Target));
        Assert.Equal("Bearer " + ModelHouse.ApiKey, sent.Headers["Authorization"]);
        Assert.Equal(ToolCalls.Key, sent.Headers["Idempotency-Key"]);
        Assert.Equal(
            """
            {"model":"small-1","messages":[{"role":"system","content":"Count"},
            {"role":"user","content":"{\"w\":[\"ü\",\"b\"]}"}],"max_tokens":4096}
            """.ReplaceLineEndings(""),
            sent.Text
        );
        // 1,000 tokens at 2 and 200 at 10.5 for a million.
        Assert.Equal(
            """
            {"text":"Two “words” ü","model":"small-1","finish_reason":"stop","usage":{"input_tokens":1000,
            "output_tokens":200,"cost":0.0041,"currency":"USD","price_version":"2027-03"}}
            """.ReplaceLineEndings(""),
            output.GetRawText()
        );
        Assert.Equal(1_200, await house.SpentToday());
    }

    [Fact]
    public async Task Messages_go_as_they_are_and_an_unpriced_model_has_no_cost()
    {
        await using var house = await ModelHouse.Open();
        house.Says("Hi");

        var output = await house
            .Ask(
                """
                {
                  "messages": [{"role": "user", "content": "Hello"}],
                  "model": "large-1", "max_tokens": 7.0, "temperature": 0.5
                }
                """
            )
            .Output();

        Assert.Equal(
            """
            {"model":"large-1","messages":[{"role":"user","content":"Hello"}],"max_tokens":7,"temperature":0.5}
            """,
            house.Server.Only.Text
        );
        Assert.Equal(JsonValueKind.Null, output.GetProperty("usage").GetProperty("cost").ValueKind);
    }

    [Theory]
    [InlineData("""{"n":2}""")]
    [InlineData("```json\n{\"n\": 2}\n```")]
    [InlineData("\n ```\n{\"n\":2}``` ")]
    public async Task An_answer_that_meets_the_schema_is_json(string said)
    {
        await using var house = await ModelHouse.Open();
        house.Says(said);

        var output = await house.Ask(Structured).Output();

        Assert.Equal(2, output.GetProperty("json").GetProperty("n").GetInt32());
        var format = Assert.Single(house.Questions()).GetProperty("response_format");
        Assert.Equal("json_schema", format.GetProperty("type").GetString());
        Assert.Equal(Wanted, format.GetProperty("json_schema").GetProperty("schema").GetRawText());
    }

    [Theory]
    [InlineData("""{"n":"two"}""", "stop", "/n")]
    [InlineData("""{"n":1,"n":2}""", "stop", "not JSON")]
    [InlineData("Two.", "stop", "not JSON")]
    [InlineData("``````", "stop", "not JSON")]
    [InlineData("""{"n":2}""", "length", "cut off")]
    public async Task A_wrong_answer_gets_one_more_try_in_which_the_model_hears_why(
        string wrong,
        string reason,
        string told
    )
    {
        await using var house = await ModelHouse.Open();
        house.Says(wrong, 100, 20, reason);
        house.Says("""{"n":2}""", 150, 10);

        var output = await house.Ask(Structured).Output();

        Assert.Equal("""{"n":2}""", output.GetProperty("json").GetRawText());
        Assert.Equal(250, output.GetProperty("usage").GetProperty("input_tokens").GetInt32());
        Assert.Equal(30, output.GetProperty("usage").GetProperty("output_tokens").GetInt32());
        Assert.Equal(280, await house.SpentToday());
        var messages = house.Questions()[1].GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(wrong, messages[2].GetProperty("content").GetString());
        Assert.Contains(told, messages[3].GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Equal(ToolCalls.Key + "-repair", house.Server.Requests.Last().Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task Twice_wrong_is_a_failure_and_nobody_asks_a_third_time()
    {
        await using var house = await ModelHouse.Open();
        house.Says("no");
        house.Says("""{"n":"still no"}""");
        house.Says("""{"n":2}""");

        var failure = await house.Ask(Structured).Failure();

        Assert.Equal(("schema_mismatch", false), (failure.Code, failure.Retryable));
        Assert.Contains("/n", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, house.Server.Requests.Count);
    }

    [Theory]
    [InlineData("""{"instruction":"x","schema":{"type":"nonsense"}}""", "/schema")]
    [InlineData("""{"instruction":"x","model":"other"}""", "/model")]
    [InlineData("""{"instruction":"x","messages":[{"role":"user","content":"y"}]}""", "It")]
    [InlineData("""{"data":1,"messages":[{"role":"user","content":"y"}]}""", "instruction")]
    [InlineData("""{"messages":[{"role":"tool","content":"y"}]}""", "/messages/0/role")]
    [InlineData("""{"instruction":"x","max_tokens":0}""", "/max_tokens")]
    [InlineData("""{"instruction":"x","max_tokens":131073}""", "/max_tokens")]
    [InlineData("""{"instruction":"x","temperature":2.1}""", "/temperature")]
    [InlineData("""{"instruction":"x","url":"http://elsewhere.example"}""", "url")]
    public async Task A_wrong_input_is_pointed_at_and_asks_nobody(string input, string pointedAt)
    {
        await using var house = await ModelHouse.Open();

        var failure = await house.Ask(input).Failure();

        Assert.Equal("input_invalid", failure.Code);
        Assert.Contains(pointedAt, failure.Message, StringComparison.Ordinal);
        Assert.Empty(house.Server.Requests);
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    [InlineData(302, false)]
    public async Task A_refusal_costs_nothing_waits_as_asked_and_never_shows_the_key(int status, bool retryable)
    {
        await using var house = await ModelHouse.Open();
        var body = $$$"""{"error":{"message":"Not with {{{ModelHouse.ApiKey}}}"}}""";
        house.Answers(status, "Retry-After: 7\r\nLocation: http://169.254.169.254/\r\n", body);

        var failure = await house.Ask("""{"instruction":"x"}""").Failure();

        Assert.Equal(("model_status", retryable), (failure.Code, failure.Retryable));
        Assert.Equal(retryable ? TimeSpan.FromSeconds(7) : null, failure.RetryAfter);
        Assert.DoesNotContain(ModelHouse.ApiKey, failure.Message, StringComparison.Ordinal);
        Assert.Contains(status == 401 ? "llm_api_key" : "Not with ***", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, await house.SpentToday());
        Assert.Single(house.Server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"choices":{}}""")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[1]}""")]
    [InlineData("""{"choices":[{"message":null}]}""")]
    [InlineData("""{"choices":[{"message":{"content":1}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"\ud800"}}]}""")]
    public async Task An_answer_that_is_none_is_a_failure(string body)
    {
        await using var house = await ModelHouse.Open();
        house.Answers(200, "", body);

        var failure = await house.Ask("""{"instruction":"x"}""").Failure();

        Assert.Equal(("answer_invalid", true), (failure.Code, failure.Retryable));
        // Nobody knows what it cost, so all that was taken stays taken.
        Assert.InRange(await house.SpentToday(), Chat.DefaultMaxTokens, ModelHouse.PerDay);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "usage": null""")]
    [InlineData(""", "usage": {"prompt_tokens": -5, "completion_tokens": 1}""")]
    [InlineData(""", "usage": {"prompt_tokens": 1e30, "completion_tokens": 1}""")]
    [InlineData(""", "usage": {"prompt_tokens": 1000000001, "completion_tokens": 1}""")]
    public async Task A_count_that_cannot_be_believed_leaves_all_that_was_taken(string usage)
    {
        await using var house = await ModelHouse.Open();
        house.Answers(200, "", """{"choices":[{"message":{"content":"Hi"}}]""" + usage + "}");

        var output = await house.Ask("""{"instruction":"x"}""").Output();

        Assert.Equal("Hi", output.GetProperty("text").GetString());
        Assert.InRange(await house.SpentToday(), Chat.DefaultMaxTokens, ModelHouse.PerDay);
    }

    [Fact]
    public async Task A_model_that_declines_is_a_failure_with_a_name()
    {
        await using var house = await ModelHouse.Open();
        house.Answers(200, "", """{"choices":[{"message":{"content":null,"refusal":"I will not."}}]}""");

        Assert.Equal("model_refused", (await house.Ask("""{"instruction":"x"}""").Failure()).Code);
    }

    [Fact]
    public async Task A_flood_is_cut_off()
    {
        await using var house = await ModelHouse.Open();
        house.Says(new string('x', ModelClient.MaxAnswerBytes));

        Assert.Equal("response_too_large", (await house.Ask("""{"instruction":"x"}""").Failure()).Code);
    }

    [Fact]
    public async Task An_endpoint_that_hangs_is_left_after_its_time()
    {
        var clock = new FakeTimeProvider();
        await using var house = await ModelHouse.Open(clock);
        // A body is promised that never comes.
        house.Answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"u8.ToArray());

        var pending = house.Ask("""{"instruction":"x"}""");
        await house.Asked;
        clock.Advance(TimeSpan.FromSeconds(20));

        var failure = await pending.Failure();
        Assert.Equal(("timeout", true), (failure.Code, failure.Retryable));
        Assert.Equal("127.0.0.1 did not answer within 20 s.", failure.Message);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_costs_nothing()
    {
        var gone = new FakeServer("");
        var url = gone.Url;
        await gone.DisposeAsync();
        await using var house = await ModelHouse.Open(url: url);

        var failure = await house.Ask("""{"instruction":"x"}""").Failure();

        Assert.Equal(("connect_failed", true, 0L), (failure.Code, failure.Retryable, await house.SpentToday()));
    }

    [Fact]
    public async Task What_may_cost_more_than_is_left_is_not_asked()
    {
        await using var house = await ModelHouse.Open();

        var failure = await house.Ask($$"""{"instruction":"x","max_tokens":{{ModelHouse.PerDay}}}""").Failure();

        Assert.Equal(("budget", false), (failure.Code, failure.Retryable));
        Assert.Contains("llm_daily_tokens", failure.Message, StringComparison.Ordinal);
        Assert.Empty(house.Server.Requests);
    }

    [Fact]
    public async Task Without_a_model_the_tool_says_what_is_missing()
    {
        foreach (var tool in GenerateTool.All(null))
        {
            var failure = await tool.Run("""{"instruction":"x"}""").Failure();
            Assert.Equal(("not_configured", false), (failure.Code, failure.Retryable));
        }

        Assert.Equal(["llm.generate", "llm.plan"], GenerateTool.All(null).Select(tool => tool.Description.Name));
    }

    [Fact]
    public void Settings_print_without_their_key() =>
        Assert.Equal(
            "http://a.example/v1",
            new ModelSettings(new Uri("http://a.example/v1"), ModelHouse.ApiKey) { Names = [] }.ToString()
        );
}
