using NodaTime;
using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

public sealed class ClockTests
{
    private static readonly Json Scope = Json.Object(
        ("now", Json.Of("2027-01-01T08:30:00Z")),
        ("run", Json.Object(("scheduled_for", Json.Of("2027-03-28T03:30:00.250+02:00")))),
        ("n", Json.Of(5))
    );

    [Theory]
    [InlineData("now", "2027-01-01T08:30:00Z")]
    [InlineData("now+24h", "2027-01-02T08:30:00Z")]
    [InlineData("now-7d", "2026-12-25T08:30:00Z")]
    [InlineData("now + 90m", "2027-01-01T10:00:00Z")]
    [InlineData("now\t-\n30s", "2027-01-01T08:29:30Z")]
    [InlineData("now+2w", "2027-01-15T08:30:00Z")]
    [InlineData("now+1d12h", "2027-01-02T20:30:00Z")]
    [InlineData("now-1w1d1h1m1s", "2026-12-24T07:28:59Z")]
    [InlineData("now+0s", "2027-01-01T08:30:00Z")]
    [InlineData("now+36525d", "2127-01-02T08:30:00Z")]
    [InlineData("[now+1h][0]", "2027-01-01T09:30:00Z")]
    [InlineData("add_time(now, '24h')", "2027-01-02T08:30:00Z")]
    [InlineData("add_time(now, '-1d12h')", "2026-12-30T20:30:00Z")]
    [InlineData("add_time(run.scheduled_for, '1s')", "2027-03-28T01:30:01.25Z")]
    [InlineData("format_time(now, 'uuuu-MM-dd')", "2027-01-01")]
    [InlineData("format_time(now, 'HH:mm')", "08:30")]
    [InlineData("format_time(now, 'HH:mm', 'Europe/Chisinau')", "10:30")]
    [InlineData("format_time(run.scheduled_for, 'HH:mm', 'Europe/Chisinau')", "04:30")]
    [InlineData("format_time(now+24h, 'dddd, d MMMM', 'America/New_York')", "Saturday, 2 January")]
    public void Time_is_moved_and_written(string expression, string expected)
    {
        var result = JmesPath.Parse(expression, Dialect.Condition).Evaluate(Scope, new Fuel());

        Assert.Equal(expected, result.Text());
    }

    [Theory]
    [InlineData("add_time(now, '')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("add_time(now, 'h')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("add_time(now, '24')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("add_time(now, '24h ')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("add_time(now, '--24h')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("add_time(now, '36526d')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("add_time('yesterday', '1h')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("add_time('9999-12-31T23:59:59Z', '1h')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("add_time('2027-13-01T00:00:00Z', '1h')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("add_time(n, '1h')", nameof(ExpressionErrorKind.InvalidType))]
    [InlineData("format_time(now, '')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("format_time(now, 'qqq')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("format_time(now, 'HH', 'Mars/Base')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("format_time('9999-12-31T23:59:59Z', 'HH', 'Asia/Tokyo')", nameof(ExpressionErrorKind.InvalidValue))]
    [InlineData("n.{now: @}.[now+1h]", nameof(ExpressionErrorKind.InvalidType))]
    [InlineData("run | now+1h", nameof(ExpressionErrorKind.InvalidType))]
    public void What_is_no_time_is_refused(string expression, string kind)
    {
        var path = JmesPath.Parse(expression, Dialect.Condition);

        var problem = Assert.Throws<ExpressionException>(() => path.Evaluate(Scope, new Fuel()));

        Assert.Equal(kind, problem.Kind.ToString());
    }

    [Fact]
    public void A_pattern_may_be_as_long_as_its_limit_and_no_longer()
    {
        var longest = $"'{new string('x', ExpressionLimits.TimePattern - 4)}'HH".Replace("'", "\\'");
        var tooLong = $"'{new string('x', ExpressionLimits.TimePattern - 3)}'HH".Replace("'", "\\'");

        var fits = JmesPath.Parse($"format_time(now, '{longest}')", Dialect.Condition).Evaluate(Scope, new Fuel());
        var path = JmesPath.Parse($"format_time(now, '{tooLong}')", Dialect.Condition);

        Assert.EndsWith("x08", fits.Text());
        Assert.Throws<ExpressionException>(() => path.Evaluate(Scope, new Fuel()));
    }

    [Fact]
    public void An_instant_is_written_with_a_fraction_only_when_there_is_one()
    {
        var instant = Instant.FromUtc(2027, 1, 1, 8, 30);

        Assert.Equal("2027-01-01T08:30:00Z", InstantText.Write(instant));
        Assert.Equal("2027-01-01T08:30:00.007Z", InstantText.Write(instant + Duration.FromMilliseconds(7)));
    }

    [Fact]
    public void Now_is_a_path_that_is_read() =>
        Assert.Equal("now", JmesPath.Parse("now+24h", Dialect.Condition).RootPaths.Single().ToString());
}
