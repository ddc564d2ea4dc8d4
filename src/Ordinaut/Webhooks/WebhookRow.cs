using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Webhooks;

/// <summary>Where an agent has its events sent.</summary>
internal sealed record WebhookRow
{
    public const string Active = "active";
    public const string Disabled = "disabled";

    /// <summary>A webhook that took nothing for so long is disabled; 3 days.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    public required Guid Id { get; init; }
    public required Guid OwnerId { get; init; }
    public required string Url { get; init; }
    public required IReadOnlyList<string> Topics { get; init; }
    public required string Description { get; init; }
    public required string Status { get; init; }
    public string? LastError { get; init; }
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>The first failure since the last success.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public long GivenUp { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public bool IsActive => Status == Active;

    public string Host => EgressUrl.HostOf(Url);

    /// <summary>As its owner could have written it: what a patch is merged into.</summary>
    public WebhookInput Input() => new(Url, Topics, Description, Status);

    public WebhookView View(long pending) =>
        new()
        {
            Id = Id,
            OwnerId = OwnerId,
            Url = Url,
            Topics = Topics,
            Description = Description,
            Status = Status,
            Pending = pending,
            GivenUp = GivenUp,
            LastError = LastError,
            LastSuccessAt = LastSuccessAt,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };

    public static WebhookRow Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            OwnerId = row.Id(1),
            Url = row.Text(2),
            Topics = Json.Read<IReadOnlyList<string>>(row.Text(3)),
            Description = row.Text(4),
            Status = row.Text(5),
            LastError = row.TextOrNull(6),
            LastSuccessAt = row.InstantOrNull(7),
            FailingSince = row.InstantOrNull(8),
            GivenUp = row.Long(9),
            CreatedAt = row.Instant(10),
            UpdatedAt = row.Instant(11),
        };
}
