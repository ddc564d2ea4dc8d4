using Ordinaut.Http;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Http;

public sealed class CursorTests
{
    private static readonly Guid Agent = Guid.Parse("00000000-0000-7000-8000-000000000001");

    [Fact]
    public void A_cursor_comes_back_as_it_went() =>
        Assert.Equal("1/ä", Cursors.Open("runs", Agent, Cursors.Seal("runs", Agent, "1/ä")));

    [Fact]
    public void A_cursor_of_another_list_or_agent_is_refused()
    {
        var cursor = Cursors.Seal("runs", Agent, "1");

        Assert.Throws<Problem>(() => Cursors.Open("tasks", Agent, cursor));
        Assert.Throws<Problem>(() => Cursors.Open("runs", Guid.Empty, cursor));
    }

    [Theory]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("abc")]
    [InlineData("%%%%")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Any_other_text_is_refused(string text) =>
        Assert.Equal(ProblemKind.Malformed, Assert.Throws<Problem>(() => Cursors.Open("runs", Agent, text)).Kind);
}

public sealed class MadeUpCursorStories
{
    [Theory]
    [InlineData("tasks", "/tasks", "")]
    [InlineData("tasks", "/tasks", "x")]
    [InlineData("runs", "/runs", "00000000-0000-0000-0000-00000000000g")]
    [InlineData("agents", "/agents", "99999999999999999999")]
    [InlineData("occurrences", "/tasks/{id}/occurrences", "")]
    [InlineData("occurrences", "/tasks/{id}/occurrences", "no slash")]
    [InlineData("occurrences", "/tasks/{id}/occurrences", "yesterday/")]
    [InlineData("occurrences", "/tasks/{id}/occurrences", "9223372036854775807/")]
    public async Task A_cursor_with_the_right_tag_and_a_wrong_position_is_refused(
        string list,
        string path,
        string position
    )
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        const string Task = """
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.echo"}]}}
            """;
        var task = await admin.Post<TaskView>("/tasks", Task, 201);
        var cursor = Cursors.Seal(list, admin.AgentId, position);

        var at = path.Replace("{id}", task.Id.ToString(), StringComparison.Ordinal);
        var problem = await admin.Refused(400, "GET", $"{at}?cursor={cursor}");

        Assert.Contains("next_cursor", problem.Detail, StringComparison.Ordinal);
    }
}

public sealed class ETagTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("*", null)]
    [InlineData("\"3\"", 3L)]
    [InlineData(" \"12\" ", 12L)]
    public void If_match_names_a_version(string header, long? version) => Assert.Equal(version, ETags.IfMatch(header));

    [Theory]
    [InlineData("3")]
    [InlineData("W/\"3\"")]
    [InlineData("\"x\"")]
    [InlineData("\"\"")]
    [InlineData("\"1\", \"2\"")]
    public void Other_texts_are_refused(string header) => Assert.Throws<Problem>(() => ETags.IfMatch(header));

    [Theory]
    [InlineData("\"3\"", true)]
    [InlineData("W/\"3\"", true)]
    [InlineData("\"2\", \"3\"", true)]
    [InlineData("*", true)]
    [InlineData("\"2\"", false)]
    public void If_none_match_knows_a_version(string header, bool known) =>
        Assert.Equal(known, ETags.IsKnown(header, ETags.Of(3)));
}
