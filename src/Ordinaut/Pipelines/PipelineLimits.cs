namespace Ordinaut.Pipelines;

/// <summary>What one pipeline may hold.</summary>
internal static class PipelineLimits
{
    /// <summary>Steps of one pipeline.</summary>
    public const int Steps = 500;

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
