using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Agents;
using Ordinaut.Http;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Http;

public sealed class RefusalLogTests
{
    private static readonly Problem Refused = Problem.Forbidden("No.", "tasks:read");

    private readonly FakeTimeProvider _clock = new();
    private readonly RecordedLog<RefusalLog> _log = new();

    [Fact]
    public void Who_lacked_what_where_is_told_and_nothing_of_the_path()
    {
        var http = Request("/tasks/{id}", "/tasks/tok_secret\r\nforged");
        http.Features.Set(new Caller(Guid.Parse("00000000-0000-0000-0000-00000000000a"), Scope.None));

        new RefusalLog(_clock, _log).Note(http, Refused);

        var text = Assert.Single(_log.Entries).Text;
        Assert.StartsWith(
            "access.refused: Forbidden GET /tasks/{id} scope 'tasks:read'",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "agent '00000000-0000-0000-0000-00000000000a' from 203.0.113.9",
            text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ProblemKind.Unauthenticated), 1)]
    [InlineData(nameof(ProblemKind.Forbidden), 1)]
    [InlineData(nameof(ProblemKind.TooMany), 1)]
    [InlineData(nameof(ProblemKind.NotFound), 0)]
    [InlineData(nameof(ProblemKind.Invalid), 0)]
    public void Mistakes_are_no_refusals(string kind, int lines)
    {
        new RefusalLog(_clock, _log).Note(
            Request("/tasks", "/tasks"),
            new Problem(Enum.Parse<ProblemKind>(kind), "No.")
        );

        Assert.Equal(lines, _log.Entries.Count);
    }

    [Fact]
    public void Of_a_flood_it_tells_the_first_and_how_many_there_were()
    {
        var refusals = new RefusalLog(_clock, _log);
        for (var i = 0; i < RefusalLog.PerSecond + 5; i++)
        {
            refusals.Note(Request("/tasks", "/tasks"), Refused);
        }

        Assert.Equal(RefusalLog.PerSecond, _log.Entries.Count);
        _clock.Advance(TimeSpan.FromSeconds(1));
        refusals.Note(Request("/tasks", "/tasks"), Refused);
        refusals.Note(Request("/tasks", "/tasks"), Refused);

        Assert.EndsWith("; 5 more before it", _log.Entries[^2].Text, StringComparison.Ordinal);
        Assert.EndsWith("; 0 more before it", _log.Entries[^1].Text, StringComparison.Ordinal);
    }

    private static DefaultHttpContext Request(string route, string path)
    {
        var http = new DefaultHttpContext { TraceIdentifier = "r1" };
        http.Request.Method = "GET";
        http.Request.Path = path;
        http.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("203.0.113.9");
        http.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(route), 0, null, null));
        return http;
    }
}
