namespace Ordinaut.Pipelines;

/// <summary>What one pipeline may hold.</summary>
internal static class PipelineLimits
{
    /// <summary>Steps of one pipeline, with those of its blocks.</summary>
    public const int Steps = 500;

    /// <summary>Blocks inside each other: branches, items and handlers.</summary>
    public const int Nesting = 5;

    /// <summary>Branches of one <c>parallel</c>.</summary>
    public const int Branches = 32;

    /// <summary>Items of one <c>foreach</c>.</summary>
    public const int Items = 1_000;

    /// <summary>Steps that one run may come to when its items are counted.</summary>
    public const int Records = 10_000;

    /// <summary>Items of one <c>foreach</c> under way at once.</summary>
    public const int Concurrency = 32;

    /// <summary>Longest wait of one step: a year.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(WaitSeconds);

    /// <summary>The same in seconds.</summary>
    public const int WaitSeconds = 366 * 24 * 3_600;

    /// <summary>How long a signal is waited for when the step does not say: a week.</summary>
    public static readonly TimeSpan SignalWait = TimeSpan.FromDays(7);

    /// <summary>Bytes of a payload's JSON text.</summary>
    public const int PayloadBytes = 256 * 1024;

    /// <summary>
    /// Bytes of JSON that a run keeps of its steps, inputs and outputs together, where no setting says otherwise;
    /// 10 MiB. One answer shows them all.
    /// </summary>
    public const int RunBytes = 10 * 1024 * 1024;

    /// <summary>Arrays and objects inside each other in a step's <c>with</c>, itself included.</summary>
    public const int WithDepth = 32;

    /// <summary>Characters of an <c>id</c> or <c>save_as</c>.</summary>
    public const int NameLength = 64;

    /// <summary>Longest time one step may be given: a day.</summary>
    public const int TimeoutSeconds = 86_400;

    /// <summary>Retries of one step.</summary>
    public const int Retries = 10;

    /// <summary>Findings reported by one check; whoever has that many will check again.</summary>
    public const int Findings = 200;
}
