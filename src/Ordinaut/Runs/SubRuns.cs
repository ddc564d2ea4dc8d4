using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Pipelines;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>Runs that steps of other runs wait for: <c>task.run</c> with <c>wait</c>.</summary>
internal static class SubRuns
{
    private const string SelectEnd = """
        select state, error_code, error_message from run where id = @id
        """;

    private const string SelectOutput = """
        select output from step where run_id = @run_id and state = 'succeeded' and output is not null
          and place not like '%.%'
        order by place desc limit 1
        """;

    /// <summary>The caller's step waits for the other run's end.</summary>
    public static Task<ToolResult> Await(Db db, ToolCall call, Guid runId, TimeSpan limit) =>
        db.Write<ToolResult>(async session =>
        {
            var until = session.Now + limit;
            await WaitStore.Open(session, KeyOf(runId), call.OwnerId, call.RunId, until);
            // It may have ended before anyone waited for it.
            var end = await session.First(SelectEnd, End.Read, ("id", runId));
            if (end is not null)
            {
                await Tell(session, runId, end);
            }

            return new ToolResult.Waiting(KeyOf(runId), until, ToJson(runId, end?.State ?? "queued", null));
        });

    /// <summary>Tells whoever waits for these runs that they have ended.</summary>
    public static async ValueTask Tell(Session session, IReadOnlyList<QueuedRun> runs, RunState state, Failure? error)
    {
        // What nobody's run started nobody waits for: that is nearly all, and costs no statement.
        foreach (var run in runs.Where(run => run.Depth > 0))
        {
            await Tell(session, run.Id, new End(Word<RunState>.Of(state), error?.Code, error?.Message));
        }
    }

    private static async ValueTask Tell(Session session, Guid runId, End end)
    {
        var output = await session.First(SelectOutput, row => row.JsonOrNull(0), ("run_id", runId));
        var failure =
            end.State == "succeeded"
                ? null
                : new StepFailure("run_" + end.State, $"Run {runId} ended {end.State}: {end.Message ?? end.Code}");
        await WaitStore.Answer(session, KeyOf(runId), new StepAnswer(ToJson(runId, end.State, output), failure));
    }

    private static JsonElement ToJson(Guid runId, string state, JsonElement? output)
    {
        var shown = new JsonObject
        {
            ["id"] = runId.ToString(),
            ["state"] = state,
            ["output"] = output is { } value ? JsonNode.Parse(value.GetRawText()) : null,
        };
        return Json.OfNode(shown);
    }

    private static string KeyOf(Guid runId) => $"run:{runId:N}";

    private sealed record End(string State, string? Code, string? Message)
    {
        public static End Read(Row row) => new(row.Text(0), row.TextOrNull(1), row.TextOrNull(2));
    }
}
