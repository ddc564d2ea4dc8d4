using System.Text.Json;
using System.Text.Json.Nodes;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests;

/// <summary>RFC 7396, appendix A.</summary>
public sealed class MergePatchTests
{
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void A_patch_does_what_the_standard_says(string target, string patch, string result)
    {
        var merged = MergePatch.Merge(JsonNode.Parse(target), Json.Parse(patch));

        Assert.True(JsonElement.DeepEquals(Json.Parse(result), Json.Parse(merged?.ToJsonString() ?? "null")));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"title\"")]
    public void A_patch_that_is_no_object_is_refused(string patch)
    {
        var problem = Assert.Throws<Problem>(() => MergePatch.Apply(Idle(), Json.Parse(patch)));

        Assert.Equal(ProblemKind.Invalid, problem.Kind);
    }

    [Theory]
    [InlineData("""{"titel": "x"}""")]
    [InlineData("""{"priority": "high"}""")]
    [InlineData("""{"starts_at": "tomorrow"}""")]
    [InlineData("""{"tags": "red"}""")]
    public void A_patch_with_an_unknown_member_or_a_wrong_type_is_refused_as_a_problem(string patch)
    {
        var problem = Assert.Throws<Problem>(() => MergePatch.Apply(Idle(), Json.Parse(patch)));

        Assert.DoesNotContain("System.", problem.Message);
        Assert.DoesNotContain("Ordinaut.", problem.Message);
    }
}
