namespace Ordinaut.Agents;

/// <summary>
/// On whose behalf an operation runs. Made from the verified token (or, inside a run, from the task's owner)
/// and from nothing else: no header, body or tool output adds to it.
/// </summary>
internal sealed record Caller(Guid AgentId, Scope Scopes)
{
    /// <summary>The id that ties an answer, a log line and an audit row together.</summary>
    public string? RequestId { get; init; }

    /// <summary>The span that asks, as W3C's <c>traceparent</c>: what follows is linked to it. Null: none.</summary>
    public string? Trace { get; init; }

    /// <summary>Where the request came from, as far as is known; for the log of who was turned away.</summary>
    public string? Address { get; init; }

    /// <summary>Set when the request asked to be answered once only.</summary>
    public IdempotencyClaim? Idempotency { get; init; }

    /// <summary>How many events led to this call: 0 from outside, one more in each run an event started.</summary>
    public int Depth { get; init; }

    /// <summary>The task whose run calls; null when no run does.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>What the agent may not, whatever its scopes say; in a run also what its task was not granted.</summary>
    public AgentLimits Limits { get; init; } = AgentLimits.None;

    /// <summary>An admin sees and touches every agent's things; the store's owner filter takes this.</summary>
    public bool SeesAll => Scopes.HasFlag(Scope.Admin);

    /// <summary>Whose rows the database shows to a reading of this caller; null: everyone's.</summary>
    /// <param name="beyond">The scope by which one may see others' here.</param>
    public Guid? Reach(Scope beyond = Scope.Admin) => Scopes.Cover(beyond) ? null : AgentId;

    /// <summary>
    /// Whose things a list shows when one owner was asked for, or none: null means everyone's. Whoever may not see
    /// another's gets the list of an owner that does not exist, which is empty.
    /// </summary>
    public Guid? OwnerIn(Guid? asked) =>
        SeesAll ? asked
        : asked is null || asked == AgentId ? AgentId
        : Guid.Empty;

    public void Require(Scope scope)
    {
        if (!Scopes.Cover(scope))
        {
            var needed = scope.Text();
            throw Problem.Forbidden($"This needs the scope '{needed}', which the token does not carry.", needed);
        }
    }

    /// <summary>
    /// Refuses what would take effect without the approval that each task of the caller needs. What its runs do was
    /// approved with the task they belong to.
    /// </summary>
    /// <param name="what">What it is, as it follows "you cannot".</param>
    public void RequireUnbound(string what)
    {
        if (Limits.TasksNeedApproval && TaskId is null)
        {
            const string why = "Your tasks need approval (tasks_need_approval), and this would go past it";
            throw new Problem(ProblemKind.Forbidden, $"You cannot {what}: {why}. Ask whoever approves them.");
        }
    }
}

/// <summary>A client's wish that repeating a request must not repeat its effect.</summary>
/// <param name="Key">The client's <c>Idempotency-Key</c>, 1 to <see cref="MaxKey"/> visible ASCII characters.</param>
/// <param name="Operation">What is asked, for example <c>POST /tasks</c>.</param>
/// <param name="RequestHash">SHA-256 of the request; the same key with another request is a conflict.</param>
internal sealed record IdempotencyClaim(string Key, string Operation, byte[] RequestHash)
{
    /// <summary>Characters of a key.</summary>
    public const int MaxKey = 255;
}
