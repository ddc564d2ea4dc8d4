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
        Story.Play(core =>
        {
            var result = core.Playground.Check(core.Ann, Json.Read<CheckPipeline>(request));

            Assert.Equal(finding is null, result.Valid);
            Assert.Equal(finding, result.Findings.Select(f => f.Pointer).FirstOrDefault());
            return Task.CompletedTask;
        });
}
