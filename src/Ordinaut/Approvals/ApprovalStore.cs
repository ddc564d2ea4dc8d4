using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Approvals;

/// <summary>The SQL of approvals.</summary>
internal static class ApprovalStore
{
    private const string Columns = """
        id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, expires_at, decided_by,
        decided_at, comment, goes_on, created_at
        """;

    private const string InsertRow = """
        insert into approval (
          id, owner_id, run_id, task_id, step_id, title, message, action, digest, state, goes_on, expires_at,
          request_key, created_at)
        values (
          @id, @owner_id, @run_id, @task_id, @step_id, @title, @message, @action, @digest, 'pending', @goes_on,
          @expires_at, @request_key, @now)
        on conflict (request_key) do nothing
        """;

    private const string SelectVisible =
        $"select {Columns} from approval where id = @id and (@all or owner_id = @owner_id)";

    private const string SelectPage = $"""
        select {Columns} from approval
        where id < @before and (@all or owner_id = @owner_id)
          and (@state is null
            or @state = case when state = 'pending' and expires_at <= @now then 'expired' else state end)
        order by id desc limit @limit
        """;

    private const string DecideRow = """
        update approval set state = @state, decided_by = @decided_by, decided_at = @now, comment = @comment
        where id = @id and state = 'pending' and expires_at > @now
        """;

    private const string SelectRequested = $"select {Columns} from approval where request_key = @request_key";

    // Should the run be taken up again it asks anew, whatever was decided before.
    private const string CloseOfRun = """
        update approval set
          request_key = null,
          state = case when state <> 'pending' then state when expires_at <= @now then 'expired' else 'canceled' end
        where run_id = @run_id
        """;

    /// <summary>False when the step that asks has asked already.</summary>
    /// <param name="requestKey">The step of the occurrence, the same at every attempt.</param>
    public static async ValueTask<bool> Insert(Session session, ApprovalRow row, string requestKey) =>
        await session.Execute(
            InsertRow,
            ("id", row.Id),
            ("owner_id", row.OwnerId),
            ("run_id", row.RunId),
            ("task_id", row.TaskId),
            ("step_id", row.StepId),
            ("title", row.Title),
            ("message", row.Message),
            ("action", row.Action),
            ("digest", row.Digest),
            ("goes_on", row.GoesOn),
            ("expires_at", row.ExpiresAt),
            ("request_key", requestKey)
        ) == 1;

    /// <summary>Who decides must see what others ask; everyone else sees their own.</summary>
    public static ValueTask<ApprovalRow?> FindVisible(Session session, Caller caller, Guid id) =>
        session.First(SelectVisible, ApprovalRow.Read, ("id", id), ("all", All(caller)), ("owner_id", caller.AgentId));

    public static ValueTask<List<ApprovalRow>> Page(
        Session session,
        Caller caller,
        string? state,
        Guid? after,
        int limit
    ) =>
        session.Query(
            SelectPage,
            ApprovalRow.Read,
            ("before", after ?? Guid.AllBitsSet),
            ("all", All(caller)),
            ("owner_id", caller.AgentId),
            ("state", state),
            ("limit", limit)
        );

    public static async ValueTask<bool> Decide(
        Session session,
        Caller caller,
        Guid id,
        string state,
        string? comment
    ) =>
        await session.Execute(
            DecideRow,
            ("id", id),
            ("state", state),
            ("decided_by", caller.AgentId),
            ("comment", comment)
        ) == 1;

    public static ValueTask<ApprovalRow?> FindRequested(Session session, string requestKey) =>
        session.First(SelectRequested, ApprovalRow.Read, ("request_key", requestKey));

    /// <summary>Nobody need decide for a run that is over.</summary>
    public static ValueTask Close(Session session, Guid runId) => session.Later(CloseOfRun, ("run_id", runId));

    private static bool All(Caller caller) => caller.Scopes.Cover(Scope.ApprovalsDecide);
}

/// <summary>An approval as stored.</summary>
internal sealed record ApprovalRow
{
    public required Guid Id { get; init; }
    public required Guid OwnerId { get; init; }
    public required Guid RunId { get; init; }
    public required Guid TaskId { get; init; }
    public required string StepId { get; init; }
    public required string Title { get; init; }
    public required string? Message { get; init; }
    public required JsonElement? Action { get; init; }
    public required string Digest { get; init; }
    public string State { get; init; } = "pending";
    public required DateTimeOffset ExpiresAt { get; init; }
    public Guid? DecidedBy { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
    public string? Comment { get; init; }

    /// <summary>Whether the step has a result also when it is rejected.</summary>
    public required bool GoesOn { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public static ApprovalRow Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            OwnerId = row.Id(1),
            RunId = row.Id(2),
            TaskId = row.Id(3),
            StepId = row.Text(4),
            Title = row.Text(5),
            Message = row.TextOrNull(6),
            Action = row.JsonOrNull(7),
            Digest = row.Text(8),
            State = row.Text(9),
            ExpiresAt = row.Instant(10),
            DecidedBy = row.IdOrNull(11),
            DecidedAt = row.InstantOrNull(12),
            Comment = row.TextOrNull(13),
            GoesOn = row.Bool(14),
            CreatedAt = row.Instant(15),
        };
}
