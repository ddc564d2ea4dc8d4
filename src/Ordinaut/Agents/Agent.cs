using System.Text.Json.Nodes;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Agents;

/// <summary>The row of a principal. Its scopes and status decide at every request, whatever a token says.</summary>
internal sealed record Agent
{
    public const string Active = "active";
    public const string Disabled = "disabled";

    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required Scope Scopes { get; init; }
    public required string Status { get; init; }

    /// <summary>SHA-256 of the secret; null until the first one is issued.</summary>
    public byte[]? SecretHash { get; init; }

    public string? WebhookUrl { get; init; }

    /// <summary>Its share of scheduler and workers where several agents wait; see <see cref="Turns"/>.</summary>
    public int Weight { get; init; } = 1;

    public AgentLimits Limits { get; init; } = AgentLimits.None;

    /// <summary>A token carries the epoch of its making; raising it here ends every token made before.</summary>
    public long TokenEpoch { get; init; }

    /// <summary>Who created it; null for the first admin.</summary>
    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public bool IsActive => Status == Active;

    public bool IsAdmin => IsActive && Scopes.HasFlag(Scope.Admin);

    public static Agent New(Guid id, AgentInput input, Scope scopes, DateTimeOffset now) =>
        new()
        {
            Id = id,
            Name = input.Name!,
            Scopes = scopes,
            Status = input.Status ?? Active,
            WebhookUrl = input.WebhookUrl,
            Weight = input.Weight ?? 1,
            Limits = AgentLimits.Of(input, AgentLimits.None),
            CreatedAt = now,
            UpdatedAt = now,
        };

    /// <summary>The agent as its manager could have written it: what a patch is merged into.</summary>
    /// <param name="forRole">Without its scopes, for the patch names a role in place of them.</param>
    public AgentInput Input(bool forRole = false) =>
        new(Name, forRole ? null : Scopes.List(), WebhookUrl, Status, Weight)
        {
            TasksNeedApproval = Limits.TasksNeedApproval,
            AllowedTools = Limits.AllowedTools,
            AllowedHosts = Limits.AllowedHosts,
            AutoApprove = Limits.AutoApprove,
        };

    /// <summary>
    /// What the audit log keeps of a change: the rights as they are now, never the secret. Nor what the agent is called
    /// and where it is: what is sealed outlives the agent's erasure.
    /// </summary>
    public AuditEntry Entry(string action, string? reason = null)
    {
        var detail = JsonObject.Create(Json.ToElement(View()))!;
        detail.Remove("name");
        detail.Remove("webhook_url");
        if (reason is not null)
        {
            detail["reason"] = reason;
        }

        return new AuditEntry(action, "agent", Id.ToString(), Id, Json.OfNode(detail));
    }

    public AgentView View() =>
        new(
            Id,
            Name,
            Scopes.List(),
            AgentRole.Of(Scopes)?.Name,
            Status,
            WebhookUrl,
            Weight,
            Limits.TasksNeedApproval,
            Limits.AllowedTools,
            Limits.AllowedHosts,
            Limits.AutoApprove,
            CreatedAt,
            UpdatedAt
        );
}
