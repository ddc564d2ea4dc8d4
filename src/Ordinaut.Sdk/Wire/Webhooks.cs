namespace Ordinaut.Sdk.Wire;

/// <summary>Where to send one's own events, and which.</summary>
/// <param name="Url">Absolute http or https address; it gets a POST for each event.</param>
/// <param name="Topics">1 to 20 patterns, as event tasks take them: <c>orders.*</c>, <c>run.failed</c>.</param>
/// <param name="Description">For people, at most 500 characters.</param>
/// <param name="Status"><c>active</c>, or <c>disabled</c>: nothing is sent, and what waits is dropped.</param>
public sealed record WebhookInput(
    string? Url,
    IReadOnlyList<string>? Topics = null,
    string? Description = null,
    string? Status = null
);

/// <summary>All that is told of a webhook.</summary>
public sealed record WebhookView
{
    public required Guid Id { get; init; }
    public required Guid OwnerId { get; init; }
    public required string Url { get; init; }
    public required IReadOnlyList<string> Topics { get; init; }
    public required string Description { get; init; }

    /// <summary><c>active</c> or <c>disabled</c>, by its owner or because its address took nothing any more.</summary>
    public required string Status { get; init; }

    /// <summary>Events that wait to be sent, those included that are tried again.</summary>
    public required long Pending { get; init; }

    /// <summary>Events that failed too often and were given up.</summary>
    public required long GivenUp { get; init; }

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public required string? LastError { get; init; }

    public required DateTimeOffset? LastSuccessAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A webhook that was made.</summary>
/// <param name="Secret">What its messages are signed with; shown this once.</param>
public sealed record NewWebhook(Guid Id, string Url, IReadOnlyList<string> Topics, string Secret)
{
    /// <summary>Nothing of the secret.</summary>
    public override string ToString() => nameof(NewWebhook);
}

/// <summary>A way for others to publish events.</summary>
/// <param name="Topic">The topic of what is published through it.</param>
/// <param name="Description">For people, at most 500 characters.</param>
public sealed record HookInput(string? Topic, string? Description = null);

/// <summary>All that is told of a hook.</summary>
/// <param name="Path">Where messages are to be sent, below the server's address.</param>
public sealed record HookView(
    Guid Id,
    Guid OwnerId,
    string Path,
    string Topic,
    string Description,
    DateTimeOffset CreatedAt
);

/// <summary>A hook that was made.</summary>
/// <param name="Path">Where messages are to be sent, below the server's address.</param>
/// <param name="Secret">What messages to it must be signed with; shown this once.</param>
public sealed record NewHook(Guid Id, string Path, string Topic, string Secret)
{
    /// <summary>Nothing of the secret.</summary>
    public override string ToString() => nameof(NewHook);
}

/// <summary>A new secret of a webhook or hook; shown this once.</summary>
/// <param name="PreviousUntil">Until then the secret before it is good as well.</param>
public sealed record RenewedSecret(Guid Id, string Secret, DateTimeOffset PreviousUntil)
{
    /// <summary>Nothing of the secret.</summary>
    public override string ToString() => nameof(RenewedSecret);
}
