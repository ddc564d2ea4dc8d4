using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Hosting;
using Ordinaut.Nodes;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Hosting;

/// <summary>What a log line says, and which lines there are.</summary>
public sealed partial class LogTests
{
    private readonly FakeTimeProvider _clock = new(CoreBundle.At("2027-01-04T00:00:00Z"));

    [Fact]
    public void A_line_has_the_event_whose_work_it_was_and_what_is_on_the_list()
    {
        var (run, task, agent) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        using var span = new Activity("work").Start();
        var scopes = new LoggerExternalScopeProvider();
        using var outer = scopes.Push(Pairs(("RequestId", "r-1"), ("RequestPath", "/secret")));
        using var inner = scopes.Push(
            new LogScope
            {
                AgentId = agent,
                TaskId = task,
                RunId = run,
            }
        );

        var line = Line("Ordinaut.Runs.Worker", "run.crashed: run x", scopes, ("Epoch", 7L), ("Payload", "secret"));

        Assert.Equal(
            [
                "time=2027-01-04T00:00:00+00:00",
                "level=warning",
                "event=run.crashed",
                "category=Ordinaut.Runs.Worker",
                "message=run.crashed: run x",
                $"trace_id={span.TraceId}",
                $"span_id={span.SpanId}",
                "request_id=r-1",
                $"agent_id={agent}",
                $"task_id={task}",
                $"run_id={run}",
                "epoch=7",
            ],
            line
        );
    }

    [Fact]
    public void What_a_library_logs_has_no_fields_of_its_own() =>
        Assert.DoesNotContain("path=/secret", Line("Microsoft.Kestrel", "odd", null, ("Path", "/secret")));

    [Fact]
    public async Task Every_message_of_ours_begins_with_its_name_has_its_values_on_the_list_and_is_documented()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/telemetry.md"));
        var wrong = new List<string>();
        foreach (var (file, text) in Repository.Texts.Where(IsProduct).Select(source => (source.Path, source.Text)))
        {
            foreach (Match found in Message().Matches(text))
            {
                var attribute = found.Value;
                var name = JsonLines.EventOf(
                    new EventId(0, EventName().Match(attribute).Groups[1].Value),
                    Text().Match(attribute).Groups[1].Value.Replace("{Loop}", "loop", StringComparison.Ordinal)
                );
                if (name is null || !page.Contains($"`{name}`", StringComparison.Ordinal))
                {
                    wrong.Add($"{file}: {name ?? attribute} is not documented");
                }

                wrong.AddRange(
                    Hole()
                        .Matches(attribute)
                        .Select(hole => hole.Groups[1].Value)
                        .Where(hole => !JsonLines.Fields.ContainsKey(hole))
                        .Select(hole => $"{file}: {hole} of {name} is not on the list")
                );
            }
        }

        Assert.Empty(wrong);
        Assert.Equal("loop.halted", JsonLines.EventOf(default, "loop.halted: gone"));
    }

    [Fact]
    public void Every_part_that_logs_can_be_asked_for_more() =>
        Assert.Equal(
            typeof(Serve)
                .Assembly.GetTypes()
                .SelectMany(type => type.GetConstructors())
                .SelectMany(constructor => constructor.GetParameters())
                .Select(parameter => parameter.ParameterType)
                .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ILogger<>))
                .Select(type => type.GenericTypeArguments[0].Namespace!.Split('.')[1])
                .Distinct()
                .Order(StringComparer.Ordinal),
            LogLevels.Parts.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void A_part_s_level_goes_before_that_of_all_and_both_end_by_themselves()
    {
        var levels = new LogLevels(LogLevel.Warning, _clock);
        Assert.Equal("- warning", Heard(levels, "Ordinaut.Runs.Worker"));

        levels.Take([
            new("Runs", LogLevel.Debug, _clock.GetUtcNow() + TimeSpan.FromMinutes(1)),
            new("all", LogLevel.Error, _clock.GetUtcNow() + TimeSpan.FromMinutes(2)),
        ]);

        Assert.Equal("debug information warning", Heard(levels, "Ordinaut.Runs.Worker"));
        Assert.Equal("-", Heard(levels, "Ordinaut.Tasks.Scheduler"));
        _clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.Equal("debug information warning", Heard(levels, "Ordinaut.Runs.Worker"));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("-", Heard(levels, "Ordinaut.Runs.Worker"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("- warning", Heard(levels, "Ordinaut.Runs.Worker"));
    }

    [Fact]
    public void Libraries_are_not_heard_below_warning_whoever_asks()
    {
        var levels = new LogLevels(LogLevel.Debug, _clock);
        levels.Take([new("all", LogLevel.Debug, _clock.GetUtcNow() + TimeSpan.FromMinutes(1))]);

        Assert.Equal("debug information warning", Heard(levels, "Ordinaut.Runs.Worker"));
        Assert.Equal("- warning", Heard(levels, "Microsoft.AspNetCore.Hosting.Diagnostics"));
        Assert.Equal("- warning", Heard(new LogLevels(LogLevel.Debug, _clock), "Microsoft.AspNetCore.Hosting"));
    }

    private static bool IsProduct(TextFile file) =>
        file.Path.StartsWith("src/", StringComparison.Ordinal) && file.Path.EndsWith(".cs", StringComparison.Ordinal);

    private static string Heard(LogLevels levels, string category)
    {
        LogLevel[] all = [LogLevel.Debug, LogLevel.Information, LogLevel.Warning];
        var heard = all.Where(level => levels.Lets(category, level)).Select(level => $"{level}".ToLowerInvariant());
        var text = string.Join(' ', heard);
        return text.StartsWith("debug", StringComparison.Ordinal) ? text : $"- {text}".Trim();
    }

    private string[] Line(
        string category,
        string message,
        IExternalScopeProvider? scopes,
        params (string Name, object? Value)[] state
    )
    {
        using var written = new StringWriter();
        new JsonLines(_clock).Write(
            new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
                LogLevel.Warning,
                category,
                new EventId(1, "Crashed"),
                Pairs(state),
                null,
                (_, _) => message
            ),
            scopes,
            written
        );
        return [.. Json.Parse(written.ToString()).EnumerateObject().Select(field => $"{field.Name}={field.Value}")];
    }

    private static IReadOnlyList<KeyValuePair<string, object?>> Pairs(params (string Name, object? Value)[] pairs) =>
        [.. pairs.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))];

    [GeneratedRegex(@"\[LoggerMessage\((?:[^""\]]|""[^""]*"")*\)\]")]
    private static partial Regex Message();

    [GeneratedRegex(@"EventName = ""([^""]+)""")]
    private static partial Regex EventName();

    [GeneratedRegex(@"(?<!EventName = )""([^""]+)""")]
    private static partial Regex Text();

    [GeneratedRegex(@"\{(\w+)(?::[^}]*)?\}")]
    private static partial Regex Hole();
}
