using Ordinaut.Pipelines;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Each field at its limit and one past it.</summary>
public sealed class TaskCheckTests
{
    private static readonly TaskInput Fine = Cron("0 9 * * *");

    private static readonly (string Pointer, TaskInput AtLimit, TaskInput Past)[] Limits =
    [
        ("/title", Fine with { Title = Text(TaskCheck.MaxTitle) }, Fine with { Title = Text(TaskCheck.MaxTitle + 1) }),
        ("/title", Fine with { Title = "a" }, Fine with { Title = "" }),
        ("/title", Fine, Fine with { Title = null }),
        ("/title", Fine with { Title = " a" }, Fine with { Title = " \n" }),
        ("/title", Fine with { Title = "a\tb" }, Fine with { Title = "a\0b" }),
        (
            "/description",
            Fine with
            {
                Description = Text(TaskCheck.MaxDescription),
            },
            Fine with
            {
                Description = Text(TaskCheck.MaxDescription + 1),
            }
        ),
        ("/schedule_kind", Fine with { ScheduleKind = "rrule" }, Fine with { ScheduleKind = "CRON" }),
        ("/schedule_kind", Fine, Fine with { ScheduleKind = null }),
        ("/schedule_expr", Fine, Fine with { ScheduleExpr = " " }),
        ("/schedule_expr", Fine, Fine with { ScheduleExpr = null }),
        ("/priority", Fine with { Priority = 1 }, Fine with { Priority = 0 }),
        ("/priority", Fine with { Priority = 9 }, Fine with { Priority = 10 }),
        ("/dedupe_key", Fine with { DedupeKey = Text(100) }, Fine with { DedupeKey = Text(101) }),
        ("/dedupe_key", Fine with { DedupeKey = "k" }, Fine with { DedupeKey = "" }),
        (
            "/dedupe_window_seconds",
            Fine with
            {
                DedupeWindowSeconds = TaskCheck.MaxWindowSeconds,
            },
            Fine with
            {
                DedupeWindowSeconds = TaskCheck.MaxWindowSeconds + 1,
            }
        ),
        ("/dedupe_window_seconds", Fine with { DedupeWindowSeconds = 0 }, Fine with { DedupeWindowSeconds = -1 }),
        ("/max_retries", Fine with { MaxRetries = 0 }, Fine with { MaxRetries = -1 }),
        ("/max_retries", Fine with { MaxRetries = 10 }, Fine with { MaxRetries = 11 }),
        ("/backoff_strategy", Fine with { BackoffStrategy = "linear" }, Fine with { BackoffStrategy = "quadratic" }),
        ("/concurrency_key", Fine with { ConcurrencyKey = Text(100) }, Fine with { ConcurrencyKey = Text(101) }),
        ("/concurrency_limit", Fine with { ConcurrencyLimit = 1 }, Fine with { ConcurrencyLimit = 0 }),
        ("/concurrency_limit", Fine with { ConcurrencyLimit = 1000 }, Fine with { ConcurrencyLimit = 1001 }),
        ("/misfire_policy", Fine with { MisfirePolicy = "run_all" }, Fine with { MisfirePolicy = "run" }),
        ("/catch_up_window_seconds", Fine with { CatchUpWindowSeconds = 0 }, Fine with { CatchUpWindowSeconds = -1 }),
        ("/overlap_policy", Fine with { OverlapPolicy = "cancel_previous" }, Fine with { OverlapPolicy = "" }),
        ("/jitter_seconds", Fine with { JitterSeconds = 0 }, Fine with { JitterSeconds = -1 }),
        ("/jitter_seconds", Fine with { JitterSeconds = 86_400 }, Fine with { JitterSeconds = 86_401 }),
        (
            "/ends_at",
            Fine with
            {
                StartsAt = Day(1),
                EndsAt = Day(2),
            },
            Fine with
            {
                StartsAt = Day(2),
                EndsAt = Day(2),
            }
        ),
        ("/timeout_seconds", Fine with { TimeoutSeconds = 1 }, Fine with { TimeoutSeconds = 0 }),
        (
            "/timeout_seconds",
            Fine with
            {
                TimeoutSeconds = TaskCheck.MaxTimeoutSeconds,
            },
            Fine with
            {
                TimeoutSeconds = TaskCheck.MaxTimeoutSeconds + 1,
            }
        ),
        ("/exclude", Fine with { Exclude = Days(TaskCheck.MaxExclude) }, Fine with { Exclude = Days(201) }),
        ("/exclude/0", Fine, Fine with { Exclude = [null!] }),
        ("/expires_after_seconds", Fine with { ExpiresAfterSeconds = 1 }, Fine with { ExpiresAfterSeconds = 0 }),
        ("/event_filter", OnEvent("a") with { EventFilter = "x" }, Fine with { EventFilter = "x" }),
        ("/tags", Fine with { Tags = Tags(TaskCheck.MaxTags) }, Fine with { Tags = Tags(TaskCheck.MaxTags + 1) }),
        ("/tags/0", Fine with { Tags = [Text(TaskCheck.MaxTag)] }, Fine with { Tags = [Text(TaskCheck.MaxTag + 1)] }),
        ("/tags/1", Fine with { Tags = ["a", "b"] }, Fine with { Tags = ["a", ""] }),
        ("/tags/0", Fine, Fine with { Tags = [null!] }),
        ("/tags/0", Fine with { Tags = ["ä b"] }, Fine with { Tags = ["a\0"] }),
        ("/metadata", Fine with { Metadata = Bytes(16 * 1024) }, Fine with { Metadata = Bytes((16 * 1024) + 1) }),
        ("/metadata", Fine with { Metadata = Json.Parse("{}") }, Fine with { Metadata = Json.Parse("[]") }),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Limits.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_field_is_accepted_up_to_its_limit_and_found_past_it(int row)
    {
        var (pointer, atLimit, past) = Limits[row];

        Assert.Empty(FindingsOf(atLimit));
        var finding = Assert.Single(FindingsOf(past));
        Assert.Equal(pointer, finding.Pointer);
        Assert.NotEmpty(finding.Detail);
    }

    [Fact]
    public void All_findings_come_at_once()
    {
        var findings = FindingsOf(
            new TaskInput
            {
                Priority = 10,
                Tags = [""],
                BackoffStrategy = "x",
            }
        );

        Assert.Equal(
            ["/backoff_strategy", "/priority", "/schedule_expr", "/schedule_kind", "/tags/0", "/title"],
            findings.Select(finding => finding.Pointer).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void What_is_left_out_gets_its_default()
    {
        var settings = new TaskCheck(Fine, "Europe/Chisinau").Settings();

        Assert.Equal("Europe/Chisinau", settings.Timezone);
        Assert.Equal((5, 3, 1), (settings.Priority, settings.MaxRetries, settings.ConcurrencyLimit));
        Assert.Equal(
            (Backoff.ExponentialJitter, MisfirePolicy.RunOnce, OverlapPolicy.Queue),
            (settings.BackoffStrategy, settings.MisfirePolicy, settings.OverlapPolicy)
        );
        Assert.Equal((0, 0, 3600), (settings.DedupeWindowSeconds, settings.JitterSeconds, settings.TimeoutSeconds));
        Assert.Null(settings.CatchUpWindowSeconds);
        Assert.Null(settings.ExpiresAfterSeconds);
    }

    private static IReadOnlyList<FieldError> FindingsOf(TaskInput input)
    {
        var check = new TaskCheck(input, "UTC");
        check.Settings();
        return check.Findings;
    }

    private static string Text(int length) => new('a', length);

    private static DateTimeOffset Day(int day) => new(2027, 1, day, 0, 0, 0, TimeSpan.Zero);

    private static List<string> Days(int count) => [.. Enumerable.Repeat("2027-01-01", count)];

    private static List<string> Tags(int count) => [.. Enumerable.Range(0, count).Select(i => $"t{i}")];

    private static System.Text.Json.JsonElement Bytes(int length) =>
        Json.Parse($$"""{"a":"{{Text(length - """{"a":""}""".Length)}}"}""");
}
