using Cronos;

namespace Ordinaut.Schedules;

/// <summary>
/// A cron expression of five fields, or six with seconds first, with the day rule of POSIX and the clock changes of
/// Vixie cron: nothing is lost and nothing done twice, except that a job with a star for minute or hour follows
/// what the clock shows.
/// </summary>
internal sealed class CronSchedule : Schedule
{
    private readonly CronFields _fields;
    private readonly string _expression;
    private readonly NominalSeries _series;

    private CronSchedule(string expression, CronFields fields, CronPattern pattern, ZoneClock clock)
        : base(clock)
    {
        (_expression, _fields) = (expression, fields);
        var rule = fields.FollowsClock ? ClockChangeRule.ClockJob : ClockChangeRule.FixedJob;
        _series = new NominalSeries(pattern, clock, rule);
    }

    public override string Description => $"{CronDescription.Of(_fields, _expression)}, {Timezone}";

    public static CronSchedule Parse(string expression, ZoneClock clock, string pointer = Pointer)
    {
        var fields =
            CronFields.Split(expression)
            ?? throw Problem.Invalid(
                pointer,
                $"{Quoted.Of(expression)} is not a cron expression: it needs five fields (minute hour day month "
                    + "weekday), six with seconds first, or a macro such as @daily."
            );
        try
        {
            var whole = Expression(fields.Compose(), fields.HasSeconds);
            var pattern = fields.EitherDay ? EitherDay(fields) : OneDay(fields, whole);
            return pattern.Next(0) == Seconds.None
                ? throw Problem.Invalid(pointer, $"{Quoted.Of(expression)} can never fire: there is no such date.")
                : new CronSchedule(expression.Trim(), fields, pattern, clock);
        }
        catch (MissingSeedException)
        {
            const string Instead = "H is not known here: write a number, and spread starts with jitter_seconds.";
            throw Problem.Invalid(pointer, $"{Quoted.Of(expression)} is not a cron expression: {Instead}");
        }
        catch (CronFormatException wrong)
        {
            throw Problem.Invalid(pointer, $"{Quoted.Of(expression)} is not a cron expression: {wrong.Message}");
        }
    }

    public override DateTimeOffset? Next(DateTimeOffset after) =>
        Seconds.ToInstantOrNull(_series.Next(Seconds.Of(after)));

    public override long Count(DateTimeOffset after, DateTimeOffset through) =>
        _series.Count(Seconds.Of(after), Seconds.Of(through));

    internal override string? NoteOn(DateTimeOffset occurrence) =>
        _series.MoveOf(Seconds.Of(occurrence)) ?? base.NoteOn(occurrence);

    private static CronPattern OneDay(CronFields fields, CronExpression whole) =>
        new([whole], [Expression(fields.ComposeDays(), hasSeconds: false)], fields.Times);

    /// <summary>
    /// Cronos asks for both day fields, POSIX for either: two expressions, each with one of them free.
    /// </summary>
    private static CronPattern EitherDay(CronFields fields) =>
        new(
            [
                Expression(fields.Compose(dayOfWeek: "*"), fields.HasSeconds),
                Expression(fields.Compose(dayOfMonth: "*"), fields.HasSeconds),
            ],
            [
                Expression(fields.ComposeDays(dayOfWeek: "*"), hasSeconds: false),
                Expression(fields.ComposeDays(dayOfMonth: "*"), hasSeconds: false),
            ],
            fields.Times
        );

    private static CronExpression Expression(string text, bool hasSeconds) =>
        CronExpression.Parse(text, hasSeconds ? CronFormat.IncludeSeconds : CronFormat.Standard);
}
