using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Trace;
using Ordinaut.Agents;
using Ordinaut.Hosting;
using Ordinaut.Runs;
using Ordinaut.Tests.ToolSources;
using Ordinaut.Tools;

namespace Ordinaut.Tests;

/// <summary>What spans say, to whom, and what they cost; beside no test that has a collector.</summary>
[Collection(nameof(Alone))]
public sealed class TracingTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void While_nobody_listens_nothing_is_made_and_nothing_allocated()
    {
        var run = Run("""{"trace":"x"}""");
        Assert.False(Tracing.IsOn);
        Work(run);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Work(run);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, """{"params":{"a":1}}""", """{"params":{"a":1}}""")]
    [InlineData(Parent, null, "{\"trace\":\"" + Parent + "\"}")]
    [InlineData(Parent, """{"params":{"a":1}}""", "{\"trace\":\"" + Parent + "\",\"params\":{\"a\":1}}")]
    public void A_run_s_input_names_who_asked_for_it(string? asker, string? own, string? input)
    {
        Assert.Equal(input, RunTrace.Input(asker, own));
        Assert.Equal(asker, RunTrace.Asker(input));
        // Who asks for it again stands in the place of who asked before.
        Assert.Equal(own, RunTrace.Input(null, input));
    }

    [Fact]
    public void A_trace_is_known_by_what_it_is_of_and_sampled_alike_everywhere()
    {
        var ids = new Ids(TimeProvider.System, new Random(7));
        var runs = Enumerable.Range(0, 10_000).Select(_ => ids.Next()).ToList();
        var (here, there) = (new AskedOrRatioSampler(0.1), new AskedOrRatioSampler(0.1));

        var kept = runs.Where(id => IsKept(here, Tracing.TraceOf(id))).ToList();

        Assert.Equal(runs.Count, runs.Select(Tracing.TraceOf).Distinct().Count());
        Assert.Equal(kept, runs.Where(id => IsKept(there, Tracing.TraceOf(id))));
        // Ids of one millisecond are alike at their beginning; what is kept is a tenth of them none the less.
        Assert.InRange(kept.Count, 850, 1_150);
    }

    [Theory]
    [InlineData("01", true)]
    [InlineData("00", false)]
    public void What_a_kept_trace_asked_for_is_kept(string flags, bool isKept)
    {
        Assert.True(ActivityContext.TryParse(Parent[..^2] + flags, null, isRemote: true, out var asker));

        Assert.Equal(
            isKept,
            IsKept(new AskedOrRatioSampler(0), ActivityTraceId.CreateRandom(), new ActivityLink(asker))
        );
    }

    [Fact]
    public void Of_a_trace_that_is_not_kept_no_span_is_made_and_the_sampler_says_the_same()
    {
        using var listener = Listen();
        var ids = new Ids(TimeProvider.System, new Random(7));
        var runs = Enumerable.Range(0, 1_000).Select(_ => ids.Next()).ToList();
        var sampler = new AskedOrRatioSampler(0.1);
        (Tracing.Ratio, Tracing.LetsAsked) = (0.1, () => true);
        try
        {
            var begun = runs.Where(id => Begins(id, asker: null)).ToList();

            Assert.Equal(runs.Where(id => IsKept(sampler, Tracing.TraceOf(id))), begun);
            Assert.All(runs, id => Assert.True(Begins(id, Parent)));
            Assert.Equal(begun, runs.Where(id => Begins(id, Parent[..^2] + "00")));
            Assert.Null(Tracing.Step("a", 1));
            Assert.Null(Tracing.Call("a.b", leaves: true));
        }
        finally
        {
            Tracing.Ratio = 1;
        }
    }

    [Fact]
    public void What_a_kept_trace_asks_for_is_kept_up_to_a_limit_and_what_the_ratio_keeps_beyond_it()
    {
        using var listener = Listen();
        var ids = new Ids(TimeProvider.System, new Random(7));
        var runs = Enumerable.Range(0, 1_000).Select(_ => ids.Next()).ToList();
        var left = Tracing.MaxAsked;
        (Tracing.Ratio, Tracing.LetsAsked) = (0.1, () => left-- > 0);
        try
        {
            var byRatio = runs.Count(id => Begins(id, asker: null));

            Assert.Equal(byRatio + Tracing.MaxAsked, runs.Count(id => Begins(id, Parent)));
            Assert.Equal(byRatio, runs.Count(id => Begins(id, Parent)));
        }
        finally
        {
            (Tracing.Ratio, Tracing.LetsAsked) = (1, () => true);
        }
    }

    /// <summary>Anyone can write the flag: it counts for callers who are let in, and not each time.</summary>
    [Fact]
    public async Task A_caller_s_word_counts_so_often_a_second_for_each_and_for_nobody_before_the_gate()
    {
        using var listener = Listen();
        var clock = new FakeTimeProvider();
        var traces = new AskedTraces(clock);
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());

        Assert.False(await IsKept(null));
        for (var i = 0; i < AskedTraces.PerSecond; i++)
        {
            Assert.True(await IsKept(one));
        }

        Assert.False(await IsKept(one));
        Assert.True(await IsKept(other));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await IsKept(one));

        async Task<bool> IsKept(Guid? caller)
        {
            using var span = Tracing.Served("tools/call", "a", TraceContext.Read(Parent, null))!;
            Tracing.Hold();
            Assert.False(span.Recorded);
            if (caller is { } known)
            {
                await traces.Keep(known);
            }

            // What it calls, and what is linked to it, is told the same.
            Assert.Equal(span.Recorded ? span.Id : null, Tracing.Current);
            Assert.EndsWith(span.Recorded ? "-01" : "-00", Tracing.Outgoing.Parent);
            return span.Recorded;
        }
    }

    private static bool Begins(Guid id, string? asker)
    {
        using var span = Tracing.Root("run", ActivityKind.Consumer, id, asker);
        return span is not null;
    }

    [Fact]
    public void What_is_not_on_the_list_is_taken_from_a_span_and_a_code_that_is_no_word_is_not_told()
    {
        using var listener = Listen();
        using var root = Tracing.Root("run", ActivityKind.Consumer, Guid.AllBitsSet, null);
        using var span = Tracing.Call("a.b", leaves: true)!;
        span.SetTag("url.path", "/hooks/secret");
        Tracing.Fail(span, "Wrong: secret");

        new AttributeFilter().OnEnd(span);

        Assert.Equal(
            ["error.type=_OTHER", "gen_ai.operation.name=execute_tool", "gen_ai.tool.name=a.b"],
            span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Order()
        );
        Assert.Null(span.StatusDescription);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_code_is_told_up_to_a_length(int length, bool isTold)
    {
        using var listener = Listen();
        using var root = Tracing.Root("run", ActivityKind.Consumer, Guid.AllBitsSet, null);
        using var span = Tracing.Step("a", 1)!;
        var code = new string('a', length);

        Tracing.Fail(span, code);

        Assert.Equal(isTold ? code : "_OTHER", span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task An_MCP_server_gets_the_span_of_the_call_with_the_call()
    {
        using var listener = Listen();
        using var root = Tracing.Root("run", ActivityKind.Consumer, Guid.AllBitsSet, null);
        await using var fake = new FakeMcpServer().Offers(FakeMcpServer.Tool("look"));
        var meta = "";
        fake.Call = request =>
        {
            meta = request.GetProperty("_meta").ToString();
            return """{"content": []}""";
        };
        await using var live = fake.Live();
        var look = await live.LookNow();
        var call = new ToolCall(Json.Parse("{}"), Guid.Empty, Guid.Empty, "key");
        using var span = Tracing.Call("fake.look", leaves: true)!;
        span.TraceStateString = "vendor=1";

        await live.Call(look.Offers["look"], Effect.Keyed, call, TestContext.Current.CancellationToken);

        var told = Json.Parse(meta);
        Assert.Equal(span.Id, told.GetProperty("traceparent").GetString());
        Assert.Equal("vendor=1", told.GetProperty("tracestate").GetString());
        Assert.False(told.TryGetProperty("baggage", out _));
    }

    private static void Work(QueuedRun run)
    {
        using var ran = RunTrace.Begin(run);
        using var step = Tracing.Step("a", 1);
        using var call = Tracing.Call("a.b", leaves: true);
        Tracing.Fail(call, "failed");
        RunTrace.End(ran, Ended);
        RunTrace.Fired([], default);
        Assert.Null(Tracing.Current);
        Assert.Null(Tracing.Outgoing.Parent);
    }

    private static readonly RunOutcome Ended = new RunOutcome.Succeeded();

    private static QueuedRun Run(string input) =>
        new()
        {
            Id = Guid.AllBitsSet,
            TaskId = Guid.AllBitsSet,
            OwnerId = Guid.AllBitsSet,
            TaskVersion = 1,
            Trigger = Trigger.Manual,
            OccurrenceKey = "",
            ScheduledFor = default,
            Priority = 5,
            Due = default,
            Slot = Guid.AllBitsSet,
            SlotLimit = 1,
            Input = input,
        };

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static bool IsKept(Sampler sampler, ActivityTraceId trace, params ActivityLink[] links) =>
        sampler.ShouldSample(new SamplingParameters(default, trace, "run", ActivityKind.Consumer, null, links)).Decision
        == SamplingDecision.RecordAndSample;
}
