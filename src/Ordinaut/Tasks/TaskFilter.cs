namespace Ordinaut.Tasks;

internal sealed record TaskWithPayload(TaskDefinition Task, string Payload);

/// <summary>Which tasks a list shows; absent means any.</summary>
/// <param name="Query">Part of the title, any letter case.</param>
/// <param name="Limit">1 to 200.</param>
internal sealed record TaskFilter(
    string? Status = null,
    string? ScheduleKind = null,
    string? Tag = null,
    string? Query = null,
    Guid? CreatedBy = null,
    Guid? Parent = null,
    int Limit = Pages.Usual,
    Guid? After = null,
    bool Total = false
);
