using System.Text.Json;
using Ordinaut.Pipelines;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Pipelines;

public sealed class PipelineCheckTable
{
    private static readonly Dictionary<string, ToolDescription> Tools = new[]
    {
        Tool("debug.echo", "{}"),
        Tool(
            "http.request",
            """
            {"type":"object","required":["url"],"additionalProperties":false,"properties":{
              "url":{"type":"string","minLength":1},"method":{"enum":["GET","POST"]},
              "query":{"type":"object","additionalProperties":false,"properties":{"q":{"type":"string"}}},
              "tags":{"type":"array","maxItems":2,"items":{"type":"object","required":["name"]}}}}
            """
        ),
        Tool("weather-mcp.forecast", """{"required":["city"],"properties":{"city":{"type":"string"}}}"""),
        Tool(
            "google-calendar-mcp.list_events",
            """{"required":["start","end"],"additionalProperties":false,"properties":{"start":{"type":"string"},"end":{"type":"string"}}}"""
        ),
        Tool(
            "llm.plan",
            """{"type":"object","required":["instruction"],"properties":{"instruction":{"type":"string"}}}"""
        ),
        Tool(
            "telegram-mcp.send_message",
            """{"required":["chat_id","message"],"properties":{"chat_id":{"type":["integer","string"]},"message":{"type":"string"}}}"""
        ),
        Tool(
            "alt.either",
            """{"oneOf":[{"required":["a"]},{"required":["b"]}],"properties":{"a":{"type":"integer"}}}"""
        ),
        Tool(
            "alt.when",
            """
            {"properties":{"rows":{"items":{"properties":{"k":{"type":"integer"}}}},"pairs":{"prefixItems":[{"type":"integer"},{"type":"string"}]},
              "deep":{"properties":{"n":{"additionalProperties":{"minLength":3}}}}},
             "if":{"required":["mode"],"properties":{"mode":{"const":"full"}}},"then":{"required":["depth"]}}
            """
        ),
    }.ToDictionary(tool => tool.Name);

    /// <summary>Steps of a pipeline with params {"city": "Chisinau", "limit": 3}, and the findings.</summary>
    public static TheoryData<string, string[]> StepFindings =>
        new()
        {
            { """{"id":"a","uses":"debug.echo"}""", [] },
            { """1""", ["/0: a step must be an object, but is a number"] },
            { """{"uses":"debug.echo"}""", ["/0: a step needs an 'id': a letter"] },
            { """{"id":"a"}""", ["/0: a step needs 'uses'"] },
            {
                """{"id":1,"uses":2}""",
                ["/0/id: id must be a string, but is a number", "/0/uses: uses must be a string"]
            },
            { """{"id":"1a","uses":"debug.echo"}""", ["/0/id: id must be a letter, then"] },
            { """{"id":"a b","uses":"debug.echo"}""", ["/0/id: id must be a letter, then"] },
            { """{"id":"","uses":"debug.echo"}""", ["/0/id: id must be a letter, then"] },
            { """{"id":"a","uses":"debug.echo","save_as":"ä"}""", ["/0/save_as: save_as must be a letter, then"] },
            {
                """{"id":"a","uses":"debug.echo"},{"id":"A","uses":"debug.echo"}""",
                ["/1/id: the id 'A' is another step's already"]
            },
            {
                """{"id":"a","uses":"debug.echo","save_as":"x"},{"id":"b","uses":"debug.echo","save_as":"x"}""",
                ["/1/save_as: an earlier step saves its result as 'x' already"]
            },
            {
                """{"id":"a","uses":"debug.echo","save_as":"b"},{"id":"b","uses":"debug.echo"}""",
                ["/1/id: an earlier step saves its result as 'b' already"]
            },
            {
                """{"id":"a","uses":"http.requst"}""",
                ["/0/uses: unknown tool \"http.requst\"; did you mean \"http.request\"?"]
            },
            { """{"id":"a","uses":"zzz"}""", ["/0/uses: unknown tool \"zzz\""] },
            {
                """{"id":"a","uses":"debug.echo","use_s":1}""",
                ["/0/use_s: a step has no member 'use_s'; did you mean \"uses\"?"]
            },
            { """{"id":"a","uses":"debug.echo","uses":"x"}""", ["/0/uses: the step has 'uses' twice; keep one"] },
            { """{"id":"a","uses":"debug.echo","foreach":"params.city","with":{"x":"${item.name} ${item}"}}""", [] },
            { """{"id":"a","uses":"debug.echo","foreach":"${[1,2]}","with":{"x":"${item}"}}""", [] },
            { """{"id":"a","uses":"debug.echo","foreach":[1,"${params.city}"],"with":{"x":"${item}"}}""", [] },
            {
                """{"id":"a","uses":"debug.echo","foreach":{"items":"params.cty","concurrency":33,"on_error":"no","x":1}}""",
                [
                    "/0/foreach/x: a foreach has no member 'x'",
                    "/0/foreach/concurrency: concurrency must be an integer from 1 to 32, but is 33",
                    "/0/foreach/on_error: on_error must be fail or continue",
                    "/0/foreach/items: params.cty is not in params",
                ]
            },
            { """{"id":"a","uses":"debug.echo","foreach":{}}""", ["/0/foreach: foreach needs 'items'"] },
            { """{"id":"a","uses":"debug.echo","foreach":1}""", ["/0/foreach: foreach must be a string"] },
            {
                """{"id":"a","foreach":"params","steps":[{"id":"b","uses":"debug.echo","with":{"x":"${item}"}},{"id":"c","uses":"debug.echo","with":{"x":"${steps.b.x}"}}]}""",
                []
            },
            {
                """{"id":"a","steps":[{"id":"b","uses":"debug.echo"}],"timeout_seconds":3}""",
                [
                    "/0/timeout_seconds: a step with 'steps' has no 'timeout_seconds'",
                    "/0/steps: 'steps' goes with 'foreach'",
                ]
            },
            { """{"id":"a","foreach":"params","steps":[]}""", ["/0/steps: a block is an array of at least one step"] },
            {
                """{"id":"a","parallel":[[{"id":"b","uses":"debug.echo"}],[{"id":"c","uses":"debug.echo","with":{"x":"${steps.b}"}}]]}""",
                ["/0/parallel/1/0/with/x: steps.b is not saved by an earlier step"]
            },
            {
                """{"id":"a","parallel":{"left":[{"id":"a","uses":"debug.echo"}]}}""",
                ["/0/parallel/left/0/id: the id 'a' is another step's"]
            },
            { """{"id":"a","parallel":[]}""", ["/0/parallel: parallel must be an array, or an object, of 1 to 32"] },
            { """{"id":"a","parallel":[1]}""", ["/0/parallel/0: a block is an array of at least one step, but is 1"] },
            {
                """{"id":"a","parallel":[[{"id":"b","uses":"debug.echo"}]],"uses":"debug.echo"}""",
                ["/0/uses: a step with 'parallel' has no 'uses'"]
            },
            { """{"id":"a","wait":"10m"}""", [] },
            { """{"id":"a","wait":{"duration":"PT1H"}}""", [] },
            { """{"id":"a","wait":{"until":"${now+2h}"}}""", [] },
            { """{"id":"a","wait":{"signal":"${params.city}","timeout_seconds":60}}""", [] },
            { """{"id":"a","wait":"soon"}""", ["/0/wait: \"soon\" is not a time to wait: write 90 (seconds)"] },
            { """{"id":"a","wait":{"duration":"400d"}}""", ["/0/wait/duration: \"400d\" is not a time to wait"] },
            { """{"id":"a","wait":{"duration":"P1M"}}""", ["/0/wait/duration: \"P1M\" is not a time to wait"] },
            {
                """{"id":"a","wait":{"duration":1,"until":"x"}}""",
                ["/0/wait: wait needs one of duration, until or signal, but has 2"]
            },
            {
                """{"id":"a","wait":{"until":"${now}","timeout_seconds":60}}""",
                ["/0/wait/timeout_seconds: timeout_seconds says how long a signal"]
            },
            { """{"id":"a","wait":true}""", ["/0/wait: wait must be {\"duration\""] },
            {
                """{"id":"a","uses":"debug.echo","needs":["b"]}""",
                ["/0/needs/0: there is no step \"b\" in this block"]
            },
            { """{"id":"a","uses":"debug.echo","needs":["a"]}""", ["/0/needs/0: a step cannot need itself"] },
            { """{"id":"a","uses":"debug.echo","needs":"b"}""", ["/0/needs: needs must be an array of step ids"] },
            {
                """{"id":"a","uses":"debug.echo","needs":["b"]},{"id":"b","uses":"debug.echo","needs":["a"]}""",
                ["/0/needs: needs leads around in a circle", "/1/needs: needs leads around in a circle"]
            },
            {
                """{"id":"a","uses":"debug.echo","needs":["b"],"with":{"x":"${steps.b.y}"}},{"id":"b","uses":"debug.echo","needs":[]}""",
                []
            },
            {
                """{"id":"a","uses":"debug.echo"},{"id":"b","uses":"debug.echo","needs":[],"with":{"x":"${steps.a.y}"}}""",
                ["/1/with/x: steps.a is not saved by an earlier step"]
            },
            {
                """{"id":"a","uses":"debug.echo","on_error":[{"id":"b","uses":"debug.echo","with":{"x":"${steps.a.error.code}"}}]}""",
                []
            },
            {
                """{"id":"a","uses":"debug.echo","on_error":[]}""",
                ["/0/on_error: a block is an array of at least one step"]
            },
            {
                """{"id":"a","foreach":"params","steps":[{"id":"b","uses":"debug.echo","when_changed":"${item}"}]}""",
                ["/0/steps/0/when_changed: when_changed skips the rest of the run"]
            },
            {
                """{"id":"a","uses":"debug.echo","on_error":"ignore"}""",
                ["/0/on_error: on_error must be fail or continue, but is \"ignore\""]
            },
            { """{"id":"a","uses":"debug.echo","on_error":"continue"}""", [] },
            {
                """{"id":"a","uses":"debug.echo","effect":"safe"}""",
                ["/0/effect: effect must be idempotent or keyed or unsafe"]
            },
            {
                """{"id":"a","uses":"debug.echo","timeout_seconds":0}""",
                ["/0/timeout_seconds: timeout_seconds must be an integer from 1 to 86400, but is 0"]
            },
            { """{"id":"a","uses":"debug.echo","timeout_seconds":1.5}""", ["/0/timeout_seconds: "] },
            { """{"id":"a","uses":"debug.echo","timeout_seconds":1e400}""", ["/0/timeout_seconds: "] },
            {
                """{"id":"a","uses":"debug.echo","max_retries":-1}""",
                ["/0/max_retries: max_retries must be an integer from 0 to 10"]
            },
            {
                """{"id":"a","uses":"debug.echo","max_retries":1,"retry":{"max":2}}""",
                ["/0/retry: max_retries and retry.max say the same"]
            },
            { """{"id":"a","uses":"debug.echo","retry":3}""", ["/0/retry: retry must be an object"] },
            {
                """{"id":"a","uses":"debug.echo","retry":{"max":"3","backof":1,"backoff":"slow"}}""",
                [
                    "/0/retry/backof: a retry has no member 'backof'; did you mean \"backoff\"?",
                    "/0/retry/backoff: retry.backoff must be exponential_jitter or linear or fixed",
                    "/0/retry/max: retry.max must be",
                ]
            },
            {
                """{"id":"a","uses":"debug.echo","output_schema":{"properties":{"x":{"type":"text"}}}}""",
                ["/0/output_schema/properties/x/type: output_schema cannot be used: must be null"]
            },
            {
                """{"id":"a","uses":"debug.echo","output_schema":{"$ref":"http://json-schema.org/draft-07/schema#/x"}}""",
                ["/0/output_schema: output_schema cannot be used"]
            },
            { """{"id":"a","uses":"debug.echo","if":true}""", ["/0/if: if must be a string, but is a boolean"] },
            { """{"id":"a","uses":"debug.echo","if":"params.city =="}""", ["/0/if: "] },
            {
                """{"id":"a","uses":"debug.echo","if":"parms.city"}""",
                ["/0/if: unknown name 'parms'; did you mean \"params\"?"]
            },
            { """{"id":"a","uses":"debug.echo","with":[]}""", ["/0/with: with must be an object, but is an array"] },
            { """{"id":"a","uses":"debug.echo","with":{"x/y":["${1+}"]}}""", ["/0/with/x~1y/0: "] },
            {
                """{"id":"a","uses":"debug.echo","with":{"x":"${params.city}","y":"${oops(params.limit)}","z":"a ${"}}""",
                ["/0/with/y: ", "/0/with/z: "]
            },
            {
                """{"id":"a","uses":"debug.echo","with":{"x":"on ${params.ctiy}"}}""",
                [
                    "/0/with/x: params.ctiy is not in params; did you mean \"city\"?; add it there, or write default(params.ctiy, …) (at character 6)",
                ]
            },
            {
                """{"id":"a","uses":"debug.echo","with":{"x":"${default(params.a, params.b)} ${params.c || params.d}"}}""",
                []
            },
            {
                """{"id":"a","uses":"debug.echo","with":{"x":"${default(params.a, 'x')} ${params.a}"}}""",
                ["/0/with/x: params.a is not in params"]
            },
            { """{"id":"a","uses":"debug.echo","with":{"x":"${@}"}}""", ["/0/with/x: '@' reads all there is"] },
            {
                """{"id":"a","uses":"debug.echo","with":{"x":"${event.payload.x} ${run.id} ${task.title} ${now+24h}"}}""",
                []
            },
            {
                """{"id":"a","uses":"debug.echo","if":"params.city == null || params.city != true"}""",
                [
                    "/0/if: JMESPath takes null for a name; write `null` with its backticks",
                    "/0/if: JMESPath takes true for a name; write `true`",
                ]
            },
            {
                """{"id":"a","uses":"debug.echo","with":{"x":["${secrets.key}","${default(item.a, 1)}"]}}""",
                ["/0/with/x/0: debug.echo takes no secrets", "/0/with/x/1: item is what 'foreach' gives; this step"]
            },
            {
                """{"id":"a","uses":"debug.echo","if":"task.owner == 'x'","with":{"x":"${run.schedled_for} ${run.x || 1}"}}""",
                [
                    "/0/if: task has no 'owner'; it has id, title, version, timezone",
                    "/0/with/x: run has no 'schedled_for'; did you mean \"scheduled_for\"?; it has id",
                ]
            },
            { """{"id":"a","uses":"debug.echo","with":{"x":"$${params.nothing}"}}""", [] },
            {
                """{"id":"a","uses":"debug.echo","with":{"x":"${steps.a.y}"}}""",
                ["/0/with/x: steps.a is not saved by an earlier step; nothing is saved so far"]
            },
            {
                """{"id":"weather","uses":"debug.echo"},{"id":"e","uses":"debug.echo","save_as":"events"},{"id":"b","uses":"debug.echo","if":"steps.wether.x > 1"}""",
                [
                    "/2/if: steps.wether is not saved by an earlier step; did you mean \"weather\"?; saved so far: weather, events",
                ]
            },
            {
                """{"id":"e","uses":"debug.echo","save_as":"events"},{"id":"b","uses":"debug.echo","with":{"x":"${steps.e}"}}""",
                ["/1/with/x: steps.e is not saved by an earlier step; the step 'e' saves its result as 'events'"]
            },
            {
                """{"id":"a","uses":"debug.echo","with":{"x":"${steps.b}"}},{"id":"b","uses":"debug.echo"}""",
                ["/0/with/x: steps.b is not saved by an earlier step"]
            },
            { """{"id":"a","uses":"debug.echo","when_changed":"${steps.a.etag}"}""", [] },
            {
                """{"id":"a","uses":"debug.echo","when_changed":"${steps.b.etag}"}""",
                ["/0/when_changed: steps.b is not saved by an earlier step"]
            },
            {
                """{"id":"a","uses":"debug.echo","when_changed":1}""",
                ["/0/when_changed: when_changed must be a string"]
            },
            { """{"id":"a","uses":"http.request"}""", ["/0/with: with is missing the required member 'url'"] },
            { """{"id":"a","uses":"http.request","with":{"url":"u"}}""", [] },
            {
                """{"id":"a","uses":"http.request","with":{"url":1,"method":"PUT","uri":2}}""",
                [
                    "/0/with/url: with.url must be a string, but is a number",
                    "/0/with/method: with.method must be one of \"GET\", \"POST\"",
                    "/0/with/uri: with.uri is not a known member; known are 'url', 'method'",
                ]
            },
            {
                """{"id":"a","uses":"http.request","with":{"method":"${params.city}"}}""",
                ["/0/with: with is missing the required member 'url'"]
            },
            {
                """{"id":"a","uses":"http.request","with":{"url":"${params.limit}","method":"${params.city}","query":{"p":"${params.city}"}}}""",
                ["/0/with/query/p: with.query.p is not a known member"]
            },
            {
                """{"id":"a","uses":"http.request","with":{"url":"${params.city}","method":"PUT"}}""",
                ["/0/with/method: with.method must be one of"]
            },
            {
                """{"id":"a","uses":"http.request","with":{"url":"","tags":[{"name":"${params.city}"},{},1]}}""",
                [
                    "/0/with/url: with.url must have at least 1",
                    "/0/with/tags: with.tags must have at most 2 items",
                    "/0/with/tags/1: with.tags.1 is missing the required member 'name'",
                    "/0/with/tags/2: with.tags.2 must be an object",
                ]
            },
            {
                """{"id":"a","uses":"alt.either","with":{"c":1}}""",
                ["/0/with: with must match exactly one of 2 alternatives", "/0/with: with is missing"]
            },
            { """{"id":"a","uses":"alt.either","with":{"a":"${params.limit}","b":1}}""", [] },
            {
                """{"id":"a","uses":"alt.when","with":{"mode":"full"}}""",
                ["/0/with: with is missing the required member 'depth'"]
            },
            // What another template decides is not certain, where the schema has a choice.
            { """{"id":"a","uses":"alt.when","with":{"mode":"full","x":"${params.city}"}}""", [] },
            {
                """{"id":"a","uses":"alt.when","with":{"pairs":["1","2"],"x":"${params.city}"}}""",
                ["/0/with/pairs/0: with.pairs.0 must be an integer"]
            },
            {
                """{"id":"a","uses":"alt.when","with":{"rows":[{"k":"s"}],"x":"${params.city}"}}""",
                ["/0/with/rows/0/k: with.rows.0.k must be an integer"]
            },
            { """{"id":"a","uses":"alt.when","with":{"pairs":["${params.city}",2]}}""", ["/0/with/pairs/1: "] },
            {
                """{"id":"a","uses":"alt.when","with":{"deep":{"n":{"items":"${params.city}","x":"ab"}}}}""",
                ["/0/with/deep/n/x: with.deep.n.x must have at least 3"]
            },
            { """{"id":"a","uses":"alt.when","with":{"deep":{"n":{"y":"\u0024{params.city}"}}}}""", [] },
            { """{"id":"a","uses":"http.request","with":{"url":"u","tags":["${params.city}"]}}""", [] },
            { """{"id":"a","uses":"debug.echo","with":{"\ud800":"${params.city}"}}""", ["/0/with: "] },
        };

    [Theory]
    [MemberData(nameof(StepFindings))]
    public void Each_step_tells_all_that_is_wrong_with_it(string steps, string[] expected)
    {
        var (pipeline, findings) = Check($$"""{"params":{"city":"Chisinau","limit":3},"pipeline":[{{steps}}]}""");

        Assert.Equal(expected.Length, findings.Count);
        Assert.All(
            expected.Zip(findings),
            pair => Assert.StartsWith("/payload/pipeline" + pair.First, $"{pair.Second.Pointer}: {pair.Second.Detail}")
        );
        Assert.Equal(expected.Length == 0, pipeline is not null);
    }

    [Theory]
    [InlineData("[]", "/payload", "payload must be an object")]
    [InlineData("{}", "/payload/pipeline", "pipeline must be an array of 1 to 500 steps, but is not one")]
    [InlineData("""{"pipeline":{}}""", "/payload/pipeline", "pipeline must be an array")]
    [InlineData("""{"pipeline":[]}""", "/payload/pipeline", "pipeline must be an array of 1 to 500 steps, but has 0")]
    [InlineData("""{"params":[],"pipeline":[{}]}""", "/payload/params", "params must be an object, but is an array")]
    [InlineData("""{"steps":[],"pipeline":[{}]}""", "/payload/steps", "a payload has no member 'steps'")]
    [InlineData(
        """{"pipline":[{}],"pipeline":[{}]}""",
        "/payload/pipline",
        "a payload has no member 'pipline'; did you mean"
    )]
    public void The_payload_has_a_shape(string payload, string pointer, string said)
    {
        var (pipeline, findings) = Check(payload);

        var finding = Assert.Single(findings);
        Assert.Null(pipeline);
        Assert.Equal(pointer, finding.Pointer);
        Assert.StartsWith(said, finding.Detail);
    }

    [Fact]
    public void The_morning_briefing_works_as_written()
    {
        var (pipeline, findings) = Check(
            """
            {"params":{"city":"Chisinau","chat":12345},
             "pipeline":[
              {"id":"calendar","uses":"google-calendar-mcp.list_events",
               "with":{"start":"${now}","end":"${now+24h}"},"save_as":"events"},
              {"id":"weather","uses":"weather-mcp.forecast","with":{"city":"${params.city}"},"save_as":"weather"},
              {"id":"brief","uses":"llm.plan","save_as":"summary",
               "with":{"instruction":"Create a morning briefing","calendar":"${steps.events}","weather":"${steps.weather}"}},
              {"id":"notify","uses":"telegram-mcp.send_message",
               "with":{"chat_id":12345,"message":"${steps.summary.text}"}}]}
            """
        );

        Assert.Empty(findings);
        Assert.Equal(["calendar", "weather", "brief", "notify"], pipeline!.Steps.Select(step => step.Id));
        Assert.Equal(["events", "weather", "summary", "notify"], pipeline.Steps.Select(step => step.SaveAs));
    }

    [Fact]
    public void The_weather_alert_works_as_written()
    {
        var (pipeline, findings) = Check(
            """
            {"pipeline":[
              {"id":"check","uses":"weather-mcp.forecast","with":{"city":"Chisinau"},"save_as":"weather"},
              {"id":"alert","uses":"telegram-mcp.send_message","if":"steps.weather.temperature > 25",
               "with":{"chat_id":"me","message":"Warm: ${steps.weather.temperature}"}}]}
            """
        );

        Assert.Empty(findings);
        Assert.NotNull(pipeline!.Steps[1].If);
        Assert.Equal("{}", pipeline.Params.GetRawText());
    }

    [Fact]
    public void Every_member_of_a_step_is_read()
    {
        var (pipeline, findings) = Check(
            """
            {"pipeline":[{"id":"a","uses":"debug.echo","with":{"x":1},"if":"now","save_as":"b","timeout_seconds":60,
              "retry":{"max":2,"backoff":"linear"},"on_error":"continue","effect":"unsafe",
              "output_schema":{"type":"object"},"when_changed":"${steps.b.x}"}]}
            """
        );

        Assert.Empty(findings);
        var step = pipeline!.Steps[0];
        Assert.Equal(("a", "b", "debug.echo"), (step.Id, step.SaveAs, step.Uses));
        Assert.Equal((TimeSpan.FromMinutes(1), 2, Backoff.Linear), (step.Timeout, step.MaxRetries, step.Backoff));
        Assert.Equal((OnError.Continue, Effect.Unsafe), (step.OnError, step.Effect));
        Assert.False(step.OutputSchema!.IsValid(JsonElement.Parse("1")));
        Assert.NotNull(step.WhenChanged);
    }

    [Fact]
    public void What_is_not_said_is_left_to_the_task_and_the_tool()
    {
        var step = Check("""{"pipeline":[{"id":"a","uses":"debug.echo","max_retries":0}]}""").Pipeline!.Steps[0];

        Assert.Equal(("a", 0, OnError.Fail), (step.SaveAs, step.MaxRetries, step.OnError));
        Assert.Null(step.Timeout);
        Assert.Null(step.Backoff);
        Assert.Null(step.Effect);
        Assert.Null(step.If);
    }

    [Fact]
    public void A_pipeline_outlives_the_document_it_was_read_from()
    {
        Pipeline? pipeline;
        using (var document = JsonDocument.Parse("""{"params":{"a":1},"pipeline":[{"id":"a","uses":"debug.echo"}]}"""))
        {
            pipeline = PipelineCheck.Check(document.RootElement, Find).Pipeline;
        }

        Assert.Equal(1, pipeline!.Params.GetProperty("a").GetInt32());
    }

    [Fact]
    public void A_tool_with_a_broken_schema_is_told()
    {
        var tool = Tool("a.b", """{"type":"text"}""");
        var payload = JsonElement.Parse("""{"pipeline":[{"id":"a","uses":"a.b"}]}""");

        var finding = Assert.Single(PipelineCheck.Check(payload, _ => tool).Findings);

        Assert.StartsWith("the input schema of a.b cannot be used: /type: must be", finding.Detail);
    }

    [Fact]
    public void Callers_may_narrow_what_expressions_read()
    {
        var payload = JsonElement.Parse("""{"pipeline":[{"id":"a","uses":"debug.echo","with":{"x":"${task.id}"}}]}""");

        var (_, findings) = PipelineCheck.Check(payload, Find, new HashSet<string> { "params" });

        Assert.StartsWith("unknown name 'task'", Assert.Single(findings).Detail);
    }

    [Theory]
    [InlineData("${event.payload.x}", false)]
    [InlineData("${event}", false)]
    [InlineData("${event.payload.x || 'none'}", true)]
    [InlineData("${default(event.payload.x, 'none')}", true)]
    public void A_task_that_no_event_sets_off_reads_none(string text, bool fine)
    {
        var payload = JsonElement.Parse($$"""{"pipeline":[{"id":"a","uses":"debug.echo","with":{"x":"{{text}}"} }]}""");

        var (_, findings) = PipelineCheck.Check(payload, Find, hasEvent: false);

        Assert.Equal(fine, findings.Count == 0);
        Assert.All(findings, finding => Assert.StartsWith("event is null here", finding.Detail));
    }

    [Fact]
    public void Number_of_steps()
    {
        string Steps(int n) => $$"""{"pipeline":[{{string.Join(',', Enumerable.Range(0, n).Select(Step))}}]}""";
        string Step(int i) => $$"""{"id":"s{{i}}","uses":"debug.echo"}""";

        Assert.NotNull(Check(Steps(PipelineLimits.Steps)).Pipeline);
        Assert.Equal("/payload/pipeline", Assert.Single(Check(Steps(PipelineLimits.Steps + 1)).Findings).Pointer);
    }

    [Fact]
    public void Size_of_a_payload()
    {
        string Payload(int bytes)
        {
            var frame = """{"params":{"a":""},"pipeline":[{"id":"a","uses":"debug.echo"}]}""";
            return frame.Replace("\"\"", $"\"{new string('x', bytes - frame.Length)}\"", StringComparison.Ordinal);
        }

        Assert.NotNull(Check(Payload(PipelineLimits.PayloadBytes)).Pipeline);
        var finding = Assert.Single(Check(Payload(PipelineLimits.PayloadBytes + 1)).Findings);
        Assert.Equal("payload has 262145 bytes; at most 262144 are accepted", finding.Detail);
    }

    [Fact]
    public void Depth_of_an_input()
    {
        string Payload(int depth)
        {
            var value = new string('[', depth - 1) + new string(']', depth - 1);
            return """{"pipeline":[{"id":"a","uses":"debug.echo","with":{"x":""" + value + "}}]}";
        }

        Assert.NotNull(Check(Payload(PipelineLimits.WithDepth)).Pipeline);
        var finding = Assert.Single(Check(Payload(PipelineLimits.WithDepth + 1)).Findings);
        Assert.Equal(
            ("/payload/pipeline/0/with", "with is nested deeper than 32 levels"),
            (finding.Pointer, finding.Detail)
        );
    }

    [Theory]
    [InlineData("timeout_seconds", PipelineLimits.TimeoutSeconds)]
    [InlineData("max_retries", PipelineLimits.Retries)]
    public void Numbers_of_a_step(string member, int most)
    {
        string Payload(int value) => """{"pipeline":[{"id":"a","uses":"debug.echo",""" + $"\"{member}\":{value}}}]}}";

        Assert.NotNull(Check(Payload(most)).Pipeline);
        Assert.Equal($"/payload/pipeline/0/{member}", Assert.Single(Check(Payload(most + 1)).Findings).Pointer);
    }

    [Fact]
    public void Length_of_a_name()
    {
        string Payload(int length) => $$"""{"pipeline":[{"id":"{{new string('a', length)}}","uses":"debug.echo"}]}""";

        Assert.NotNull(Check(Payload(PipelineLimits.NameLength)).Pipeline);
        Assert.Equal(
            "/payload/pipeline/0/id",
            Assert.Single(Check(Payload(PipelineLimits.NameLength + 1)).Findings).Pointer
        );
    }

    [Fact]
    public void Number_of_findings()
    {
        string Payload(int n) => $$"""{"pipeline":[{{string.Join(',', Enumerable.Repeat("1", n))}}]}""";

        Assert.Equal(PipelineLimits.Findings, Check(Payload(PipelineLimits.Findings)).Findings.Count);
        Assert.Equal(PipelineLimits.Findings, Check(Payload(PipelineLimits.Findings + 1)).Findings.Count);
    }

    [Theory]
    [InlineData("http.requst", "http.request")]
    [InlineData("htpt.request", "http.request")]
    [InlineData("HTTP.Request", "http.request")]
    [InlineData("pul", "pull")]
    [InlineData("pusx", "push")]
    [InlineData("pu", null)]
    [InlineData("zzpusx", null)]
    [InlineData("htpt.reqest", "http.request")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_suggested(string name, string? expected) =>
        Assert.Equal(expected, Nearest.Of(name, ["http.get", "http.request", "push", "pull"]));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_longer_name_is_compared_with_none(int length, bool isCompared) =>
        Assert.Equal(isCompared, Nearest.Of(new string('x', length), [new string('x', length - 1)]) is not null);

    [Theory]
    [InlineData(99, true)]
    [InlineData(100, false)]
    public void A_name_is_compared_with_the_first_hundred(int before, bool isCompared) =>
        Assert.Equal(isCompared, Nearest.Of("abcdef", [.. Enumerable.Repeat("zzzzzz", before), "abcdeg"]) is not null);

    [Fact]
    public void Hostile_payloads_are_findings()
    {
        string[] payloads =
        [
            "{\"pipeline\":[{\"id\":\"\\ud800\",\"uses\":\"\\udc00\",\"\\ud800\":1}]}",
            "{\"pipeline\":[{\"id\":\"a\",\"uses\":\"debug.echo\",\"if\":\"\\ud800\",\"with\":{\"\\ud800\":\"${\\ud800}\"}}]}",
            "{\"params\":{\"\\ud800\":1},\"pipeline\":[null,true,[],\"\",1e400]}",
            $$"""{"pipeline":[{"id":"a","uses":"{{new string('x', 200_000)}}","{{new string('y', 20_000)}}":1}]}""",
            "{\"pipeline\":[{\"id\":\"a\",\"uses\":\"debug.echo\",\"with\":{\"x\":"
                + new string('[', 5_000)
                + new string(']', 5_000)
                + "}}]}",
            "{\"pipeline\":[{\"id\":\"a\",\"uses\":\"debug.echo\",\"output_schema\":"
                + string.Concat(Enumerable.Repeat("{\"not\":", 5_000))
                + "1"
                + new string('}', 5_000)
                + "}]}",
        ];

        Assert.All(
            payloads,
            text =>
            {
                var options = new JsonDocumentOptions { MaxDepth = 20_000 };
                var root = JsonDocument.Parse(text, options).RootElement;
                var (pipeline, findings) = PipelineCheck.Check(root, Find, toolNames: Tools.Keys);
                Assert.Null(pipeline);
                Assert.NotEmpty(findings);
                Assert.All(findings, finding => Assert.True(finding.Detail.Length < 1_000));
            }
        );
    }

    private static (Pipeline? Pipeline, IReadOnlyList<FieldError> Findings) Check(string payload) =>
        PipelineCheck.Check(JsonElement.Parse(payload), Find, toolNames: Tools.Keys);

    private static ToolDescription? Find(string name) => Tools.GetValueOrDefault(name);

    private static ToolDescription Tool(string name, string inputSchema) =>
        new(name, name, name, JsonElement.Parse(inputSchema), JsonElement.Parse("true"), Effect.Keyed);
}
