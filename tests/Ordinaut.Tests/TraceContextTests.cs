using System.Diagnostics;
using Ordinaut.Http;

namespace Ordinaut.Tests;

/// <summary>What is heard of a caller's trace, whatever a caller sends.</summary>
public sealed class TraceContextTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData(TraceContext.MaxState, true)]
    [InlineData(TraceContext.MaxState + 1, false)]
    public void Of_a_caller_s_trace_no_more_is_taken_than_must_be_passed_on(int length, bool isTaken)
    {
        var state = "a=" + new string('1', length - 2);

        Assert.Equal((Parent, isTaken ? state : null), Extract((Parent, state)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("|a.b.c")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x")]
    // Two fields of this name, as the web server has them.
    [InlineData(Parent + "," + Parent)]
    [InlineData(Parent + "\u0000")]
    public void What_is_no_trace_is_not_taken(string parent) => Assert.Equal((null, null), Extract((parent, "a=1")));

    [Fact]
    public void A_huge_one_is_none() =>
        Assert.Equal((null, null), Extract((Parent + new string('-', 30_000), new string('a', 30_000))));

    [Fact]
    public void Control_characters_and_baggage_are_not_taken()
    {
        Assert.Equal((Parent, null), Extract((Parent, "a=\u00e9")));
        Assert.Null(new CallerContext().ExtractBaggage(null, Getter((Parent, "a=1"))));
    }

    private static (string? Parent, string? State) Extract((string Parent, string State) given)
    {
        new CallerContext().ExtractTraceIdAndState(null, Getter(given), out var parent, out var state);
        return (parent, state);
    }

    private static DistributedContextPropagator.PropagatorGetterCallback Getter((string Parent, string State) given) =>
        (object? _, string name, out string? value, out IEnumerable<string>? values) =>
        {
            values = null;
            value = name switch
            {
                "traceparent" => given.Parent,
                "tracestate" => given.State,
                _ => "user=me",
            };
        };
}
