using Ordinaut.Sdk.Wire;

namespace Ordinaut.Monitors;

/// <summary>What is wrong with a monitor.</summary>
internal static class MonitorCheck
{
    /// <summary>The longest name; 200 characters.</summary>
    public const int MaxName = 200;

    /// <summary>The shortest time from word to word; a minute.</summary>
    public const int MinEverySeconds = 60;

    /// <summary>The longest; 366 days.</summary>
    public const int MaxEverySeconds = 366 * 24 * 3600;

    /// <summary>The least grace; a second.</summary>
    public const int MinGraceSeconds = 1;

    /// <summary>The most; a week.</summary>
    public const int MaxGraceSeconds = 7 * 24 * 3600;

    /// <summary>The grace of who does not say; 5 minutes.</summary>
    public const int UsualGraceSeconds = 300;

    /// <exception cref="Problem">Names every member that is wrong.</exception>
    public static void Require(MonitorInput input) =>
        Problem.Refuse([
            .. Name(input.Name),
            .. Every(input),
            .. Grace(input.GraceSeconds),
            .. Severity(input.Severity),
        ]);

    private static IEnumerable<FieldError> Name(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName)
        {
            yield return new FieldError("/name", $"name is required: 1 to {MaxName} characters.");
        }
    }

    private static IEnumerable<FieldError> Every(MonitorInput input)
    {
        if (input is { EverySeconds: null, TaskId: null })
        {
            yield return new FieldError(
                "/every_seconds",
                "every_seconds is required: how long may pass from one call to the next; or name a task by task_id."
            );
        }

        if (input.EverySeconds is < MinEverySeconds or > MaxEverySeconds)
        {
            yield return new FieldError(
                "/every_seconds",
                $"every_seconds must be {MinEverySeconds} to {MaxEverySeconds} (366 days); it is {input.EverySeconds}."
            );
        }
    }

    private static IEnumerable<FieldError> Grace(long? seconds)
    {
        if (seconds is < MinGraceSeconds or > MaxGraceSeconds)
        {
            yield return new FieldError(
                "/grace_seconds",
                $"grace_seconds must be {MinGraceSeconds} to {MaxGraceSeconds} (a week); it is {seconds}."
            );
        }
    }

    private static IEnumerable<FieldError> Severity(string? severity)
    {
        if (severity is not null && !Word<Severity>.TryParse(severity, out _))
        {
            yield return new FieldError("/severity", $"severity must be {Word<Severity>.Choices}.");
        }
    }
}
