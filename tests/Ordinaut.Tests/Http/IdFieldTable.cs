using System.Text.Json;

namespace Ordinaut.Tests.Http;

/// <summary>Each field of a request that holds an id, and a request of a stranger that names somebody else's there.</summary>
internal sealed record IdFieldRow(
    string Field,
    string Method,
    Func<Guid, Things, Things, (string Path, string? Body)> Request
);

internal static class IdFieldTable
{
    public static readonly IReadOnlyList<IdFieldRow> All =
    [
        new("GET /tasks ?created_by", "GET", (owner, _, _) => ($"/tasks?created_by={owner}", null)),
        new("GET /tasks ?parent", "GET", (_, theirs, _) => ($"/tasks?parent={theirs.Task}", null)),
        new("POST /tasks /created_by", "POST", (owner, _, _) => ("/tasks", Task(owner))),
        new(
            "POST /tasks:bulk /create[]/created_by",
            "POST",
            (o, _, _) => ("/tasks:bulk", $$"""{"create": [{{Task(o)}}]}""")
        ),
        new(
            "POST /tasks:bulk /ids[]",
            "POST",
            (_, theirs, _) => ("/tasks:bulk", $$"""{"action": "cancel", "ids": ["{{theirs.Task}}"]}""")
        ),
        new("PUT /tasks/{id} /created_by", "PUT", (owner, _, own) => ($"/tasks/{own.Task}", Task(owner))),
        new(
            "PATCH /tasks/{id} /created_by",
            "PATCH",
            (owner, _, own) => ($"/tasks/{own.Task}", $$"""{"created_by": "{{owner}}"}""")
        ),
        new("GET /runs ?task_id", "GET", (_, theirs, _) => ($"/runs?task_id={theirs.Task}", null)),
        new(
            "POST /runs:redrive /task_id",
            "POST",
            (_, theirs, _) => ("/runs:redrive", $$"""{"task_id": "{{theirs.Task}}"}""")
        ),
        new(
            "POST /events /source_agent_id",
            "POST",
            (owner, _, _) => ("/events", $$"""{"topic": "a.b", "payload": 1, "source_agent_id": "{{owner}}"}""")
        ),
        new(
            "POST /monitors /task_id",
            "POST",
            (_, theirs, _) => ("/monitors", $$"""{"name": "m", "task_id": "{{theirs.Task}}"}""")
        ),
        new(
            "PATCH /monitors/{id} /task_id",
            "PATCH",
            (_, theirs, own) => ($"/monitors/{own.Monitor}", $$"""{"task_id": "{{theirs.Task}}"}""")
        ),
        new("GET /audit ?actor", "GET", (owner, _, _) => ($"/audit?actor={owner}", null)),
    ];

    /// <summary>Refused, or an answer that is empty.</summary>
    public static bool IsNothing(int status, string text) =>
        status is 403 or 404 or 422 || (status is 200 or 202 && IsEmpty(Json.Parse(text)));

    private static bool IsEmpty(JsonElement answer) =>
        answer.TryGetProperty("items", out var items)
            ? items.GetArrayLength() == 0
            : answer.TryGetProperty("count", out var count) && count.GetInt32() == 0;

    private static string Task(Guid owner) =>
        $$$"""
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z", "created_by": "{{{owner}}}",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.echo", "with": {"value": 1}}]}}
            """;
}
