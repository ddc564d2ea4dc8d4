using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;

namespace Ordinaut.Tests.Pipelines;

public sealed class PlaygroundStories
{
    [Theory]
    [InlineData("""{"pipeline":[{"id":"a","uses":"debug.ech"}]}""", "/pipeline/0/uses")]
    [InlineData("""{"params":3,"pipeline":[{"id":"a","uses":"debug.echo"}]}""", "/params")]
    [InlineData("""{"payload":{"pipeline":[{"id":"a","uses":"debug.ech"}]}}""", "/payload/pipeline/0/uses")]
    [InlineData("""{"params":{"x":1},"pipeline":[{"id":"a","uses":"debug.echo","with":{"v":"${params.x}"}}]}""", null)]
    public void A_pipeline_is_checked_as_a_payload_or_by_itself(string request, string? finding) =>
        Story.Play(async core =>
        {
            var result = await core.Playground.Check(core.Ann, Json.Read<CheckPipeline>(request));

            Assert.Equal(finding is null, result.Valid);
            Assert.Equal(finding, result.Findings.Select(f => f.Pointer).FirstOrDefault());
        });

    [Theory]
    [InlineData("a.b", "2")]
    [InlineData("a.b > `1`", "true")]
    [InlineData("a.b > 1", "true")]
    [InlineData("@.a", """{"b":2}""")]
    [InlineData("${a}", """{"b":2}""")]
    [InlineData("b is ${a.b}, not $${a.b}", "\"b is 2, not ${a.b}\"")]
    [InlineData("${now}", "\"2027-01-04T00:00:00Z\"")]
    [InlineData("${now+24h}", "\"2027-01-05T00:00:00Z\"")]
    [InlineData("now+24h", "\"2027-01-05T00:00:00Z\"")]
    [InlineData("${default(c, 'none')}", "\"none\"")]
    [InlineData("c", "null")]
    public void An_expression_is_evaluated_as_pipelines_do(string expression, string value) =>
        Story.Play(core =>
        {
            var request = new EvaluateExpression(expression, Json.Parse("""{"a":{"b":2}}"""));

            Assert.Equal(value, core.Playground.Evaluate(core.Ann, request).Result.GetRawText());
            return Task.CompletedTask;
        });

    [Theory]
    [InlineData("${c}", "There is no c")]
    [InlineData("${a", "never closed")]
    [InlineData("a[", "")]
    [InlineData("a >> 1", "")]
    public void An_expression_that_is_wrong_is_refused(string expression, string why) =>
        Story.Play(core =>
        {
            var request = new EvaluateExpression(expression, Json.Parse("{}"));

            var problem = Assert.Throws<Problem>(() => core.Playground.Evaluate(core.Ann, request));

            Assert.Equal("/expression", Assert.Single(problem.Errors).Pointer);
            Assert.Contains(why, problem.Message, StringComparison.Ordinal);
            return Task.CompletedTask;
        });
}
